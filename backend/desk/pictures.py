"""Columns month by month, as the places and sizes of a drawing; the page draws them without any script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgeting.core.money import ZERO

WIDTH, HEIGHT, FOOT = 720, 220, 28
# What each kind of column is drawn with; two columns stand side by side in each month.
_GAP = Decimal(4)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, how high it is, and which of the two it is."""

    x: str
    y: str
    width: str
    height: str
    second: bool


@dataclass(frozen=True, slots=True)
class Label:
    """The month under its columns."""

    x: str
    month: date


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of two amounts a month; `top` is the amount at the top line, in euro."""

    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    top: Decimal
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = HEIGHT - FOOT


def picture(months: Sequence[date], first: Sequence[Decimal], second: Sequence[Decimal]) -> Picture | None:
    """Two columns for each month, from nothing up; None when there is nothing to draw."""
    top = max((*first, *second), default=ZERO)
    if top <= ZERO:
        return None
    step = Decimal(WIDTH) / len(months)
    wide = min((step - 3 * _GAP) / 2, Decimal(40))
    columns, labels = [], []
    for at, month in enumerate(months):
        middle = step * at + step / 2
        labels.append(Label(_place(middle), month))
        for amount, left, is_second in ((first[at], middle - wide, False), (second[at], middle + _GAP / 2, True)):
            high = max(amount, ZERO) / top * (HEIGHT - FOOT - 8)
            columns.append(Column(_place(left), _place(HEIGHT - FOOT - high), _place(wide), _place(high), is_second))
    return Picture(tuple(columns), tuple(labels), top)


def _place(value: Decimal) -> str:
    return f"{value:.1f}"
