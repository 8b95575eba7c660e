"""Closes a month of the books, so that nothing is booked into it any more; opening it again takes two people.

The lock `closing` is shared by whoever books (the database takes it, `ledger.post` need not) and held by whoever closes
or opens, after the lock on payments: nobody is in the middle of a booking then.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold, share
from budgeting.actions.persons import check_is_another
from budgeting.core import closing
from budgeting.core.money import ZERO
from budgeting.models import (
    BankAccount,
    Entry,
    HeldDecision,
    JournalEntry,
    LedgerAccount,
    MonthClosing,
    MonthReopening,
    ReopeningRequest,
    StatementDay,
    StatementImport,
    User,
    WaitingEntry,
)

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=16, decimal_places=2)


class MonthNotOver(ValueError):
    """A month is closed after its last day."""


class NotTheNextMonth(ValueError):
    """Months close one after the other, and open the latest first."""


class BooksDoNotTieOut(ValueError):
    """At the end of the month the books and a bank account differ."""


class OpenItemsChanged(Exception):
    """What is open is not what was seen: look again."""


class AlreadyAsked(Exception):
    """Somebody asked for this before."""


class AlreadyReopened(Exception):
    """The month is open again already."""


class NoReason(ValueError):
    """A closed month is opened for a reason in words."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One bank account at the end of a month, in euro: what its bank told last, on `told_on`, and the books say."""

    name: str
    iban: str
    told_on: date | None
    bank: Decimal
    books: Decimal

    @property
    def difference(self) -> Decimal:
        """Nothing, or something is wrong."""
        return self.books - self.bank


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What is still open of a month and of all before it; euro. Only ties that differ keep it from being closed."""

    month: date
    waiting: int
    suspense: Decimal
    held: tuple[str, ...]
    in_transit: Decimal
    ties: tuple[Tie, ...]

    @property
    def ties_out(self) -> bool:
        """Whether the books say of every account what its bank says."""
        return all(tie.difference == ZERO for tie in self.ties)

    def to_json(self) -> dict[str, object]:
        """As it is kept with the closing."""
        return dict(json.loads(json.dumps(asdict(self), default=str)))

    @property
    def digest(self) -> str:
        """SHA-256 of it all: what a person saw is what is closed."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def closed_until() -> date | None:
    """The first open day; None when nothing was ever closed."""
    latest = standing().order_by("-month").first()
    return closing.month_after(latest.month) if latest else None


def standing() -> QuerySet[MonthClosing]:
    """The closings that hold: not opened again."""
    return MonthClosing.objects.filter(request__reopening=None)


def next_month() -> date | None:
    """The month that can be closed next: after the latest, or the first in which anything was booked."""
    if until := closed_until():
        return until
    first = JournalEntry.objects.order_by("booked_on").values_list("booked_on", flat=True).first()
    return closing.month_of(first) if first else None


def open_items(month: date) -> OpenItems:
    """What is open at the end of a month."""
    end = closing.month_after(month)
    # Entry by entry: joined, the database would read all that ever waited, with its suggestions.
    amount = Entry.objects.filter(pk=OuterRef("pk"), booking_date__lt=end).values("amount")
    rows = WaitingEntry.objects.filter(closed_at=None).annotate(amount=Subquery(amount))
    waiting = rows.aggregate(count=Count("amount"), total=Sum("amount"))
    transit = LedgerAccount.objects.filter(kind="in_transit").totals(end)
    return OpenItems(
        month=month,
        waiting=waiting["count"],
        suspense=waiting["total"] or ZERO,
        held=tuple(_held()),
        in_transit=-(transit.first() or ZERO),
        ties=tuple(_ties(end)),
    )


@transaction.atomic
def close_month(*, month: date, seen: str, on: date, by: User) -> MonthClosing:
    """Closes a month with all before it; `seen` is the digest of the open items that were looked at.

    Raises `MonthNotOver`, `NotTheNextMonth` (also when a colleague was first), `OpenItemsChanged`, `BooksDoNotTieOut`.
    """
    access.check_may(by, "close_month", on=on)
    if not closing.is_over(month, on=on):
        raise MonthNotOver
    _lock()
    if month != next_month():
        raise NotTheNextMonth
    items = open_items(month)
    if not items.ties_out:
        raise BooksDoNotTieOut
    if items.digest != seen:
        raise OpenItemsChanged
    entries, turnover = _held_before(closing.month_after(month))
    made = MonthClosing.objects.create(
        month=month,
        turn=MonthClosing.objects.filter(month=month).count() + 1,
        journal_entries=entries,
        turnover=turnover,
        left_open=items.to_json(),
        closed_on=on,
        closed_by=by,
    )
    record(action="month.closed", subject=f"month:{month:%Y-%m}", by=by, entries=entries, turnover=turnover)
    return made


@transaction.atomic
def ask_reopening(*, month: MonthClosing, reason: str, on: date, by: User) -> ReopeningRequest:
    """Asks a second person to open the latest closed month. Raises `NoReason`, `NotTheNextMonth`, `AlreadyAsked`."""
    access.check_may(by, "ask_reopening", on=on)
    if not reason.strip():
        raise NoReason
    _lock()
    _check_latest(month)
    if ReopeningRequest.objects.filter(closing=month).exists():
        raise AlreadyAsked
    asked = ReopeningRequest.objects.create(closing=month, reason=reason.strip(), asked_on=on, asked_by=by)
    record(action="month.reopening_asked", subject=f"month:{month}", by=by, reason=asked.reason)
    return asked


@transaction.atomic
def reopen_month(*, request: ReopeningRequest, on: date, by: User) -> MonthReopening:
    """A second person opens the month. Raises `persons.SamePerson`, `AlreadyReopened`, `NotTheNextMonth`."""
    access.check_may(by, "close_month", on=on)
    check_is_another(by, request.asked_by)
    _lock()
    if MonthReopening.objects.filter(request=request).exists():
        raise AlreadyReopened
    _check_latest(request.closing)
    opened = MonthReopening.objects.create(request=request, approved_on=on, approved_by=by)
    record(action="month.reopened", subject=f"month:{request.closing}", by=by, reason=request.reason)
    return opened


def keep_open() -> None:
    """Until the end of the transaction nobody closes a month: what is looked at now is so when it is booked."""
    share("closing")


def _lock() -> None:
    hold("payments")
    hold("closing")


def _check_latest(month: MonthClosing) -> None:
    latest = standing().order_by("-month").first()
    if latest is None or latest.pk != month.pk:
        raise NotTheNextMonth


def _held() -> Iterator[str]:
    """Names of files that were kept and not booked, did not come in since, and were not refused for good."""
    held = StatementImport.objects.filter(status="held")
    came_in = StatementImport.objects.filter(status__in=["imported", "already_imported"]).values("file")
    refused = HeldDecision.objects.filter(verdict=HeldDecision.Verdict.REFUSED).values("attempt__file")
    rows = held.exclude(file__in=came_in).exclude(file__in=refused).order_by("file_id")
    return (name for _, name in rows.values_list("file_id", "file__name").distinct())


def _ties(end: date) -> Iterator[Tie]:
    """What an undone import reversed later counts on its own day."""
    days = StatementDay.objects.standing().filter(bank_account=OuterRef("pk"), day__lt=end).order_by("-day", "-part")
    books = LedgerAccount.objects.filter(bank_account=OuterRef("pk")).totals(end)
    rows = BankAccount.objects.annotate(
        told_on=Subquery(days.values("day")[:1]),
        bank=Subquery(days.values("closing")[:1]),
        books=Coalesce(Subquery(books), ZERO, output_field=_MONEY),
    ).filter(told_on__isnull=False)
    return (Tie(*row) for row in rows.order_by("pk").values_list("name", "iban", "told_on", "bank", "books"))


def _held_before(end: date) -> tuple[int, Decimal]:
    """How many movements lie before the day, and their positive postings together."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(DISTINCT j.id), coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0)
               FROM journal_entry j JOIN posting p ON p.journal_entry_id = j.id WHERE j.booked_on < %s""",
            [end],
        )
        entries, turnover = cursor.fetchone()
    return int(entries), Decimal(turnover)
