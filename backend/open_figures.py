"""The town's figures for everybody: only months that are over, nothing that fewer than ten people are behind.

What may be told is decided in `budgeting.core.small_numbers`. A month is told when it is over, once and for all
readers alike, so that nobody can subtract yesterday's figure of a month from today's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.desk.kept_figures import OPEN, last_of_month_before, shown_figures
from backend.desk.town_figures import Measure, TownFigures
from backend.sheets import Cell
from budgeting.core.small_numbers import FEWEST, Figure, amount_to_tell, number_to_tell

Told = int | Decimal | None
PARTS = ("town", "income", "cost")


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: `part` is one of `PARTS`, `key` a measure or a category; a value that is hidden is None."""

    part: str
    key: str
    unit: str
    values: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """What everybody may read."""

    months: tuple[date, ...]
    lines: tuple[Line, ...]


def open_figures(*, on: date) -> OpenFigures:
    """The twelve months before the one of `on`."""
    return published(shown_figures(OPEN, on=last_of_month_before(on)))


def published(found: TownFigures) -> OpenFigures:
    """The same figures with what is too small hidden, and the rest rounded."""
    parts = zip(PARTS, (found.measures, found.incomes, found.costs), strict=True)
    return OpenFigures(found.months, tuple(_line(part, one) for part, measures in parts for one in measures))


def as_rows(figures: OpenFigures) -> list[list[Cell]]:
    """For a spreadsheet: a head, and a line for each measure; what is hidden is an empty cell."""
    rows: list[list[Cell]] = [["part", "key", "unit", *(f"{month:%Y-%m}" for month in figures.months)]]
    rows += [[line.part, line.key, line.unit, *line.values] for line in figures.lines]
    return rows


def as_json(figures: OpenFigures, *, town: str) -> dict[str, object]:
    """For a program: amounts as strings with two decimals, hidden as null, and the rules in words."""
    return {
        "municipality": town,
        "months": [f"{month:%Y-%m}" for month in figures.months],
        "hidden_below": FEWEST,
        "rounding": "numbers to tens, amounts to hundreds, or coarser: at least twice the largest share of one person",
        "measures": list(map(_json_line, figures.lines)),
    }


def _line(part: str, one: Measure) -> Line:
    tell: Callable[[Figure], Told] = amount_to_tell if one.is_money else number_to_tell
    return Line(part, one.key, "euro" if one.is_money else "number", tuple(map(tell, one.figures)))


def _json_line(line: Line) -> dict[str, object]:
    values = [f"{value:.2f}" if isinstance(value, Decimal) else value for value in line.values]
    return {"part": line.part, "key": line.key, "unit": line.unit, "values": values}
