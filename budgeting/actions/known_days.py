"""What a file brings for one account of ours, held against the days that are in the books already."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from budgeting.core.days import KnownDay, NewDay, chain_problems, compare, days_of
from budgeting.core.statement import BOOKED, Problem, Statement, check
from budgeting.models import BankAccount, Entry, StatementDay


@dataclass(slots=True)
class AccountNews:
    """New days per statement, entries that were known, and problems that hold the file, for one account."""

    account: BankAccount
    statements: list[Statement]
    new: list[tuple[Statement, NewDay]] = field(default_factory=list)
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


def news_of(account: BankAccount, statements: Iterable[Statement], *, on: date) -> AccountNews:
    """Each statement day by day against the books, earlier statements of the same file included."""
    news = AccountNews(account, sorted(statements, key=_order))
    for statement in news.statements:
        news.problems += [problem for problem in check(statement, on=on) if problem.severity != "note"]
        if statement.balances is None:
            news.problems.append(Problem("no_balances", statement.identification, {}, "hold"))
    if not news.problems:
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
        known |= {day.day.day: _with(known.get(day.day.day), day) for day in new}
    news.problems += chain_problems([day for _, day in news.new], before)


def _with(before: KnownDay | None, new: NewDay) -> KnownDay:
    day = new.day
    if before is None:
        return KnownDay(day.day, day.opening, day.closing, day.amounts)
    return KnownDay(day.day, before.opening, day.closing, before.amounts + day.amounts, new.part)


def _known_days(news: AccountNews) -> dict[date, KnownDay]:
    """The days in the books, from the last before these statements to the first after them."""
    days = [day for statement in news.statements for day in _days(statement)]
    rows = StatementDay.objects.filter(bank_account=news.account)
    since = rows.filter(day__lt=min(days)).order_by("-day").values_list("day", flat=True).first() or min(days)
    until = rows.filter(day__gt=max(days)).order_by("day").values_list("day", flat=True).first() or max(days)
    amounts = _amounts(news.account, since, until)
    known: dict[date, KnownDay] = {}
    for part in rows.filter(day__gte=since, day__lte=until).order_by("day", "part"):
        opening = known[part.day].opening if part.day in known else part.opening
        known[part.day] = KnownDay(part.day, opening, part.closing, amounts.get(part.day, Counter()), part.part)
    return known


def _days(statement: Statement) -> list[date]:
    assert statement.closing is not None
    return [statement.closing.on, *(entry.booking_date for entry in statement.entries)]


def _amounts(account: BankAccount, since: date, until: date) -> dict[date, Counter[Decimal]]:
    found: dict[date, Counter[Decimal]] = {}
    rows = Entry.objects.filter(bank_account=account, booking_date__gte=since, booking_date__lte=until)
    for day, value in rows.values_list("booking_date", "amount").iterator(chunk_size=10000):
        found.setdefault(day, Counter())[value] += 1
    return found
