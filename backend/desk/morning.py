"""The columns beside the worklist: what the bank told, whether the books agree, what goes out and what comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from backend.desk.counted import Counts, one
from backend.desk.purses import Expected
from budgeting.core.money import ZERO
from budgeting.models import BankAccount, LedgerAccount, StatementDay

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Imported:
    """The latest day on which statements came in, and how many entries were new."""

    on: date
    entries: int


@dataclass(frozen=True, slots=True)
class TieOut:
    """Euro: what the last statements and what the books say is on our accounts; `until` is the last day told."""

    bank: Decimal
    books: Decimal
    until: date | None

    @property
    def difference(self) -> Decimal:
        """Nothing, or something is wrong."""
        return self.books - self.bank


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Planned orders: those of the first day on which something goes, those held, batches that wait for a person."""

    day: date | None = None
    count: int = 0
    total: Decimal = ZERO
    held: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """Income agreed for the coming days."""

    until: date
    count: int
    total: Decimal


def imported(counts: Counts) -> Imported | None:
    """None before the first statement."""
    found = one(counts, "imported")
    return Imported(found.day, found.count) if found and found.day else None


def tie_out() -> TieOut:
    """Of all our accounts that have a statement."""
    last = StatementDay.objects.standing().filter(bank_account=OuterRef("pk")).order_by("-day", "-part")
    booked = LedgerAccount.objects.filter(bank_account=OuterRef("pk")).totals()
    accounts = BankAccount.objects.annotate(
        closing=Subquery(last.values("closing")[:1]),
        last_day=Subquery(last.values("day")[:1]),
        books=Coalesce(Subquery(booked), ZERO, output_field=_MONEY),
    ).filter(closing__isnull=False)
    rows = list(accounts.values_list("closing", "books", "last_day"))
    days = [day for _, _, day in rows]
    return TieOut(sum((r[0] for r in rows), ZERO), sum((r[1] for r in rows), ZERO), min(days, default=None))


def outgoing(counts: Counts) -> Outgoing:
    """What is planned next, and how many files wait for a second person."""
    held = sum(row.count for row in counts.get("held", ()))
    drafts, first = one(counts, "draft"), one(counts, "planned")
    waiting = drafts.count if drafts else 0
    if first is None:
        return Outgoing(held=held, waiting=waiting)
    return Outgoing(first.day, first.count, first.total, held, waiting)


def incoming(incomes: Iterable[Expected], *, on: date, days: int = 7) -> Incoming:
    """Of the incomes expected, those of the coming days."""
    until = on + timedelta(days=days)
    soon = [income for income in incomes if income.day < until]
    return Incoming(until, len(soon), sum((income.amount for income in soon), ZERO))
