"""Amounts as a voice says them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.languages import LANGUAGES
from accessibility.speech import amount_aloud, amount_in_dutch_words, number_in_dutch_words


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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "zestig euro vijftig"),
        ("en", "60 euro and 50 cents"),
        ("ar", "60 يورو و 50 سنت"),
        ("tr", "60 avro 50 sent"),
    ],
)
def test_says_euro_in_every_language_and_never_another_coin(language: str, words: str) -> None:
    assert amount_aloud(Decimal("60.50"), LANGUAGES[language]) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_whole_euros_without_cents(language: str) -> None:
    said = amount_aloud(Decimal("60.00"), LANGUAGES[language])
    assert "00" not in said
    assert language == "nl" or said.startswith("60 ")


@given(st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_says_no_two_numbers_alike(one: int, other: int) -> None:
    assert (number_in_dutch_words(one) == number_in_dutch_words(other)) == (one == other)


def test_says_no_two_small_numbers_alike() -> None:
    assert len({number_in_dutch_words(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_has_no_words_for_numbers_no_resident_has(number: int) -> None:
    with pytest.raises(ValueError, match="no words for"):
        number_in_dutch_words(number)
