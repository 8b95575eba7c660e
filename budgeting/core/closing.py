"""Months of the books: which day begins one, which comes next, and what a correction of a closed day is dated."""

from datetime import date


def month_of(day: date) -> date:
    """The first day of the month in which the day lies."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def is_over(month: date, *, on: date) -> bool:
    """Whether the whole month has passed."""
    return month_after(month) <= on


def booking_day(day: date, *, closed_until: date | None) -> date:
    """The day itself, or the first open day after it when its month is closed."""
    return day if closed_until is None else max(day, closed_until)
