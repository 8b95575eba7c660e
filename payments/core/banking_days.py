"""Banking days: the days on which TARGET is open, so that euro payments are executed and arrive.

Closed are Saturday, Sunday, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December (the long-term calendar of
the European Central Bank, in force since 2002). King's Day, Ascension and Whit Monday are banking days.
"""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)


def is_banking_day(day: date) -> bool:
    """Whether TARGET is open."""
    return day.isoweekday() <= 5 and day not in closing_days(day.year)


@lru_cache(maxsize=4096)
def on_or_before(day: date) -> date:
    """The day itself when it is a banking day, else the last one before it."""
    return day if is_banking_day(day) else minus(day, 1)


@lru_cache(maxsize=4096)
def on_or_after(day: date) -> date:
    """The day itself when it is a banking day, else the first one after it."""
    return day if is_banking_day(day) else plus(day, 1)


def minus(day: date, count: int) -> date:
    """The `count`-th banking day before `day`, which itself does not count; 0 is `on_or_before`."""
    return _walked(day, count, -_DAY, on_or_before)


def plus(day: date, count: int) -> date:
    """The `count`-th banking day after `day`, which itself does not count; 0 is `on_or_after`."""
    return _walked(day, count, _DAY, on_or_after)


def first_execution_day(on: date, at: time, cut_off: time) -> date:
    """The first day the bank can execute what reaches it on this day at this local time.

    What arrives at the cut-off or later, or on a day the bank is closed, is executed on the next banking day.
    """
    return on if is_banking_day(on) and at < cut_off else plus(on, 1)


def charge_day(due: date, *, first: date = date.min) -> date:
    """When to execute a charge or payout due on `due`: the banking day on or before, so that it is never late.

    Not before `first` (see `first_execution_day`): when the answer is later than `due`, it can only be paid late.
    """
    return max(on_or_before(due), first)


def income_day(due: date) -> date:
    """When to expect income that is due on `due`: the banking day on or after, as payers do."""
    return on_or_after(due)


@lru_cache(maxsize=512)
def closing_days(year: int) -> frozenset[date]:
    """The days of the year on which TARGET is closed apart from Saturdays and Sundays."""
    easter = easter_sunday(year)
    fixed = {date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)}
    return frozenset(fixed | {easter - 2 * _DAY, easter + _DAY})


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm as Meeus prints it)."""
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leap_centuries - moon_correction + 15) % 30
    leap_years, year_rest = divmod(year_of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late_moon = (year % 19 + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late_moon + 114, 31)
    return date(year, month, day + 1)


def _walked(day: date, count: int, step: timedelta, onto: Callable[[date], date]) -> date:
    if count < 0:
        raise ValueError(f"a number of banking days is not negative: {count}")
    if count == 0:
        return onto(day)
    for _ in range(count):
        day += step
        while not is_banking_day(day):
            day += step
    return day
