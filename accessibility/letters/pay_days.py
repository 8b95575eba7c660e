"""The pay-day calendar for the fridge: on which days of the coming year money comes. Days only, never amounts."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from accessibility import plain
from accessibility.facts import Help
from accessibility.languages import Language
from accessibility.sentence import Block, Story, sentence
from accessibility.story import help_block
from budgeting.core.schedule import Recurrence, due_dates
from payments.core.banking_days import charge_day

MONTHS = 12


class DaysOfWeek(NamedTuple):
    """Days of one month that are the same day of the week: its name, and their numbers."""

    weekday: str
    numbers: list[str]


class MonthOfDays(NamedTuple):
    """One month of the calendar, finished in a language."""

    name: str
    days: list[DaysOfWeek]


def pay_days(rhythm: Recurrence, *, on: date, starts_on: date, ends_on: date | None) -> tuple[date, ...]:
    """The days on which money is sent, from `on` to the end of the twelfth month; as plans make them, banks open."""
    until = _first_of_month(on, later=MONTHS)
    due = due_dates(rhythm, since=on, until=until, valid_from=starts_on, valid_until=ends_on)
    return tuple(sorted({day for one in due if (day := charge_day(one)) >= on}))


def calendar_story(on: date, desk: Help) -> Story:
    """What stands around the days: what they are, what happens when one changes, where help is."""
    heading = sentence("calendar.title")
    return Story(
        "calendar", on, heading, (Block("days", heading, sentences=(sentence("calendar.change"),)), help_block(desk))
    )


def months_of_days(days: Iterable[date], language: Language) -> list[MonthOfDays]:
    """The days by month, and in a month by day of the week: `december 2026: vrijdag 4 11 18, donderdag 24`."""
    months = groupby(days, key=lambda day: day.replace(day=1))
    return [
        MonthOfDays(plain.sentence_start(plain.month_text(month, language)), list(_by_weekday(inside, language)))
        for month, inside in months
    ]


def _by_weekday(days: Iterable[date], language: Language) -> Iterator[DaysOfWeek]:
    found: dict[int, list[date]] = {}
    for day in days:
        found.setdefault(day.weekday(), []).append(day)
    for same in found.values():
        yield DaysOfWeek(plain.weekday_text(same[0], language), [str(day.day) for day in same])


def _first_of_month(day: date, *, later: int) -> date:
    month = day.month - 1 + later
    return date(day.year + month // 12, month % 12 + 1, 1)
