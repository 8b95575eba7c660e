"""Changes of the limits on money: what one person proposed and another confirmed."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models import Resident, User


class LimitChange(models.Model):
    """Another limit: proposed by one person, confirmed by another, in force from the confirmation; history is kept.

    `resident` is whose advance limit it is, and empty for the limits of the town. Amounts are euro.
    """

    class Limit(models.TextChoices):
        """Which limit; the first four are the town's."""

        ORDER = "order"
        RESIDENT_DAY = "resident_day"
        BATCH = "batch"
        DAY = "day"
        ADVANCE = "advance"

    limit = models.CharField(max_length=12, choices=Limit)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="limit_changes")
    before = models.DecimalField(max_digits=12, decimal_places=2)
    after = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_on = models.DateField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)

    class Meta:
        db_table = "limit_change"
        constraints = [
            models.CheckConstraint(
                name="limit_change_changes_for_a_reason", condition=~Q(after=F("before")) & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="limit_change_is_of_an_amount", condition=Q(after__gt=0) | Q(limit="advance", after=0)
            ),
            models.CheckConstraint(
                name="limit_change_of_a_resident", condition=Q(limit="advance") ^ Q(resident__isnull=True)
            ),
            models.CheckConstraint(
                name="limit_change_takes_two_people",
                condition=Q(confirmed_by__isnull=True, confirmed_on__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_on__isnull=False, withdrawn_on__isnull=True)
                    & ~Q(confirmed_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="limit_change_withdrawn_by_someone",
                condition=Q(withdrawn_by__isnull=True, withdrawn_on__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["limit", "resident"],
                condition=Q(confirmed_on__isnull=True, withdrawn_on__isnull=True),
                nulls_distinct=False,
                name="one_open_limit_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit} from {self.before} to {self.after}"
