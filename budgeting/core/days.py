"""A statement cut into booking days: the unit in which nothing is ever booked twice (I-9), and their chain (I-10)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter

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


@dataclass(frozen=True, slots=True)
class NewDay:
    """A day, or a later part of a known day, that is to be booked; entries count on from `after`."""

    day: Day
    part: int
    after: int


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


def compare(days: Iterable[Day], known: Mapping[date, KnownDay]) -> tuple[list[NewDay], int, list[Problem]]:
    """Which days are new, how many entries were known, and the days whose content differs from what is in the books."""
    new: list[NewDay] = []
    seen = 0
    problems = []
    for day in days:
        before = known.get(day.day)
        if before is None:
            new.append(NewDay(day, 1, 0))
        elif before.holds(day):
            seen += len(day.entries)
        elif day.opening == before.closing:
            new.append(NewDay(day, len(before.parts) + 1, before.count))
        else:
            problems.append(_differs(day, before))
    return new, seen, problems


def chain_problems(new: Iterable[NewDay], known: Iterable[KnownDay]) -> list[Problem]:
    """Gaps between the new days and their neighbours in the books: a closing that is not the next opening."""
    links = [(item.day.day, item.part, item.day.opening, item.day.closing, True) for item in new]
    links += [(item.day, 0, item.opening, item.closing, False) for item in known]
    ordered = sorted(links)
    return [
        _gap(earlier, later)
        for earlier, later in pairwise(ordered)
        if (earlier[4] or later[4]) and earlier[3] != later[2]
    ]


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


def _gap(earlier: tuple[date, int, Decimal, Decimal, bool], later: tuple[date, int, Decimal, Decimal, bool]) -> Problem:
    values = {
        "from": earlier[0].isoformat(),
        "until": later[0].isoformat(),
        "closing": str(earlier[3]),
        "opening": str(later[2]),
    }
    return Problem("gap", later[0].isoformat(), values, "hold")
