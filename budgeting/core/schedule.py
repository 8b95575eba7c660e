"""When something is due: a recurrence and the calendar, nothing else (I-15).

A recurrence says once, every n weeks on weekdays, every n months on days, or every n years on days of months. It counts
from `starts_on`: every second week means every second Monday-to-Sunday week after the one `starts_on` lies in. A day
that a month does not have becomes its last day: the 31st falls on 30 April, 29 February on 28 February. Periods are
half-open.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

LAST_DAY = -1
UNITS = ("once", "week", "month", "year")
MOST_EVERY = 99
_IN_EVERY_MONTH = 28

# From, until: half-open, until None is open.
Pause = tuple[date, date | None]

_KEYS = frozenset({"unit", "every", "starts_on", "weekdays", "days", "months"})
_LISTS_OF_UNIT = {"once": set(), "week": {"weekdays"}, "month": {"days"}, "year": {"days", "months"}}
_ALLOWED = {
    "weekdays": frozenset(range(1, 8)),
    "days": frozenset({LAST_DAY, *range(1, 32)}),
    "months": frozenset(range(1, 13)),
}


class NotARecurrence(ValueError):
    """Which `field` is wrong and why: `reason` is `missing`, `unknown`, `type`, `range`, `twice` or `not_for_unit`."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"not a recurrence: {field} ({reason})")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often something is due; always valid, otherwise `NotARecurrence` was raised.

    `weekdays` are ISO (Monday 1 to Sunday 7), `days` are 1 to 31 or -1 for the last day, `months` are 1 to 12. An empty
    list means the weekday, day or month of `starts_on` itself.
    """

    unit: str
    starts_on: date
    every: int = 1
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise NotARecurrence("unit", "range")
        if type(self.starts_on) is not date:
            raise NotARecurrence("starts_on", "type")
        _check_every(self.every, self.unit)
        for field in ("weekdays", "days", "months"):
            _check_list(field, getattr(self, field), self.unit)

    def to_dict(self) -> dict[str, object]:
        """A plain dict that JSON can store; lists that are empty are left out."""
        stored: dict[str, object] = {"unit": self.unit, "every": self.every, "starts_on": self.starts_on.isoformat()}
        lists = {"weekdays": self.weekdays, "days": self.days, "months": self.months}
        return stored | {field: list(numbers) for field, numbers in lists.items() if numbers}

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> "Recurrence":
        """The recurrence that `to_dict` stored; raises `NotARecurrence` for whatever is missing, unknown or wrong."""
        for field in sorted(stored.keys() - _KEYS):
            raise NotARecurrence(field, "unknown")
        for field in ("unit", "starts_on"):
            if field not in stored:
                raise NotARecurrence(field, "missing")
        return cls(
            unit=_text("unit", stored["unit"]),
            starts_on=_day("starts_on", stored["starts_on"]),
            every=_number("every", stored.get("every", 1)),
            weekdays=_numbers("weekdays", stored.get("weekdays", ())),
            days=_numbers("days", stored.get("days", ())),
            months=_numbers("months", stored.get("months", ())),
        )


def due_dates(
    recurrence: Recurrence,
    *,
    since: date,
    until: date,
    valid_from: date,
    valid_until: date | None = None,
    exceptions: Collection[date] = frozenset(),
    pauses: Collection[Pause] = (),
) -> tuple[date, ...]:
    """The due dates with since <= day < until, in order, each once.

    Due dates outside the validity (half-open), on an exception or inside a pause (half-open) are no due dates. A window
    cut in pieces gives the same dates as the whole.
    """
    first = max(since, valid_from, recurrence.starts_on)
    end = until if valid_until is None else min(until, valid_until)
    if first >= end:
        return ()
    days = _between(recurrence, first, end)
    if not exceptions and not pauses:
        return days
    return tuple(day for day in days if day not in exceptions and not _is_paused(day, pauses))


@lru_cache(maxsize=16_384)
def _between(recurrence: Recurrence, first: date, end: date) -> tuple[date, ...]:
    """The days of a recurrence; a town asks the same of many agreements, which have few recurrences and one window."""
    return tuple(day for day in _OCCURRENCES[recurrence.unit](recurrence, first, end) if first <= day < end)


def _is_paused(day: date, pauses: Collection[Pause]) -> bool:
    return any(begin <= day and (end is None or day < end) for begin, end in pauses)


def _once(recurrence: Recurrence, _first: date, _end: date) -> Iterator[date]:
    yield recurrence.starts_on


def _weekly(recurrence: Recurrence, first: date, end: date) -> Iterator[date]:
    weekdays = sorted(recurrence.weekdays) or [recurrence.starts_on.isoweekday()]
    anchor, step = _monday(recurrence.starts_on), 7 * recurrence.every
    begin = anchor + (first.toordinal() - anchor) // step * step
    for monday in range(begin, end.toordinal(), step):
        for weekday in weekdays:
            if monday + weekday - 1 < end.toordinal():
                yield date.fromordinal(monday + weekday - 1)


def _monthly(recurrence: Recurrence, first: date, end: date) -> Iterator[date]:
    anchor, step = _month(recurrence.starts_on), recurrence.every
    begin = anchor + (_month(first) - anchor) // step * step
    for month in range(begin, _month(end) + 1, step):
        yield from _days_of_month(recurrence, month // 12, month % 12 + 1)


def _yearly(recurrence: Recurrence, first: date, end: date) -> Iterator[date]:
    anchor, step = recurrence.starts_on.year, recurrence.every
    begin = anchor + (first.year - anchor) // step * step
    for year in range(begin, end.year + 1, step):
        for month in sorted(recurrence.months) or [recurrence.starts_on.month]:
            yield from _days_of_month(recurrence, year, month)


_OCCURRENCES = {"once": _once, "week": _weekly, "month": _monthly, "year": _yearly}


def _days_of_month(recurrence: Recurrence, year: int, month: int) -> Iterator[date]:
    wanted = recurrence.days or (recurrence.starts_on.day,)
    if len(wanted) == 1 and LAST_DAY < wanted[0] <= _IN_EVERY_MONTH:  # nearly all agreements
        yield date(year, month, wanted[0])
        return
    last = monthrange(year, month)[1]
    # A set: the 30th, the 31st and the last day are one day in April.
    for day in sorted({last if day == LAST_DAY else min(day, last) for day in wanted}):
        yield date(year, month, day)


def _monday(day: date) -> int:
    return day.toordinal() - day.isoweekday() + 1


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _check_every(every: int, unit: str) -> None:
    if type(every) is not int:
        raise NotARecurrence("every", "type")
    if not 1 <= every <= MOST_EVERY:
        raise NotARecurrence("every", "range")
    if unit == "once" and every != 1:
        raise NotARecurrence("every", "not_for_unit")


def _check_list(field: str, numbers: tuple[int, ...], unit: str) -> None:
    if type(numbers) is not tuple or any(type(number) is not int for number in numbers):
        raise NotARecurrence(field, "type")
    if numbers and field not in _LISTS_OF_UNIT[unit]:
        raise NotARecurrence(field, "not_for_unit")
    if not _ALLOWED[field].issuperset(numbers):
        raise NotARecurrence(field, "range")
    if len(set(numbers)) != len(numbers):
        raise NotARecurrence(field, "twice")


def _text(field: str, value: object) -> str:
    if type(value) is not str:
        raise NotARecurrence(field, "type")
    return value


def _day(field: str, value: object) -> date:
    text = _text(field, value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotARecurrence(field, "range") from None
    # fromisoformat also reads 20261125 and 2026-W48-3; one day is written in one way.
    if day.isoformat() != text:
        raise NotARecurrence(field, "range")
    return day


def _number(field: str, value: object) -> int:
    if type(value) is not int:
        raise NotARecurrence(field, "type")
    return value


def _numbers(field: str, value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise NotARecurrence(field, "type")
    return tuple(_number(field, number) for number in value)
