"""What banks told us: files kept byte for byte, attempts to import them, statements, days and entries."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budgeting.models.encryption import SealedBinaryField
from budgeting.models.people import User


class BankAccount(models.Model):
    """An account of the municipality on which residents' money lies."""

    iban = models.CharField(max_length=34, unique=True)
    name = models.CharField(max_length=70)
    pain_version = models.CharField(max_length=2, choices=[("03", "03"), ("09", "09")], default="09")

    class Meta:
        db_table = "bank_account"

    def __str__(self) -> str:
        return f"{self.name} {self.iban}"


class StatementFile(models.Model):
    """The bytes a bank gave, sealed, known by their SHA-256; kept for ever, whatever became of the import."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    content = SealedBinaryField()
    received_at = models.DateTimeField(db_default=Now())
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "statement_file"

    def __str__(self) -> str:
        return self.name


class StatementImport(models.Model):
    """One attempt to import a file, and what came of it. `problems` holds codes, places and values, not sentences."""

    class Status(models.TextChoices):
        """How an attempt ended. A refused file leaves no row."""

        IMPORTED = "imported"
        ALREADY_IMPORTED = "already_imported"
        HELD = "held"

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="imports")
    status = models.CharField(max_length=20, choices=Status)
    format = models.CharField(max_length=30)
    version = models.CharField(max_length=10, blank=True, default="")
    problems = models.JSONField(default=list)
    entries = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(db_default=Now())
    tried_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "statement_import"
        indexes = [models.Index(fields=["-tried_at"], name="statement_import_latest")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.status}"


class ImportUndo(models.Model):
    """An import that was undone: its entries are reversed in the books, and its days may be imported again."""

    attempt = models.OneToOneField(StatementImport, on_delete=models.PROTECT, primary_key=True, related_name="undone")
    reason = models.CharField(max_length=200)
    undone_on = models.DateField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "import_undo"

    def __str__(self) -> str:
        return f"{self.attempt_id} undone: {self.reason}"


class HeldDecision(models.Model):
    """What a person decided about a file that was held, once: booked after all, or refused for good. Never changed.

    `opening` and `closing` are what they read on paper, for a format without balances. `became` is the attempt in
    which it was taken in.
    """

    class Verdict(models.TextChoices):
        """What was decided."""

        TAKEN_UP = "taken_up"
        REFUSED = "refused"

    attempt = models.OneToOneField(StatementImport, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=200)
    opening = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    closing = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    became = models.OneToOneField(StatementImport, on_delete=models.PROTECT, null=True, related_name="decided_from")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField()
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "held_decision"
        constraints = [
            models.CheckConstraint(name="held_decision_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="held_decision_booked_or_refused",
                condition=Q(verdict="taken_up", became__isnull=False) | Q(verdict="refused", became__isnull=True),
            ),
            models.CheckConstraint(
                name="held_decision_both_balances",
                condition=Q(opening__isnull=True, closing__isnull=True)
                | Q(opening__isnull=False, closing__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.verdict}: {self.reason}"


class Statement(models.Model):
    """One statement of one of our accounts; opening + entries = closing, to the cent."""

    imported_by = models.ForeignKey(StatementImport, on_delete=models.PROTECT, related_name="statements")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    identification = models.CharField(max_length=70, blank=True, default="")
    sequence = models.CharField(max_length=20, blank=True, default="")
    opening = models.DecimalField(max_digits=12, decimal_places=2)
    closing = models.DecimalField(max_digits=12, decimal_places=2)
    opening_on = models.DateField()
    closing_on = models.DateField()

    class Meta:
        db_table = "statement"
        constraints = [
            models.CheckConstraint(name="statement_days_in_order", condition=Q(closing_on__gte=F("opening_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.identification} {self.closing_on}"


class StatementDayQuerySet(models.QuerySet["StatementDay"]):
    """Booking days, many at a time."""

    def standing(self) -> Self:
        """Days whose import was not undone."""
        return self.filter(statement__imported_by__undone=None)


class StatementDay(models.Model):
    """A booking day (or a later part of it) of one account: the unit in which nothing is ever booked twice."""

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="days")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    part = models.PositiveSmallIntegerField(default=1)
    opening = models.DecimalField(max_digits=12, decimal_places=2)
    closing = models.DecimalField(max_digits=12, decimal_places=2)
    entries = models.PositiveIntegerField()

    objects = StatementDayQuerySet.as_manager()

    class Meta:
        db_table = "statement_day"
        constraints = [models.UniqueConstraint(fields=["bank_account", "day", "part"], name="a_day_part_once")]

    def __str__(self) -> str:
        return f"{self.day}/{self.part}"


class Entry(models.Model):
    """One entry of a statement, as the bank wrote it; `n` counts within the account's booking day. Never changed."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="entries", db_constraint=False)
    # No index of its own: `an_entry_once` begins with it.
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="entries", db_index=False)
    booking_date = models.DateField()
    n = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    value_date = models.DateField(null=True)
    reversal = models.BooleanField(default=False)
    counterparty_name = models.CharField(max_length=140, blank=True, default="")
    counterparty_iban = models.CharField(max_length=34, blank=True, default="")
    remittance = models.TextField(blank=True, default="")
    structured_reference = models.CharField(max_length=70, blank=True, default="")
    end_to_end_id = models.CharField(max_length=70, blank=True, default="")
    mandate_id = models.CharField(max_length=70, blank=True, default="")
    creditor_id = models.CharField(max_length=70, blank=True, default="")
    batch_id = models.CharField(max_length=70, blank=True, default="")
    batch_count = models.PositiveIntegerField(default=0)
    bank_reference = models.CharField(max_length=70, blank=True, default="")
    return_reason = models.CharField(max_length=10, blank=True, default="")
    bank_code = models.CharField(max_length=30, blank=True, default="")
    proprietary_code = models.CharField(max_length=70, blank=True, default="")
    details = models.PositiveIntegerField(default=0)
    place = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        db_table = "entry"
        constraints = [
            models.UniqueConstraint(fields=["bank_account", "booking_date", "n"], name="an_entry_once"),
            models.CheckConstraint(name="entry_moves_money", condition=~Q(amount=Decimal("0.00"))),
        ]
        indexes = [
            models.Index(fields=["end_to_end_id"], name="entry_end_to_end_id", condition=~Q(end_to_end_id="")),
            models.Index(fields=["counterparty_iban", "-booking_date"], name="entry_counterparty"),
            models.Index(fields=["booking_date", "id"], name="entry_of_day"),
            # When and from whom, for whoever asks of thousands: the rows are wide and far apart.
            models.Index(fields=["id"], include=["booking_date", "counterparty_iban"], name="entry_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_date} {self.amount} {self.counterparty_name}"


class WaitingEntry(models.Model):
    """An entry whose money lies in suspense until a person decides, with suggestions and their reasons."""

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, primary_key=True, related_name="waiting", db_constraint=False
    )
    suggestions = models.JSONField(default=list)
    opened_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "waiting_entry"
        indexes = [
            models.Index(fields=["opened_at", "entry"], name="waiting_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"waiting {self.entry_id}"
