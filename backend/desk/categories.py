"""What money is for, as choices for a person: what comes in, what is paid, and what only moves."""

from django.utils.translation import get_language, gettext

from accessibility.catalogue import wording
from accessibility.languages import language_for
from accessibility.words import CATEGORIES

INCOME = (
    "wages", "benefit", "pension", "healthcare_allowance", "rent_allowance", "child_benefit", "child_budget",
    "childcare_allowance", "alimony_received", "tax_refund", "student_finance", "other_income",
)  # fmt: skip
MOVES = ("living_money", "own_transfer", "returned_payment")
EXPENSES = tuple(
    key for name in CATEGORIES if (key := name.removeprefix("category.")) not in {*INCOME, *MOVES, "unknown"}
)
KEYS = frozenset({*INCOME, *EXPENSES, *MOVES})

Choices = list[tuple[str, list[tuple[str, str]]]]


def choices(direction: str) -> Choices:
    """Grouped and named in the reader's language, the likely ones for money `in` or `out` first."""
    named = [(gettext("Income"), _named(INCOME)), (gettext("Costs"), _named(EXPENSES))]
    return [*(named if direction == "in" else reversed(named)), (gettext("Other"), _named(MOVES))]


def _named(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    language = language_for(get_language())
    return sorted(((key, wording(f"category.{key}", language).text) for key in keys), key=lambda pair: pair[1])
