"""Orders, batches, approvals, the bank's answers; shortages and advances.

Legal changes of state are kept by the database as well.
"""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models import Account, Agreement, BankAccount, JournalEntry, Resident, User
from budgeting.models.encryption import SealedBinaryField
from budgeting.models.periods import PeriodQuerySet, ends_after_start, no_overlap

APPEND_ONLY = ("approval", "bank_answer", "advance_allowance", "advance_lent")

LIVE = ("planned", "held", "batched", "released", "booked")
IN_A_FILE = ("batched", "released", "booked", "returned", "rejected")


class PaymentBatch(models.Model):
    """One pain.001 file. `digest` binds approval to the exact orders; `content` is made once, at release."""

    class State(models.TextChoices):
        """Where the batch stands; the legal changes are in `payments.core.lifecycle`."""

        DRAFT = "draft"
        APPROVED = "approved"
        RELEASED = "released"
        CLOSED = "closed"
        CANCELLED = "cancelled"

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="batches")
    message_id = models.CharField(max_length=35, unique=True)
    execute_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField(max_length=200, blank=True, default="")
    count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)
    digest = models.CharField(max_length=64)
    assembled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assembled_at = models.DateTimeField(db_default=Now())
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    content = SealedBinaryField(null=True)
    content_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "payment_batch"
        constraints = [
            models.CheckConstraint(
                name="batch_has_its_bytes_once_released",
                condition=Q(state__in=["released", "closed"], content__isnull=False, released_at__isnull=False)
                | Q(state__in=["draft", "approved", "cancelled"], content__isnull=True, released_at__isnull=True),
            ),
            models.CheckConstraint(name="batch_is_not_empty", condition=Q(count__gt=0, total__gt=0)),
        ]

    def __str__(self) -> str:
        return self.message_id


class OrderQuerySet(models.QuerySet["PaymentOrder"]):
    """Orders, many at a time."""

    def ready(self, execute_on: date) -> Self:
        """Planned orders whose execution day is this day or earlier, in a fixed order."""
        return self.filter(state="planned", execute_on__lte=execute_on).order_by("execute_on", "pk")

    def live(self) -> Self:
        """Orders that count as money going or gone."""
        return self.filter(state__in=LIVE)

    def ahead(self) -> Self:
        """Orders whose money has not left the resident's balance yet."""
        return self.filter(state__in=["planned", "held", "batched"])


class PaymentOrder(models.Model):
    """One dated instruction: a charge of an agreement, a remainder to the resident, or money sent back.

    Name, account, amount and reference are copied when it is made and frozen once it is in a batch.
    """

    class Kind(models.TextChoices):
        """What the order is for."""

        CHARGE = "charge"
        REMAINDER = "remainder"
        REFUND = "refund"

    class State(models.TextChoices):
        """Where the order stands; the legal changes are in `payments.core.lifecycle`."""

        PLANNED = "planned"
        HELD = "held"
        BATCHED = "batched"
        RELEASED = "released"
        BOOKED = "booked"
        RETURNED = "returned"
        CANCELLED = "cancelled"
        REJECTED = "rejected"

    kind = models.CharField(max_length=10, choices=Kind)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="orders")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="orders")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="orders")
    category = models.CharField(max_length=40)
    due_on = models.DateField()
    execute_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    name = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    remittance = models.CharField(max_length=140, blank=True, default="")
    structured_reference = models.CharField(max_length=35, blank=True, default="")
    attempt = models.PositiveSmallIntegerField(default=1)
    end_to_end_id = models.CharField(max_length=35, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=40, blank=True, default="")
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, null=True, related_name="orders")
    booked_on = models.DateField(null=True)
    explanation = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=Now())

    objects = OrderQuerySet.as_manager()

    class Meta:
        db_table = "payment_order"
        constraints = [
            models.CheckConstraint(
                name="order_amount_payable",
                condition=Q(amount__gte=Decimal("0.01"), amount__lte=Decimal("999999999.99")),
            ),
            models.CheckConstraint(
                name="charge_comes_from_an_agreement", condition=~Q(kind="charge") | Q(agreement__isnull=False)
            ),
            models.CheckConstraint(
                name="order_in_a_batch_has_one",
                condition=Q(state__in=["batched", "released", "booked", "returned"], batch__isnull=False)
                | Q(state__in=["planned", "held", "cancelled"], batch__isnull=True)
                | Q(state="rejected"),
            ),
            models.CheckConstraint(
                name="order_says_why",
                condition=Q(state__in=["planned", "batched", "released", "booked"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="order_booked_on_a_day", condition=~Q(state="booked") | Q(booked_on__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["agreement", "due_on", "attempt"], condition=Q(kind="charge"), name="an_attempt_once"
            ),
            models.UniqueConstraint(
                fields=["agreement", "due_on"], condition=Q(kind="charge", state__in=LIVE), name="a_due_date_paid_once"
            ),
            models.UniqueConstraint(
                fields=["resident", "due_on"], condition=Q(kind="remainder", state__in=LIVE), name="a_remainder_once"
            ),
        ]
        indexes = [
            models.Index(fields=["execute_on", "id"], name="order_ready", condition=Q(state="planned")),
            models.Index(fields=["resident", "due_on"], name="order_of_resident"),
            models.Index(fields=["batch"], name="order_of_batch"),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id


class Approval(models.Model):
    """A second person's yes to exactly these orders. The database refuses the assembler and another digest."""

    batch = models.OneToOneField(PaymentBatch, on_delete=models.PROTECT, related_name="approval")
    assembled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    approved_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "approval"
        constraints = [
            models.CheckConstraint(name="approver_is_not_the_assembler", condition=~Q(approved_by=F("assembled_by"))),
        ]

    def __str__(self) -> str:
        return f"approval of {self.batch_id}"


class BankAnswer(models.Model):
    """What a pain.002 said of a file (`order` empty) or of one order. Recorded, never waited for."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="answers")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="answers")
    status = models.CharField(max_length=4)
    reason = models.CharField(max_length=10, blank=True, default="")
    file_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "bank_answer"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "order", "file_sha256"], nulls_distinct=False, name="an_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.status}"


class ShortageProposal(models.Model):
    """What to do when a resident's charges are more than own money and free advance; at most one is open each.

    `facts` holds means, charges and every choice with what it means; `digest` binds a decision to what was seen.
    """

    class State(models.TextChoices):
        """Open until a person decides, or until there is enough after all."""

        OPEN = "open"
        DECIDED = "decided"
        SOLVED = "solved"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="shortages")
    opened_on = models.DateField()
    missing = models.DecimalField(max_digits=12, decimal_places=2)
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    choice = models.CharField(max_length=30, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "shortage_proposal"
        constraints = [
            models.UniqueConstraint(fields=["resident"], condition=Q(state="open"), name="one_open_shortage"),
            models.CheckConstraint(name="shortage_lacks_something", condition=Q(missing__gt=0)),
            models.CheckConstraint(
                name="shortage_is_decided_by_someone_for_a_reason",
                condition=Q(state="open", choice="", decided_by__isnull=True, closed_on__isnull=True)
                | Q(state="solved", choice="", decided_by__isnull=True, closed_on__isnull=False)
                | (
                    Q(state="decided", decided_by__isnull=False, closed_on__isnull=False)
                    & ~Q(choice="")
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"shortage {self.pk} of {self.resident_id}"


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
