"""Figures of a town that may leave the desk: nobody can be told from them, nor from the difference of two of them.

What fewer than `FEWEST` people are behind is hidden, nothing included: "none" last month and "hidden" this month would
tell of one. Numbers are rounded to tens. Amounts are rounded to a grain of at least twice the largest share of one
person, so that one person more or less moves an amount by nothing or by a whole grain, never by what is theirs.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from budgeting.core.money import ZERO

FEWEST = 10
SMALLEST_GRAIN = Decimal("100.00")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a town as it is: a number or an amount in euro, how many people are behind it, the largest share."""

    value: Decimal = ZERO
    people: int = 0
    largest: Decimal = ZERO


def number_to_tell(figure: Figure) -> int | None:
    """The number in tens; None when it is hidden."""
    if figure.people < FEWEST:
        return None
    return int(_rounded(figure.value, Decimal(FEWEST))) or None


def amount_to_tell(figure: Figure) -> Decimal | None:
    """The amount in whole grains; None when it is hidden, or when one person is most of it."""
    if figure.people < FEWEST:
        return None
    return _rounded(figure.value, grain(figure.largest)) or None


def grain(largest: Decimal) -> Decimal:
    """The step of 1, 2 or 5 with noughts that is at least twice the largest share, and never under 100 euro."""
    step = SMALLEST_GRAIN
    while True:
        for times in (1, 2, 5):
            if step * times >= abs(largest) * 2:
                return step * times
        step *= 10


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
