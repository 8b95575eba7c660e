"""Months counted: steps of whole months, the day a monthly payment keeps, weekdays within a month."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median_low

_END = 26  # from here on a day may belong to the turn of the month


def months_between(first: date, second: date) -> float:
    """How many months apart two days are, in months of thirty days once the whole months are taken off."""
    whole = (second.year - first.year) * 12 + second.month - first.month
    return whole + (second.day - first.day) / 30


def on_day(year: int, month: int, day: int) -> date:
    """That day of a month, counted on from January of `year`: a day it lacks is its last, 0 and -n go back from it."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if day < 1:
        return date(year, month, 1) + timedelta(days=day - 1)
    return date(year, month, min(day, monthrange(year, month)[1]))


def kept_day(days: Sequence[date]) -> int:
    """The day of the month a stream keeps; below 1 when it is that many days before the first (0: the last day).

    Payments around the turn of a month lie on both sides of it: 1 May, 30 May, 1 July keep the first.
    """
    if any(day.day >= _END for day in days) and any(day.day <= 6 for day in days):
        return median_low([day.day if day.day <= 15 else day.day - monthrange(day.year, day.month)[1] for day in days])
    return median_low([day.day for day in days])


def month_of(day: date, kept: int) -> tuple[int, int]:
    """The month a payment is for, given the day its stream keeps: 30 May is June's, where the first is kept."""
    if kept <= 6 and day.day >= _END:
        return (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    if kept >= _END and day.day <= 6:
        return (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return day.year, day.month


def weekday_of_month(days: Sequence[date]) -> tuple[int, int] | None:
    """(week, weekday) when all days are the same weekday of the same week of their month; -1 is the last week."""
    weekdays = {day.isoweekday() for day in days}
    if len(weekdays) != 1:
        return None
    weeks = {(day.day - 1) // 7 + 1 for day in days}
    lasts = {day.day + 7 > monthrange(day.year, day.month)[1] for day in days}
    if len(weeks) == 1:
        return weeks.pop(), weekdays.pop()
    return (-1, weekdays.pop()) if lasts == {True} else None
