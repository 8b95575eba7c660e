"""Amounts, days and account numbers as people read them."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import formats, translation
from hypothesis import given
from hypothesis import strategies as st

from accessibility import plain
from accessibility.languages import LANGUAGES, language_for
from budgeting.core import money

FRIDAY = date(2026, 11, 27)
amounts = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2)


def test_writes_an_amount_as_the_bank_does() -> None:
    assert plain.amount_text(Decimal("1234.50")) == "€\u00a01.234,50"
    assert plain.amount_text(Decimal("-0.05")) == "−€\u00a00,05"
    assert plain.amount_text(Decimal("1000000.00")) == "€\u00a01.000.000,00"


@given(amounts)
def test_writes_amounts_that_can_be_read_back(value: Decimal) -> None:
    digits = (
        plain.amount_text(value).replace("€\u00a0", "").replace(".", "").replace(",", ".").replace(plain.MINUS, "-")
    )
    assert Decimal(digits) == value


@pytest.mark.parametrize("value", [Decimal("1.005"), Decimal("NaN"), Decimal("Infinity")])
def test_refuses_to_write_what_is_no_exact_amount(value: Decimal) -> None:
    with pytest.raises(money.NotAnAmount):
        plain.amount_text(value)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "vrijdag 27\u00a0november"),
        ("en", "Friday 27\u00a0November"),
        ("tr", "27\u00a0Kasım Cuma"),
        ("ar", "الجمعة 27\u00a0نوفمبر (11)"),
        ("fa", "جمعه 27\u00a0نوامبر (11)"),
        ("ti", "ዓርቢ 27\u00a0ሕዳር (11)"),
        ("uk", "пʼятниця, 27\u00a0листопада"),
        ("pl", "piątek, 27\u00a0listopada"),
        ("so", "Jimco 27\u00a0Noofeembar"),
    ],
)
def test_names_a_day_in_every_language(language: str, words: str) -> None:
    assert plain.weekday_and_day_text(FRIDAY, LANGUAGES[language], on=FRIDAY) == words


def test_names_a_tigrinya_day_where_django_would_name_a_dutch_one() -> None:
    with translation.override("ti"):
        assert "vrijdag" in formats.date_format(FRIDAY, "l j F")
    assert "vrijdag" not in plain.weekday_and_day_text(FRIDAY, LANGUAGES["ti"], on=FRIDAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_writes_days_and_amounts_with_the_digits_of_the_cash_machine(language: str) -> None:
    told = plain.weekday_and_day_text(FRIDAY, LANGUAGES[language], on=date(2025, 1, 1))
    assert "27" in told
    assert "2026" in told
    assert all(sign.isascii() for sign in told if sign.isdigit())


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_years_by_the_gregorian_calendar(language: str) -> None:
    assert "2026" in plain.month_text(FRIDAY, LANGUAGES[language])


def test_leaves_the_year_out_only_when_it_is_this_year() -> None:
    assert plain.day_text(FRIDAY, LANGUAGES["nl"], on=date(2026, 1, 1)) == "27\u00a0november"
    assert plain.day_text(FRIDAY, LANGUAGES["nl"], on=date(2027, 1, 1)) == "27\u00a0november 2026"


def test_writes_an_account_number_in_groups_of_four_on_one_line() -> None:
    assert plain.iban_text("NL91ABNA0417164300") == "NL91\u00a0ABNA\u00a00417\u00a01643\u00a000"


@pytest.mark.parametrize(
    ("code", "language"), [("ar-SY", "ar"), ("fa_AF", "fa"), ("xx", "nl"), (None, "nl"), ("", "nl"), ("TI", "ti")]
)
def test_finds_a_language_for_any_code(code: str | None, language: str) -> None:
    assert language_for(code).code == language
