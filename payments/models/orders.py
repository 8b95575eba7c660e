"""Orders, batches, approvals and the bank's answers. Legal changes of state are kept by the database as well."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models import Account, Agreement, BankAccount, Resident, User
from budgeting.models.encryption import SealedBinaryField

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
    # No index of its own: `order_of_resident` begins with it; and so has `batch` one of its own below.
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="orders", db_index=False)
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
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, null=True, related_name="orders", db_index=False)
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
            models.Index(
                fields=["state", "execute_on"],
                include=["amount"],
                name="order_open",
                condition=Q(state__in=["planned", "held", "batched"]),
            ),
            models.Index(
                fields=["execute_on"],
                include=["amount"],
                name="order_going_out",
                condition=Q(state__in=["batched", "released", "booked"]),
            ),
            models.Index(fields=["resident"], name="order_waiting", condition=Q(state__in=["planned", "held"])),
            models.Index(
                fields=["resident"],
                name="order_for_a_person",
                condition=Q(state__in=["held", "returned", "rejected"]),
            ),
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
