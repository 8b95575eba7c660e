"""What the directory knows of an organisation beside its accounts: departments, creditor ids, and merges."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models.people import Counterparty, User


class Department(models.Model):
    """Where an organisation can be reached; `name` is empty for the organisation as a whole."""

    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=100, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=10, blank=True, default="")
    town = models.CharField(max_length=100, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "department"
        constraints = [
            models.UniqueConstraint(
                fields=["counterparty", "name"], condition=Q(until=None), name="a_department_once_per_counterparty"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CreditorIdentifier(models.Model):
    """A SEPA creditor id by which an organisation collects; the KvK number stands inside a Dutch one."""

    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="creditor_identifiers")
    value = models.CharField(max_length=35, unique=True)
    since = models.DateField()

    class Meta:
        db_table = "creditor_identifier"
        constraints = [
            models.CheckConstraint(
                name="creditor_identifier_shape",
                condition=Q(value__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.value


class CounterpartyMerge(models.Model):
    """Two counterparties that were one: what was moved from `gone` to `kept`, so that it can be moved back.

    `moved`: {"agreements": [...], "accounts": [...], "departments": [...], "creditor_identifiers": [...], "ended":
    [[account, agreements…]], "kvk_number": "" or what `kept` took over}; numbers of rows.
    """

    kept = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="merged")
    moved = models.JSONField()
    merged_at = models.DateTimeField(db_default=Now())
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "counterparty_merge"
        constraints = [
            models.CheckConstraint(name="a_merge_is_of_two", condition=~Q(kept=F("gone"))),
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_into_one_at_a_time"),
            models.CheckConstraint(
                name="a_merge_is_undone_by_someone",
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"
