"""Double entry: accounts, journal entries sealed at commit, postings that sum to zero. Rows are added, never changed.

A posting on a bank account is positive when money comes in; what we owe a resident is therefore negative, and the
balance of a resident is minus the sum of their postings. The database enforces zero sums, seals and append-only.
References without a database constraint point at rows that stay for ever; a trigger checks them when they are made.
"""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from budgeting.models.agreements import Agreement
from budgeting.models.people import Resident, User
from budgeting.models.statements import BankAccount, Entry

_MONEY: models.DecimalField[Decimal, Decimal] = models.DecimalField(max_digits=16, decimal_places=2)


class LedgerAccountQuerySet(models.QuerySet["LedgerAccount"]):
    """Ledger accounts, many at a time."""

    def totals(self, before: date | None = None) -> "models.QuerySet[LedgerAccount, Decimal]":
        """Of each the sum of its postings in euro: of all of them, or of those that count before a day.

        What was kept as a sum is taken as that sum, and the postings after it are added, in one statement.
        """
        kept = KeptSum.objects.filter(account=OuterRef("pk")).order_by()
        newer = Posting.objects.filter(account=OuterRef("pk"), pk__gt=_kept_up_to()).order_by()
        if before:
            kept, newer = kept.filter(day__lt=before), newer.filter(_counts_before(before))
        found: models.QuerySet[LedgerAccount, Decimal] = self.annotate(
            total=_summed(kept) + _summed(newer)
        ).values_list("total", flat=True)
        return found


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

    objects = LedgerAccountQuerySet.as_manager()

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
    # No index of its own: `posting_of_account` begins with it.
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="postings", db_index=False, db_constraint=False
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    end_to_end_id = models.CharField(max_length=35, blank=True, default="")

    class Meta:
        db_table = "posting"
        constraints = [models.CheckConstraint(name="posting_moves_money", condition=~Q(amount=0))]
        indexes = [
            models.Index(fields=["account", "id"], include=["amount"], name="posting_of_account"),
            models.Index(fields=["end_to_end_id"], name="posting_end_to_end_id", condition=~Q(end_to_end_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class KeptSum(models.Model):
    """What the postings of a town's ledger account come to that count on a day, of those up to a posting's number.

    The first sum of an account holds all that was posted until then, each later one what was posted since. On a bank
    account an entry counts on the day its bank booked it, elsewhere and without an entry on the day of the movement.
    A function of the database, `keep_sums()`, makes them; it waits until nobody is in the middle of a booking, so that
    no posting with a lower number can still come.
    """

    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="kept_sums")
    day = models.DateField()
    up_to = models.PositiveBigIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        db_table = "kept_sum"
        constraints = [models.UniqueConstraint(fields=["account", "up_to", "day"], name="a_sum_kept_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.amount}"


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

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="allocations", db_constraint=False)
    journal_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="allocations", db_constraint=False
    )
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="allocations")
    # No index of its own: `allocation_of_agreement` begins with it.
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="allocations", db_index=False
    )
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
            models.Index(
                fields=["resident", "entry"],
                include=["id"],
                name="allocation_by_a_person",
                condition=Q(decided_by__isnull=False, undoes__isnull=True),
            ),
            # Years of income of a hundred residents, without a row being fetched: who needs a call rests on it.
            models.Index(
                fields=["resident", "entry"],
                include=["id", "agreement", "amount", "rule_version"],
                name="allocation_came_in",
                condition=Q(amount__gt=0, undoes__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.entry_id}"


def _kept_up_to() -> Coalesce:
    """The number of the last posting that the kept sums of a posting's account hold."""
    latest = KeptSum.objects.filter(account=OuterRef(OuterRef("pk"))).order_by("-up_to").values("up_to")[:1]
    return Coalesce(Subquery(latest), 0)


def _counts_before(day: date) -> Q:
    """As `KeptSum` says on which day a posting counts."""
    of_the_bank = Q(account__kind="bank", journal_entry__entry__isnull=False)
    return Q(of_the_bank, journal_entry__entry__booking_date__lt=day) | Q(
        ~of_the_bank, journal_entry__booked_on__lt=day
    )


def _summed(rows: models.QuerySet[models.Model]) -> Coalesce:
    total = rows.values("account").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), Decimal("0.00"), output_field=_MONEY)
