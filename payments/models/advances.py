"""Advances: allowed above the limit, lent, repaid by plan, and borne by the town itself."""

from django.db import models
from django.db.models import F, Q

from budgeting.models import JournalEntry, Resident, User
from budgeting.models.periods import PeriodQuerySet, ends_after_start, no_overlap
from payments.models.orders import PaymentOrder
from payments.models.shortages import ShortageProposal


class AdvanceAllowance(models.Model):
    """A named person lets the town lend a resident so much above the limit, for a while (half-open), for a reason."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="advance_allowances")
    proposal = models.OneToOneField(ShortageProposal, on_delete=models.PROTECT, null=True, related_name="allowance")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=200)
    allowed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = PeriodQuerySet["AdvanceAllowance"].as_manager()

    class Meta:
        db_table = "advance_allowance"
        constraints = [
            ends_after_start("allowance_ends_after_start"),
            models.CheckConstraint(name="allowance_allows_something", condition=Q(amount__gt=0) & ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.amount} more for {self.resident_id}"


class AdvanceLent(models.Model):
    """A note on every advance: how much, why, by whom, until when, and whether it can be borne.

    `back_by` is the day by which careful income covers it (None: no such day is in sight). `affordability` holds the
    sum behind that in euro: what was lent before, income and charges ahead. The money itself is in the books.
    """

    journal_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="lent")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="advances_lent")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="advances")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    lent_on = models.DateField()
    why = models.CharField(max_length=30)
    back_by = models.DateField(null=True)
    affordability = models.JSONField()
    lent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "advance_lent"
        constraints = [models.CheckConstraint(name="advance_lends_something", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.amount} lent to {self.resident_id}"


class RepaymentPlan(models.Model):
    """How a resident pays an advance back, where the town repays by plan: so much on each day of the recurrence."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="repayment_plans")
    instalment = models.DecimalField(max_digits=12, decimal_places=2)
    recurrence = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = PeriodQuerySet["RepaymentPlan"].as_manager()

    class Meta:
        db_table = "repayment_plan"
        constraints = [
            ends_after_start("repayment_plan_ends_after_start"),
            no_overlap("resident", name="one_repayment_plan_at_a_time"),
            models.CheckConstraint(name="repayment_plan_repays", condition=Q(instalment__gt=0) & ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.instalment} by {self.resident_id}"


class WriteOff(models.Model):
    """An advance the town itself bears: proposed by one person, approved by another, booked at approval."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="write_offs")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    journal_entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="write_off")

    class Meta:
        db_table = "write_off"
        constraints = [
            models.CheckConstraint(name="write_off_has_amount_and_reason", condition=Q(amount__gt=0) & ~Q(reason="")),
            models.CheckConstraint(
                name="write_off_takes_two_people",
                condition=Q(approved_by__isnull=True, approved_on__isnull=True, journal_entry__isnull=True)
                | (
                    Q(approved_on__isnull=False, journal_entry__isnull=False, withdrawn_on__isnull=True)
                    & ~Q(approved_by=F("proposed_by"))
                ),
            ),
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(approved_on__isnull=True, withdrawn_on__isnull=True),
                name="one_open_write_off",
            ),
        ]

    def __str__(self) -> str:
        return f"write-off of {self.amount} for {self.resident_id}"
