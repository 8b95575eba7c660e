"""An amount is exact, or it is none: nothing is rounded, guessed or taken for zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.money import LIMIT, NotAnAmount, amount, from_cents, to_cents

MOST_CENTS = 99_999_999_999


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ("12.5", "12.50"), ("12", "12.00"), ("+3.07", "3.07"), ("-0.01", "-0.01"), ("-0.00", "0.00"), ("007", "7.00"),
        (5, "5.00"), (-5, "-5.00"), (0, "0.00"), (Decimal("1E+3"), "1000.00"), (Decimal("2.50"), "2.50"),
        (Decimal("-0"), "0.00"), ("999999999.99", "999999999.99"), ("-999999999.99", "-999999999.99"),
    ],
)  # fmt: skip
def test_reads_an_amount_to_the_cent(value, exact):
    assert str(amount(value)) == exact


@pytest.mark.parametrize(
    "value",
    [
        "", " 1", "1 ", "1,50", "1.234,50", "1e9", "1_000", "0x10", "--5", "+-5", ".50", "5.", "10.005", "NaN",
        "Infinity", "１２", "1000000000.00", "-1000000000", "9999999999999", Decimal("0.001"), Decimal("NaN"),
        Decimal("Infinity"), Decimal(1000000000), 10**9, True, 1.5, None, b"1",
    ],
)  # fmt: skip
def test_refuses_what_is_no_exact_amount_and_keeps_it_as_it_was_read(value):
    with pytest.raises(NotAnAmount) as refusal:
        amount(value)

    assert refusal.value.value is value
    assert str(refusal.value) == f"not an amount: {value!r}"


@given(st.integers(min_value=-MOST_CENTS, max_value=MOST_CENTS))
def test_goes_from_cents_to_an_amount_and_back(cents):
    exact = from_cents(cents)

    assert exact * 100 == cents
    assert exact.as_tuple().exponent == -2
    assert to_cents(exact) == cents
    assert type(to_cents(exact)) is int


@pytest.mark.parametrize("cents", [1.0, True, "5", Decimal(5), None, MOST_CENTS + 1, -MOST_CENTS - 1])
def test_takes_nothing_but_whole_cents_within_the_limit(cents):
    with pytest.raises(NotAnAmount) as refusal:
        from_cents(cents)
    if type(cents) is not int:
        assert refusal.value.value is cents
    assert Decimal("1000000000.00") == LIMIT


@pytest.mark.parametrize("value", [Decimal("0.005"), Decimal("NaN"), 1.5])
def test_counts_no_fractions_of_a_cent(value):
    with pytest.raises(NotAnAmount):
        to_cents(value)
