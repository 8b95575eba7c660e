"""What a file brings for one account of ours, held against the days that are in the books already."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from budgeting.actions.closing import closed_until
from budgeting.core.days import Day, KnownDay, chain_problems, compare, days_of
from budgeting.core.statement import BOOKED, Entry, Problem, Statement
from budgeting.models import BankAccount, StatementDay
from budgeting.models import Entry as EntryRow


@dataclass(slots=True)
class AccountNews:
    """New days per statement, entries that were known, and problems that hold the file, for one account."""

    account: BankAccount
    statements: list[Statement]
    new: list[tuple[Statement, Day]] = field(default_factory=list)
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


def news_of(account: BankAccount, statements: Iterable[Statement], *, sound: bool) -> AccountNews:
    """Each statement day by day against the books, earlier statements of the same file included.

    Statements that do not add up (`sound` is false) have no days to compare.
    """
    news = AccountNews(account, sorted(statements, key=_order))
    if sound:
        _compare_days(news)
    return news


def _order(statement: Statement) -> tuple[date, date, int]:
    first = statement.opening.on if statement.opening else date.min
    last = statement.closing.on if statement.closing else date.min
    return last, first, int(statement.sequence) if statement.sequence.isdecimal() else 0


def _compare_days(news: AccountNews) -> None:
    known = _known_days(news)
    before = list(known.values())
    for statement in news.statements:
        booked = replace(statement, entries=tuple(e for e in statement.entries if e.status == BOOKED))
        new, seen, problems = compare(days_of(booked), known)
        news.new += [(statement, day) for day in new]
        news.known += seen
        news.problems += problems
        known |= {day.day: _grown(known.get(day.day), day) for day in new}
    news.problems += chain_problems([day for _, day in news.new], before)
    news.problems += _closed(news)


def _closed(news: AccountNews) -> list[Problem]:
    """New days in a month that is closed: they are kept, and booked when two people opened the month again."""
    until = closed_until()
    days = [day.day for _, day in news.new if until is not None and day.day < until]
    if until is None or not days:
        return []
    values = {"day": min(days).isoformat(), "until": until.isoformat()}
    return [Problem("month_is_closed", min(days).isoformat(), values)]


def _grown(before: KnownDay | None, part: Day) -> KnownDay:
    return KnownDay(part.day, (part,)) if before is None else before.grown(part)


def _known_days(news: AccountNews) -> dict[date, KnownDay]:
    """The days in the books, from the last before these statements to the first after them."""
    days = [day for statement in news.statements for day in _days(statement)]
    rows = StatementDay.objects.standing().filter(bank_account=news.account)
    since = rows.filter(day__lt=min(days)).order_by("-day").values_list("day", flat=True).first() or min(days)
    until = rows.filter(day__gt=max(days)).order_by("day").values_list("day", flat=True).first() or max(days)
    entries = _entries(news.account, since, until)
    known: dict[date, KnownDay] = {}
    for row in rows.filter(day__gte=since, day__lte=until).order_by("day", "part"):
        part = Day(row.day, row.opening, row.closing, tuple(islice(entries[row.day], row.entries)))
        known[row.day] = _grown(known.get(row.day), part)
    return known


def _days(statement: Statement) -> list[date]:
    assert statement.closing is not None
    return [statement.closing.on, *(entry.booking_date for entry in statement.entries)]


def _entries(account: BankAccount, since: date, until: date) -> dict[date, Iterator[Entry]]:
    """What was booked on each day, in the order it came; only amount and day matter here."""
    rows = EntryRow.objects.filter(bank_account=account, booking_date__gte=since, booking_date__lte=until)
    rows = rows.filter(statement__imported_by__undone=None)
    found: dict[date, list[Entry]] = defaultdict(list)
    for day, value in rows.order_by("booking_date", "n").values_list("booking_date", "amount"):
        found[day].append(Entry(value, day))
    return defaultdict(lambda: iter(()), {day: iter(entries) for day, entries in found.items()})
