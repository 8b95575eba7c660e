"""The columns beside the worklist: what the bank told, whether the books agree, what goes out and what comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from backend.desk.purses import Expected
from budgeting.core.money import ZERO
from budgeting.models import BankAccount, Posting, StatementDay, StatementImport
from payments.models import PaymentBatch, PaymentOrder

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


def latest_import() -> Imported | None:
    """None before the first statement."""
    days = StatementImport.objects.filter(status="imported").annotate(day=TruncDate("tried_at")).values("day")
    found = days.annotate(entries=Sum("new")).order_by("-day").first()
    return Imported(found["day"], found["entries"]) if found else None


def tie_out() -> TieOut:
    """Of all our accounts that have a statement."""
    last = StatementDay.objects.standing().filter(bank_account=OuterRef("pk")).order_by("-day", "-part")
    booked = Posting.objects.filter(account__bank_account=OuterRef("pk")).values("account__bank_account")
    accounts = BankAccount.objects.annotate(
        closing=Subquery(last.values("closing")[:1]),
        last_day=Subquery(last.values("day")[:1]),
        books=Coalesce(Subquery(booked.annotate(total=Sum("amount")).values("total")), ZERO, output_field=_MONEY),
    ).filter(closing__isnull=False)
    rows = list(accounts.values_list("closing", "books", "last_day"))
    days = [day for _, _, day in rows]
    return TieOut(sum((r[0] for r in rows), ZERO), sum((r[1] for r in rows), ZERO), min(days, default=None))


def outgoing() -> Outgoing:
    """What is planned next, and how many files wait for a second person."""
    groups = PaymentOrder.objects.filter(state__in=["planned", "held"]).values("state", "execute_on")
    rows = list(groups.annotate(count=Count("pk"), total=Sum("amount")).order_by("execute_on"))
    held = sum(row["count"] for row in rows if row["state"] == "held")
    first = next((row for row in rows if row["state"] == "planned"), None)
    drafts = PaymentBatch.objects.filter(state=PaymentBatch.State.DRAFT).count()
    if first is None:
        return Outgoing(held=held, waiting=drafts)
    return Outgoing(first["execute_on"], first["count"], first["total"], held, drafts)


def incoming(incomes: Iterable[Expected], *, on: date, days: int = 7) -> Incoming:
    """Of the incomes expected, those of the coming days."""
    until = on + timedelta(days=days)
    soon = [income for income in incomes if income.day < until]
    return Incoming(until, len(soon), sum((income.amount for income in soon), ZERO))
