"""A recurrence as a sentence: every month on the 25th, every four weeks on Friday, once on 3 May 2026."""

from babel.dates import get_day_names, get_month_names
from django.utils.translation import get_language, gettext, ngettext

from accessibility import plain
from accessibility.languages import Language, language_for
from budgeting.core.schedule import LAST_DAY, Recurrence


def in_words(recurrence: Recurrence) -> str:
    """The whole rule in the reader's language, without its first day."""
    language = language_for(get_language())
    if recurrence.unit == "once":
        day = plain.weekday_and_day_text(recurrence.starts_on, language, on=recurrence.starts_on)
        return gettext("once, on {day} {year}").format(day=day, year=recurrence.starts_on.year)
    often = _OFTEN[recurrence.unit](recurrence.every)
    return gettext("{often} on {days}").format(often=often, days=_days(recurrence, language))


def _weeks(every: int) -> str:
    return ngettext("every week", "every {n} weeks", every).format(n=every)


def _months(every: int) -> str:
    return ngettext("every month", "every {n} months", every).format(n=every)


def _years(every: int) -> str:
    return ngettext("every year", "every {n} years", every).format(n=every)


_OFTEN = {"week": _weeks, "month": _months, "year": _years}


def _days(recurrence: Recurrence, language: Language) -> str:
    if recurrence.unit == "week":
        names = get_day_names("wide", locale=language.code)
        return _listed([names[day - 1] for day in recurrence.weekdays or (recurrence.starts_on.isoweekday(),)])
    days = recurrence.days or (recurrence.starts_on.day,)
    numbers = [gettext("the last day") if day == LAST_DAY else gettext("day {n}").format(n=day) for day in days]
    if recurrence.unit == "month":
        return _listed(numbers)
    months = get_month_names("wide", locale=language.code)
    wanted = [months[month] for month in recurrence.months or (recurrence.starts_on.month,)]
    return gettext("{days} of {months}").format(days=_listed(numbers), months=_listed(wanted))


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return gettext("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])
