"""Amounts as a voice says them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.speech import amount_in_dutch_words, number_in_dutch_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0.00", "nul euro"),
        ("60.00", "zestig euro"),
        ("1234.50", "duizend tweehonderdvierendertig euro vijftig"),
        ("22.05", "tweeëntwintig euro en vijf cent"),
        ("-612.40", "min zeshonderdtwaalf euro veertig"),
        ("1000000.00", "een miljoen euro"),
        ("203013.11", "tweehonderddrieduizend dertien euro elf"),
    ],
)
def test_says_an_amount_in_dutch_words(value: str, words: str) -> None:
    assert amount_in_dutch_words(Decimal(value)) == words


@given(st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_says_no_two_numbers_alike(one: int, other: int) -> None:
    assert (number_in_dutch_words(one) == number_in_dutch_words(other)) == (one == other)


def test_says_no_two_small_numbers_alike() -> None:
    assert len({number_in_dutch_words(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_has_no_words_for_numbers_no_resident_has(number: int) -> None:
    with pytest.raises(ValueError, match="no words for"):
        number_in_dutch_words(number)
