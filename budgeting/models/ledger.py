"""Double entry: accounts, journal entries sealed at commit, postings that sum to zero. Rows are added, never changed.

A posting on a bank account is positive when money comes in; what we owe a resident is therefore negative, and the
balance of a resident is minus the sum of their postings. The database enforces zero sums, seals and append-only.
References without a database constraint point at rows that stay for ever; a trigger checks them when they are made.
"""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from budgeting.models.agreements import Agreement
from budgeting.models.people import Resident, User
from budgeting.models.statements import BankAccount, Entry


class LedgerAccount(models.Model):
    """Where money stands: a bank account, a resident, suspense, in transit, an advance, the municipality's own."""

    class Kind(models.TextChoices):
        """The kinds of ledger account."""

        BANK = "bank"
        RESIDENT = "resident"
        SUSPENSE = "suspense"
        IN_TRANSIT = "in_transit"
        ADVANCE = "advance"
        OWN = "own"

    kind = models.CharField(max_length=10, choices=Kind)
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "resident", "bank_account"], nulls_distinct=False, name="ledger_account_once"
            ),
            models.CheckConstraint(
                name="ledger_account_owner_fits_kind",
                condition=Q(kind__in=["resident", "advance"], resident__isnull=False, bank_account__isnull=True)
                | Q(kind="bank", resident__isnull=True, bank_account__isnull=False)
                | Q(kind__in=["suspense", "in_transit", "own"], resident__isnull=True, bank_account__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.resident_id or self.bank_account_id or ''}"


class JournalEntry(models.Model):
    """One movement, dated by the day it counts in the books. `key` makes a repeated movement impossible."""

    class Kind(models.TextChoices):
        """Why the movement was made."""

        OPENING = "opening"
        ENTRY = "entry"
        ALLOCATION = "allocation"
        RELEASE = "release"
        RETURN = "return"
        ADVANCE = "advance"
        REPAYMENT = "repayment"
        WRITE_OFF = "write_off"
        REVERSAL = "reversal"

    kind = models.CharField(max_length=12, choices=Kind)
    booked_on = models.DateField()
    key = models.CharField(max_length=100, unique=True)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="journal_entries", db_constraint=False
    )
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(max_length=200, blank=True, default="")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "journal_entry"
        indexes = [models.Index(fields=["booked_on"], name="journal_entry_day")]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One signed amount on one ledger account; `end_to_end_id` is our own id, by which statements find it."""

    journal_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="postings", db_constraint=False
    )
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    end_to_end_id = models.CharField(max_length=35, blank=True, default="")

    class Meta:
        db_table = "posting"
        constraints = [models.CheckConstraint(name="posting_moves_money", condition=~Q(amount=0))]
        indexes = [
            models.Index(fields=["account"], include=["amount"], name="posting_of_account"),
            models.Index(fields=["end_to_end_id"], name="posting_end_to_end_id", condition=~Q(end_to_end_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class JournalSeal(models.Model):
    """Closes a journal entry: every entry must have its seal at commit, and a sealed entry takes no more postings."""

    # No foreign key: a seal needs two postings, and these have one.
    journal_entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="seal", db_constraint=False
    )

    class Meta:
        db_table = "journal_seal"

    def __str__(self) -> str:
        return f"seal of {self.journal_entry_id}"


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """Allocations, many at a time."""

    def standing(self) -> Self:
        """Allocations that hold: not taken back, and not the taking back itself.

        Asked as `EXISTS`: of an outer join the database expects that next to nothing is left, and plans for that.
        """
        return self.filter(~Exists(Allocation.objects.filter(undoes=OuterRef("pk"))), undoes__isnull=True)


class Allocation(models.Model):
    """What part of an entry is whose and for what, why, and who or which rule said so; `journal_entry` moves it.

    A decision that is taken back stays, and gets its opposite, which `undoes` it.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="allocations")
    journal_entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="allocations")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="allocations")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="allocations")
    category = models.CharField(max_length=40, blank=True, default="")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    due_on = models.DateField(null=True)
    rule_version = models.CharField(max_length=20, blank=True, default="")
    reasons = models.JSONField(default=list)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    objects = AllocationQuerySet.as_manager()

    class Meta:
        db_table = "allocation"
        constraints = [
            models.CheckConstraint(
                name="allocation_says_who_decided", condition=Q(decided_by__isnull=False) ^ ~Q(rule_version="")
            ),
        ]
        indexes = [
            models.Index(fields=["agreement", "due_on"], name="allocation_of_agreement"),
            models.Index(
                fields=["resident", "entry"],
                include=["id"],
                name="allocation_of_resident",
                condition=Q(undoes__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.entry_id}"
