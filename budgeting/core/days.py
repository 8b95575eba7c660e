"""A statement cut into booking days: the unit in which nothing is ever booked twice (I-9), and their chain (I-10)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from budgeting.core.statement import Entry, Problem, Statement


@dataclass(frozen=True, slots=True)
class Day:
    """All entries of one booking day, and the balances around them, in euro."""

    day: date
    opening: Decimal
    closing: Decimal
    entries: tuple[Entry, ...] = ()

    @property
    def amounts(self) -> Counter[Decimal]:
        """How often each signed amount occurs."""
        return Counter(entry.amount for entry in self.entries)


@dataclass(frozen=True, slots=True)
class KnownDay:
    """A day as it is already in the books: the parts it came in, one after the other."""

    day: date
    parts: tuple[Day, ...]

    @property
    def opening(self) -> Decimal:
        """The balance before the day's first part."""
        return self.parts[0].opening

    @property
    def closing(self) -> Decimal:
        """The balance after the day's last part."""
        return self.parts[-1].closing

    @property
    def count(self) -> int:
        """How many entries the day has."""
        return sum(len(part.entries) for part in self.parts)

    def holds(self, day: Day) -> bool:
        """Whether the books already have exactly this: the same balances around the same amounts, in whole parts."""
        if not day.entries:
            return day.opening in {self.opening, *(part.closing for part in self.parts)}
        return any(
            (self.parts[first].opening, self.parts[last].closing) == (day.opening, day.closing)
            and _amounts(self.parts[first : last + 1]) == day.amounts
            for first in range(len(self.parts))
            for last in range(first, len(self.parts))
        )

    def grown(self, part: Day) -> "KnownDay":
        """The day with one more part."""
        return KnownDay(self.day, (*self.parts, part))


def _amounts(parts: Iterable[Day]) -> Counter[Decimal]:
    return sum((part.amounts for part in parts), Counter())


def days_of(statement: Statement) -> tuple[Day, ...]:
    """The booking days of a statement that balances, in order; its last day too when nothing was booked on it."""
    assert statement.opening is not None
    assert statement.closing is not None
    running = statement.opening.amount
    days = []
    ordered = sorted(statement.entries, key=attrgetter("booking_date"))
    for day, group in groupby(ordered, key=attrgetter("booking_date")):
        entries = tuple(group)
        closing = running + sum(entry.amount for entry in entries)
        days.append(Day(day, running, closing, entries))
        running = closing
    if not days or days[-1].day < statement.closing.on:
        days.append(Day(statement.closing.on, running, running))
    return tuple(days)


def compare(days: Iterable[Day], known: Mapping[date, KnownDay]) -> tuple[list[Day], int, list[Problem]]:
    """Which days are new or go on where the books closed, how many entries were known, and which days differ."""
    new: list[Day] = []
    seen = 0
    problems = []
    for day in days:
        before = known.get(day.day)
        if before is None or (day.opening == before.closing and not before.holds(day)):
            new.append(day)
        elif before.holds(day):
            seen += len(day.entries)
        else:
            problems.append(_differs(day, before))
    return new, seen, problems


def chain_problems(new: Iterable[Day], known: Iterable[KnownDay]) -> list[Problem]:
    """Gaps between the new days and their neighbours in the books: a closing that is not the next opening."""
    links = [_Link(day.day, 0, day.opening, day.closing) for day in known]
    links += [_Link(day.day, number, day.opening, day.closing) for number, day in enumerate(new, 1)]
    ordered = sorted(links)
    return [
        _gap(earlier, later)
        for earlier, later in pairwise(ordered)
        if (earlier.number or later.number) and earlier.closing != later.opening
    ]


class _Link(NamedTuple):
    """A day in the chain; `number` orders the new days, 0 is one in the books already."""

    day: date
    number: int
    opening: Decimal
    closing: Decimal


def _differs(day: Day, before: KnownDay) -> Problem:
    known = _amounts(before.parts)
    other = next(iter((day.amounts - known) + (known - day.amounts)), "")
    values = {
        "day": day.day.isoformat(),
        "known": str(before.count),
        "found": str(len(day.entries)),
        "first": str(other),
    }
    return Problem("day_differs", day.day.isoformat(), values, "hold")


def _gap(earlier: _Link, later: _Link) -> Problem:
    values = {
        "from": earlier.day.isoformat(),
        "until": later.day.isoformat(),
        "closing": str(earlier.closing),
        "opening": str(later.opening),
    }
    return Problem("gap", later.day.isoformat(), values, "hold")
