"""The first pay day of a new resident by a town's usual rhythm: a weekday, a day of the month, or its last day."""

from calendar import monthrange
from datetime import date, timedelta

from budgeting.core.schedule import LAST_DAY

# Less than this before it, nobody's first money is ready.
AT_LEAST = timedelta(days=7)


def first_usual_day(unit: str, day: int, *, on: date) -> date:
    """The first such day, at least a week after `on`; `day` is 1 to 7 for weeks, 1 to 28 or -1 for months."""
    since = on + AT_LEAST
    if unit == "week":
        return since + timedelta(days=(day - since.isoweekday()) % 7)
    this = _in_month(since, day)
    return this if this >= since else _in_month(since.replace(day=1) + timedelta(days=32), day)


def _in_month(month: date, day: int) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1] if day == LAST_DAY else day)
