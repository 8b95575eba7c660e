"""Groups of residents apart, so that unequal treatment shows: language of names, form of household, kind of income.

Form and income are read from the true labels. The language of the names (of the people and places in a household's
lines) was judged by hand: `households.tsv`, `dutch` or `other`.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from budgeting.core.labelled import LabelledLine, rows
from budgeting.core.money import ZERO

_CHILDREN = frozenset({"child_benefit", "child_budget", "childcare", "childcare_allowance"})
_INCOMES = ("wages", "benefit", "pension", "student_finance")


def groups_of(lines: Sequence[LabelledLine]) -> dict[str, dict[str, str]]:
    """Dimension → line id → group."""
    names = {row["household"]: row["names"] for _, row in rows(_judged(), ("household", "names"))}
    homes = defaultdict(list)
    for line in lines:
        homes[line.household].append(line)
    form = {home: _form(own) for home, own in homes.items()}
    income = {home: _income(own) for home, own in homes.items()}
    return {
        "names": {line.id: names[line.household] for line in lines},
        "household": {line.id: form[line.household] for line in lines},
        "income": {line.id: income[line.household] for line in lines},
    }


def _judged() -> str:
    return Path(__file__).with_name("households.tsv").read_text(encoding="utf-8")


def _form(own: Sequence[LabelledLine]) -> str:
    return "with children" if any(line.label in _CHILDREN for line in own) else "without children"


def _income(own: Sequence[LabelledLine]) -> str:
    """What most of the money comes from."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in own:
        if line.label in _INCOMES:
            sums[line.label] += line.entry.amount
    return max(_INCOMES, key=lambda name: sums[name])
