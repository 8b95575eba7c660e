"""Figures of a town that may leave the desk: nobody can be told from them, nor from the difference of two of them.

What fewer than `FEWEST` people are behind is hidden, nothing included: "none" last month and "hidden" this month would
tell of one. Numbers are rounded to tens, amounts to hundreds; both to a coarser grain where one person's share is
large: at least twice that share, so that one person more or less moves a figure by nothing or by a whole grain, never
by what is theirs.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from budgeting.core.money import ZERO

FEWEST = 10
SMALLEST_GRAIN = Decimal("100.00")
_TENS = Decimal(FEWEST)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a town as it is: a number or an amount in euro, how many people are behind it, the largest share."""

    value: Decimal = ZERO
    people: int = 0
    largest: Decimal = ZERO


def number_to_tell(figure: Figure) -> int | None:
    """The number in whole grains of ten or more; None when it is hidden."""
    if figure.people < FEWEST:
        return None
    return int(_rounded(figure.value, grain(figure.largest, least=_TENS))) or None


def amount_to_tell(figure: Figure) -> Decimal | None:
    """The amount in whole grains; None when it is hidden, or when one person is most of it."""
    if figure.people < FEWEST:
        return None
    return _rounded(figure.value, grain(figure.largest)) or None


def grain(largest: Decimal, *, least: Decimal = SMALLEST_GRAIN) -> Decimal:
    """The step of 1, 2 or 5 with noughts that is at least twice the largest share, and never under `least`."""
    step = least
    while True:
        for times in (1, 2, 5):
            if step * times >= abs(largest) * 2:
                return step * times
        step *= 10


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
