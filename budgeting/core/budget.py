"""A household's first budget: what comes in and goes out in an average month, and what is left.

A year has 52 weeks and twelve months here, so that weekly money is counted low: a budget that is a little too careful
does no harm. Amounts are positive euro in two decimals, rounded down for income and up for charges.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Literal

from budgeting.core.money import ZERO

_TIMES_A_YEAR = {"week": 52, "month": 12, "year": 1, "once": 0}
_CENT = Decimal("0.01")
_MONTHS, _WEEKS = 12, 52


@dataclass(frozen=True, slots=True)
class Regular:
    """A regular amount: positive euro, every so many weeks, months or years; once counts for nothing."""

    direction: Literal["in", "out"]
    amount: Decimal
    unit: str
    every: int


@dataclass(frozen=True, slots=True)
class Budget:
    """Euro in an average month; `left` may be below zero. `left_a_week` is never more than four times fit a month."""

    income: Decimal
    charges: Decimal

    @property
    def left(self) -> Decimal:
        """What is over in an average month."""
        return self.income - self.charges

    @property
    def left_a_week(self) -> Decimal:
        """The same a week, rounded down."""
        return _euro(Fraction(self.left) * _MONTHS / _WEEKS, ROUND_FLOOR)


def budget_of(regular: Iterable[Regular]) -> Budget:
    """The sums of an average month."""
    income = charges = ZERO
    for one in regular:
        if one.direction == "in":
            income += a_month(one)
        else:
            charges += a_month(one)
    return Budget(income, charges)


def a_month(one: Regular) -> Decimal:
    """What it comes to in an average month."""
    whole = Fraction(one.amount) * _TIMES_A_YEAR[one.unit] / (one.every * _MONTHS)
    return _euro(whole, ROUND_FLOOR if one.direction == "in" else ROUND_CEILING)


def _euro(value: Fraction, rounding: str) -> Decimal:
    cents = value * 100
    whole = cents.numerator // cents.denominator
    if rounding == ROUND_CEILING and cents.denominator != 1:
        whole += 1
    return Decimal(whole) * _CENT
