"""Figures of a large town are worked out once a morning and kept; a small town's are worked out when they are asked.

A year of a large town takes seconds, for everybody who looks. So the day's run keeps the figures with their moment,
and the pages say how it stood then. A small town's figures are those of this moment.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

from backend.desk.town_figures import Measure, TownFigures, Wait, town_figures
from backend.models import WorkedOut
from budgeting.core.small_numbers import Figure
from budgeting.models import Resident

# From so many residents on a town is large: at 300 the figures of a year take a third of a second.
LARGE = 300
DESK, OPEN = "figures", "open_figures"
# Older ones are not shown: then they are worked out now, however long that takes. The open ones are of a whole month.
OLDEST = {DESK: timedelta(days=7), OPEN: timedelta(days=31)}


def shown_figures(name: str, *, on: date) -> TownFigures:
    """Those that were kept last under this name, with their moment; or those of the day, worked out now."""
    kept = WorkedOut.objects.filter(name=name, on__range=(on - OLDEST[name], on)).first()
    return replace(_read(kept.facts), as_of=kept.at) if kept else town_figures(on=on)


def keep_figures(*, on: date, now: datetime) -> int:
    """Works out and keeps the figures of a large town, for the desk and those that are open; returns how many.

    Of a town that is not large nothing stays kept.
    """
    days = {DESK: on, OPEN: last_of_month_before(on)}
    if Resident.objects.count() < LARGE:
        WorkedOut.objects.filter(name__in=days).delete()
        return 0
    if not settings.OPEN_FIGURES:
        del days[OPEN]
    for name, day in days.items():
        found = town_figures(on=day)
        with transaction.atomic():
            WorkedOut.objects.update_or_create(name=name, defaults={"facts": _written(found), "on": day, "at": now})
    return len(days)


def last_of_month_before(on: date) -> date:
    """The last day of the last month that is over."""
    return on.replace(day=1) - timedelta(days=1)


def _written(found: TownFigures) -> dict[str, Any]:
    """As JSON: days in ISO, amounts as strings."""
    return {
        "months": [str(month) for month in found.months],
        **{name: [_measure(one) for one in getattr(found, name)] for name in _MEASURES},
        "waits": [asdict(one) for one in found.waits],
    }


_MEASURES = ("measures", "incomes", "costs")


def _measure(one: Measure) -> dict[str, Any]:
    figures = [[str(figure.value), figure.people, str(figure.largest)] for figure in one.figures]
    return {"key": one.key, "figures": figures}


def _read(facts: Mapping[str, Any]) -> TownFigures:
    measures, incomes, costs = (tuple(map(_measure_of, facts[name])) for name in _MEASURES)
    months = tuple(date.fromisoformat(month) for month in facts["months"])
    return TownFigures(months, measures, incomes, costs, tuple(Wait(**one) for one in facts["waits"]))


def _measure_of(row: Mapping[str, Any]) -> Measure:
    told = (Figure(Decimal(value), people, Decimal(largest)) for value, people, largest in row["figures"])
    return Measure(row["key"], tuple(told))
