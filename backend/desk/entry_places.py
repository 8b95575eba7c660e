"""A list of entries that is walked from place to place, in stretches of days that grow.

Counting pages from the newest would read all that is before the page, and show a row twice when new ones came in. A
place is where one entry stands: what is before and behind it stays the same. Entries get ascending numbers as they come
in, not in the order of their days; the lowest and the highest of a stretch leave out most that is not of its days.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from django.db import connection
from django.db.models import F, Q, QuerySet

FIRST, WIDER = timedelta(days=35), 6


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an entry stands among all others: by its day, then by its number. In an address: `2026-11-02.1234`."""

    day: date
    number: int

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """None when there is none in the text."""
        day, _, number = (text or "").partition(".")
        if not (number.isascii() and number.isdecimal() and len(number) < len(str(2**63))):
            return None
        try:
            return cls(date.fromisoformat(day), int(number))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day}.{self.number}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day with entries, and the lowest and the highest of their numbers."""

    day: date
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days, both counting, and the numbers between which the entries of those days lie, with others."""

    first: date
    last: date
    lowest: int
    highest: int


# Day and number of the entries of a stretch for which the condition holds as well, in any order; some days may be None.
Between = Callable[[Stretch, Q], QuerySet[Any, Any]]


def days_with_entries(since: date, until: date | None) -> list[Day]:
    """The latest first; asked day by day, each in the index: there may be millions of entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT told.day::date, low.id, high.id FROM generate_series(
                   greatest(%s::date, (SELECT min(booking_date) FROM entry)),
                   least(%s::date, (SELECT max(booking_date) FROM entry)), interval '1 day') told (day),
               LATERAL (SELECT id FROM entry WHERE booking_date = told.day::date ORDER BY id LIMIT 1) low,
               LATERAL (SELECT id FROM entry WHERE booking_date = told.day::date ORDER BY id DESC LIMIT 1) high
               ORDER BY 1 DESC""",
            [since, until],
        )
        return [Day(*row) for row in cursor.fetchall()]


def latest(rows: Between, days: Sequence[Day], *, most: int, below: Place | None = None) -> list[Place]:
    """The places of the latest entries, or of those before the place `below`; the latest first, no more than `most`."""
    found: list[Place] = []
    behind = Q(booking_date__lt=below.day) | Q(booking_date=below.day, pk__lt=below.number) if below else Q()
    for stretch in _stretches(one for one in days if below is None or one.day <= below.day):
        order = (F("day").desc(nulls_last=True), "-number")
        found += _places(rows(stretch, behind).order_by(*order), most - len(found))
        if len(found) >= most:
            break
    return found


def next_later(rows: Between, days: Sequence[Day], *, most: int, above: Place) -> list[Place]:
    """The places of the entries just after a place, the one nearest to it first."""
    found: list[Place] = []
    later = Q(booking_date__gt=above.day) | Q(booking_date=above.day, pk__gt=above.number)
    for stretch in _stretches(one for one in reversed(days) if one.day >= above.day):
        found += _places(rows(stretch, later).order_by("day", "number"), most - len(found))
        if len(found) >= most:
            break
    return found


def _places(rows: QuerySet[Any, Any], most: int) -> list[Place]:
    """PostgreSQL puts what has no day behind the others, unless told otherwise."""
    return [Place(day, number) for day, number in rows[:most] if day]


def _stretches(days: Iterable[Day]) -> Iterator[Stretch]:
    """The days in the order in which they come, the first few weeks together and each time many more."""
    taken: list[Day] = []
    width = FIRST
    for day in days:
        if taken and abs(day.day - taken[0].day) >= width:
            yield _stretch(taken)
            taken, width = [], width * WIDER
        taken.append(day)
    if taken:
        yield _stretch(taken)


def _stretch(days: Sequence[Day]) -> Stretch:
    first, last = sorted((days[0].day, days[-1].day))
    return Stretch(first, last, min(one.lowest for one in days), max(one.highest for one in days))
