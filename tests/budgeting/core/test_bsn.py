"""The house takes nine digits for a BSN only when they pass the eleven-test, and never repeats them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.bsn import NotABsn, bsn


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("111222333", "111222333"),
        ("123456782", "123456782"),
        ("1112.22.333", "111222333"),
        (" 111 222 333 ", "111222333"),
        ("010000008", "010000008"),
    ],
)
def test_takes_a_bsn_with_spaces_and_dots_and_keeps_its_leading_zero(typed, plain):
    assert bsn(typed) == plain


@pytest.mark.parametrize(
    "typed",
    [
        "111222334",
        "211222333",
        "000000000",
        "11222333",
        "1112223330",
        "0111222333",
        "",
        "11122233a",
        "-11122233",
        "111-222-333",
        "١١١٢٢٢٣٣٣",
        "¹¹¹²²²³³³",
    ],
)
def test_refuses_what_no_bsn_can_be_and_does_not_repeat_it(typed):
    with pytest.raises(NotABsn) as refused:
        bsn(typed)
    assert str(refused.value) == "not a BSN"


@given(st.integers(0, 99_999_999))
def test_finds_at_most_one_last_digit_for_eight_digits(number):
    first = f"{number:08d}"
    total = sum((9 - place) * int(digit) for place, digit in enumerate(first))

    taken = [last for last in range(10) if is_bsn(f"{first}{last}")]

    assert taken == ([total % 11] if number > 0 and total % 11 < 10 else [])


def is_bsn(text):
    try:
        return bsn(text) == text
    except NotABsn:
        return False
