"""What smoothing does in a year, beside other ways of paying out; and how fast outlooks are, beside their floor.

A year: three made-up municipalities with late, missing, changed and stopped income, day by day. Every way pays charges
first. A fixed sum a month is the very sum a year that smoothing pays, on the first and on the 28th (the day that is
best for it here).
Outlooks: eight weeks of a household with a year's history. Floor: the same days summed once for each replayed month.

    python -m bench.foresight            prints tables
    python -m bench.foresight --json     prints one JSON object
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from backend.example.histories import histories  # noqa: E402 - after Django is set up
from backend.example.policies import (  # noqa: E402
    Life,
    Outcome,
    Policy,
    all_there_is,
    fixed_a_month,
    lives,
    outcome,
    play,
    smoothed,
)
from budgeting.core.backtest import Household  # noqa: E402
from budgeting.core.money import ZERO  # noqa: E402
from budgeting.core.outlook import outlook  # noqa: E402
from budgeting.core.replay import moved  # noqa: E402

SEEDS = (4711, 90210, 31415)
RESIDENTS, MONTHS = 100, 12
LIMIT = Decimal("1500.00")
BEST_DAY = 28
WEEKS = 8


def a_year(chosen: list[Life]) -> dict[str, dict[str, Outcome]]:
    """Per way of paying out its outcome without and with an advance up to the limit."""
    paid = {life.key: sum(play(life, smoothed).payouts.values(), ZERO) for life in chosen}
    ways: dict[str, Callable[[Life], Policy]] = {
        "smoothed": lambda _: smoothed,
        "fixed, on the 1st": lambda life: fixed_a_month(paid[life.key]),
        f"fixed, on the {BEST_DAY}th": lambda life: fixed_a_month(paid[life.key], day=BEST_DAY),
        "whatever is there": lambda _: all_there_is,
    }
    return {
        name: {
            "without": outcome([(life, play(life, way(life))) for life in chosen]),
            "with": outcome([(life, play(life, way(life), limit=LIMIT)) for life in chosen]),
        }
        for name, way in ways.items()
    }


def year_figures() -> dict[str, object]:
    """The table for everybody and for those whose income is irregular."""
    everybody = [life for seed in SEEDS for life in lives(RESIDENTS, MONTHS, seed=seed)]
    groups = {"everybody": everybody, "irregular income": [life for life in everybody if life.is_irregular]}
    return {name: _table(a_year(chosen)) for name, chosen in groups.items()}


def _table(found: dict[str, dict[str, Outcome]]) -> dict[str, object]:
    return {
        name: {
            "residents": ways["without"].lives,
            "leefgeld_a_year": f"{ways['without'].paid_out / ways['without'].lives:.2f}",
            "unpaid_days": ways["without"].unpaid_days,
            "unpaid_days_with_advance": ways["with"].unpaid_days,
            "lent_to": ways["with"].lent_to,
            "spread": round(float(ways["without"].spread), 3),
        }
        for name, ways in found.items()
    }


def outlook_figures() -> dict[str, float]:
    """Seconds for a town's outlooks, and for its floor."""
    households = histories(RESIDENTS, MONTHS, seed=SEEDS[0])
    ours = _seconds(lambda: [_outlook(one) for one in households])
    floor = _seconds(lambda: [_bare_sums(one) for one in households])
    return {
        "residents": len(households),
        "seconds": round(ours, 3),
        "milliseconds_each": round(ours / len(households) * 1000, 2),
        "floor_seconds": round(floor, 3),
        "ratio": round(ours / floor, 1),
    }


def _outlook(one: Household) -> object:
    on = one.until - timedelta(7 * WEEKS)
    before = [line for line in one.income if line.on < on]
    facts = {"charges": one.charges, "history": before, "known_since": one.known_since}
    return outlook(on=on, weeks=WEEKS, balance=ZERO, **facts)


def _bare_sums(one: Household) -> object:
    """Six months' income set beside the coming charges, day by day, and the lowest level of each: nothing else."""
    on, days = one.until - timedelta(7 * WEEKS), 7 * WEEKS
    lowest = []
    for back in range(1, 7):
        change = [ZERO] * days
        for line in one.income:
            if 0 <= (place := (moved(line.on, months=back) - on).days) < days:
                change[place] += line.amount
        for due in one.charges:
            if 0 <= (place := (due.on - on).days) < days:
                change[place] -= due.amount
        lowest.append(min(accumulate(change)))
    return lowest


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Prints the figures."""
    year = year_figures()
    figures = {"year": year, "outlook": outlook_figures()}
    if "--json" in sys.argv:
        print(json.dumps(figures))
        return 0
    for group, table in year.items():
        print(f"\n{group}")
        head = ("unpaid_days", "unpaid_days_with_advance", "lent_to", "spread", "leefgeld_a_year", "residents")
        print(f"  {'':<20}" + "".join(f"{name:>26}" for name in head))
        for name, row in table.items():
            print(f"  {name:<20}" + "".join(f"{row[column]!s:>26}" for column in head))
    print("\noutlook", figures["outlook"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
