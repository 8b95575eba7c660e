"""What will come in or go out: amount, recurrence, period, and how to recognise it."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from budgeting.models.people import Account, Counterparty, Resident, User
from budgeting.models.periods import PeriodQuerySet, ends_after_start, no_overlap


class Direction(models.TextChoices):
    """Which way the money goes, seen from the resident."""

    IN = "in"
    OUT = "out"


class AgreementQuerySet(PeriodQuerySet["Agreement"]):
    """Agreements, many at a time."""

    def with_amount(self, on: date) -> Self:
        """Adds `amount_on`: the amount agreed for the day."""
        terms = AgreementAmount.objects.filter(agreement=OuterRef("pk"), valid_from__lte=on).order_by("-valid_from")
        return self.annotate(amount_on=Subquery(terms.values("amount")[:1]))

    def with_amount_or_first(self, on: date) -> Self:
        """Adds `amount_on`: the amount agreed for the day, of what has not begun yet the first."""
        terms = AgreementAmount.objects.filter(agreement=OuterRef("pk")).order_by("valid_from")
        return self.with_amount(on).annotate(amount_on=Coalesce("amount_on", Subquery(terms.values("amount")[:1])))

    def going_out(self) -> Self:
        """Charges we pay for the resident."""
        return self.filter(direction=Direction.OUT)

    def coming_in(self) -> Self:
        """Income we expect."""
        return self.filter(direction=Direction.IN)


class Agreement(models.Model):
    """One regular income or charge of one resident.

    `words` must all stand in the text of an entry; `marks` are numbers by which the counterparty knows this resident.
    `recurrence` is `budgeting.core.schedule.Recurrence` as a plain dict. `amount_low`/`amount_high` bound what may be
    recognised as this agreement without a person; empty means exactly the amount.
    """

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="agreements")
    counterparty = models.ForeignKey(Counterparty, on_delete=models.PROTECT, related_name="agreements")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements")
    direction = models.CharField(max_length=3, choices=Direction)
    category = models.CharField(max_length=40)
    description = models.CharField(max_length=140)
    recurrence = models.JSONField()
    words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    marks = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    reference = models.CharField(max_length=35, blank=True, default="")
    amount_low = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    amount_high = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    window_days = models.PositiveSmallIntegerField(default=5)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    objects = AgreementQuerySet.as_manager()

    class Meta:
        db_table = "agreement"
        constraints = [
            ends_after_start("agreement_ends_after_start"),
            models.CheckConstraint(
                name="charge_has_an_account", condition=Q(direction="in") | Q(account__isnull=False)
            ),
            models.CheckConstraint(
                name="agreement_range_in_order",
                condition=Q(amount_low__isnull=True, amount_high__isnull=True)
                | Q(amount_low__gt=0, amount_high__gte=models.F("amount_low")),
            ),
        ]
        indexes = [models.Index(fields=["resident", "direction"], name="agreement_of_resident")]

    def __str__(self) -> str:
        return self.description


class AgreementAmount(models.Model):
    """The amount agreed from a day on, in euro; the latest row not after a day holds. Rows are added, never changed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="amounts")
    valid_from = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "agreement_amount"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "valid_from"], name="one_amount_from_a_day"),
            models.CheckConstraint(name="agreement_amount_positive", condition=Q(amount__gt=Decimal("0.00"))),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.valid_from}"


class AgreementPause(models.Model):
    """A period in which nothing falls due."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="pauses")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    objects = PeriodQuerySet["AgreementPause"].as_manager()

    class Meta:
        db_table = "agreement_pause"
        constraints = [
            ends_after_start("pause_ends_after_start"),
            no_overlap("agreement", name="one_pause_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.reason


class AgreementException(models.Model):
    """One due date that does not count."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="exceptions")
    due_on = models.DateField()
    reason = models.CharField(max_length=200)

    class Meta:
        db_table = "agreement_exception"
        constraints = [models.UniqueConstraint(fields=["agreement", "due_on"], name="one_exception_per_due_date")]

    def __str__(self) -> str:
        return self.reason
