"""The fairest payouts found another way: day by day, and by linear programming. Shares no code with the rule."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

import numpy as np
from scipy.optimize import linprog

from payments.core.scenario import Charge, Income, Scenario

TODAY = date(2026, 11, 25)


def made_up(seed):
    """A scenario of one to twelve weeks; thin or fat, sometimes hopeless, sometimes with nothing in it."""
    dice = random.Random(seed)
    days = dice.randint(7, 84)

    def day():
        return TODAY + timedelta(dice.randint(0, days))

    def money(most):
        return Decimal(dice.choice([dice.randint(0, most * 100), 100 * dice.randint(0, most)])).scaleb(-2)

    rhythm = dice.choice([7, 14, 28])
    regular = [TODAY + timedelta(n) for n in range(dice.randint(0, 6), days + 1, rhythm)]
    pay_days = dice.choice([regular, sorted({day() for _ in range(dice.randint(0, 8))})])
    size = dice.choice([20, 400, 1500])
    return Scenario(
        on=TODAY,
        balance=money(size) - money(size // 3),
        pay_days=tuple(pay_days),
        income=tuple(Income(day(), money(size), "cautious") for _ in range(dice.randint(0, 6))),
        charges=tuple(Charge(day(), money(size // 2), f"charge {n}") for n in range(dice.randint(0, 10))),
        buffer=dice.choice([Decimal("0.00"), money(50)]),
        advance_limit=Decimal("1500.00"),
        advance_used=money(1500),
    )


def cents(amount):
    return int(amount * 100)


def levels(scenario):
    """Cents at the end of each day of the horizon, without payouts and less the buffer."""
    last = max([scenario.on, *scenario.pay_days, *(line.on for line in (*scenario.income, *scenario.charges))])
    level, found = cents(scenario.balance) - cents(scenario.buffer), {}
    for number in range((last - scenario.on).days + 1):
        day = scenario.on + timedelta(number)
        level += sum(cents(line.amount) for line in scenario.income if line.on == day)
        level -= sum(cents(line.amount) for line in scenario.charges if line.on == day)
        found[day] = level
    return found


def ceilings(scenario):
    """For each pay day in order the most that may be paid out until and on it."""
    found = levels(scenario)
    return [
        max(0, min(level for day, level in found.items() if day >= pay_day)) for pay_day in sorted(scenario.pay_days)
    ]


def fairest(caps):
    """The max-min fair payouts in cents: raise the smallest as far as it goes, fix those that hold it back, go on."""
    fixed = {}
    while len(fixed) < len(caps):
        least, held_back = _raised(caps, fixed)
        fixed |= dict.fromkeys(held_back, least)
    return _in_cents([fixed[number] for number in range(len(caps))])


def _raised(caps, fixed):
    """max t so that each payout not yet fixed is at least t and every sum from the first stays under its cap."""
    free = [number for number in range(len(caps)) if number not in fixed]
    rows, limits = [], []
    for number, cap in enumerate(caps):
        rows.append([*(float(column <= number) for column in range(len(caps))), 0.0])
        limits.append(float(cap))
    for number in free:
        rows.append([*(-float(column == number) for column in range(len(caps))), 1.0])
        limits.append(0.0)
    bounds = [(fixed.get(number, 0.0), fixed.get(number)) for number in range(len(caps))] + [(0.0, None)]
    solved = linprog([*([0.0] * len(caps)), -1.0], A_ub=np.array(rows), b_ub=limits, bounds=bounds, method="highs")
    assert solved.status == 0, solved.message
    prices = solved.ineqlin.marginals[len(caps) :]
    # A price on "at least t" means that this payout holds t back in every optimum.
    return -solved.fun, [number for number, price in zip(free, prices, strict=True) if price < -1e-9]


def _in_cents(payouts):
    whole = []
    near = [round(payout, 4) for payout in payouts]
    numbers = iter(range(len(near)))
    for _, equal in groupby(numbers, key=lambda number: _level(near, number)):
        stretch = list(equal)
        each, odd = divmod(round(sum(payouts[number] for number in stretch)), len(stretch))
        whole += [each] * (len(stretch) - odd) + [each + 1] * odd
    return whole


def _level(near, number):
    """The first of the payouts next to each other that are as large, up to what a solver cannot tell."""
    while number and abs(near[number] - near[number - 1]) < 1e-3:
        number -= 1
    return number
