"""A first budget to the cent: income is rounded down, charges up, and a week is never more than its part of a year."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.budget import Budget, Regular, a_month, budget_of

Way = Literal["in", "out"]
A_YEAR = {"week": 52, "month": 12, "year": 1}


@pytest.mark.parametrize(
    ("direction", "amount", "unit", "every", "expected"),
    [
        ("in", "100.00", "week", 2, "216.66"),
        ("out", "100.00", "week", 2, "216.67"),
        ("out", "100.00", "week", 4, "108.34"),
        ("out", "100.00", "month", 1, "100.00"),
        ("in", "100.00", "month", 3, "33.33"),
        ("in", "100.00", "year", 1, "8.33"),
        ("in", "1200.00", "year", 2, "50.00"),
        ("out", "1200.00", "year", 2, "50.00"),
        ("out", "0.01", "year", 1, "0.01"),
        ("in", "0.01", "year", 1, "0.00"),
        ("out", "80.00", "once", 1, "0.00"),
    ],
)
def test_counts_every_rhythm_to_the_cent(direction: Way, amount: str, unit: str, every: int, expected: str) -> None:
    found = a_month(Regular(direction, Decimal(amount), unit, every))

    assert str(found) == expected


@pytest.mark.parametrize(
    ("income", "charges", "left", "a_week"),
    [
        ("0.00", "0.00", "0.00", "0.00"),
        ("433.33", "0.00", "433.33", "99.99"),
        ("1000.00", "948.00", "52.00", "12.00"),
        ("100.00", "100.01", "-0.01", "-0.01"),
        ("100.00", "152.00", "-52.00", "-12.00"),
    ],
)
def test_says_what_is_left_a_month_and_a_week(income: str, charges: str, left: str, a_week: str) -> None:
    budget = Budget(Decimal(income), Decimal(charges))

    assert (str(budget.left), str(budget.left_a_week)) == (left, a_week)


def test_adds_up_either_side_of_a_budget() -> None:
    regular = [
        Regular("in", Decimal("1240.55"), "week", 4),
        Regular("in", Decimal("310.00"), "month", 1),
        Regular("out", Decimal("612.40"), "month", 1),
        Regular("out", Decimal("131.00"), "month", 3),
    ]

    assert budget_of(iter(regular)) == Budget(Decimal("1653.92"), Decimal("656.07"))
    assert str(budget_of([]).left) == "0.00"


@given(
    st.sampled_from(["in", "out"]), st.decimals("0.01", "99999", places=2), st.sampled_from(sorted(A_YEAR)),
    st.integers(1, 60),
)  # fmt: skip
def test_is_never_a_cent_too_hopeful_nor_more_than_one_too_careful(
    direction: Way, amount: Decimal, unit: str, every: int
) -> None:
    exact = Fraction(amount) * A_YEAR[unit] / (12 * every)
    careful = exact - Fraction(a_month(Regular(direction, amount, unit, every)))

    assert 0 <= (careful if direction == "in" else -careful) < Fraction(1, 100)
