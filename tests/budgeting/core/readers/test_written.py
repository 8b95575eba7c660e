"""How amounts and days are written: every grammar, its bounds, and what stays unread."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.readers.written import (
    NotWrittenSo,
    amount_lines,
    comma_amount,
    compact_day,
    currency_code,
    dutch_day,
    iso_amount,
    iso_day,
    nearest,
    ofx_amount,
    point_amount,
    short_day,
    swift_amount,
)


@pytest.mark.parametrize(
    ("reads", "text", "amount"),
    [
        (iso_amount, "0.00", "0.00"),
        (iso_amount, "1234567890123456.78", "1234567890123456.78"),
        (iso_amount, "12", "12.00"),
        (iso_amount, "12.5", "12.50"),
        (iso_amount, "12.50000", "12.50"),
        (iso_amount, "12.05000", "12.05"),
        (swift_amount, "100,", "100.00"),
        (swift_amount, "100", "100.00"),
        (swift_amount, "100,5", "100.50"),
        (swift_amount, "0100,05", "100.05"),
        (swift_amount, "0000000000000100.05", "100.05"),
        (swift_amount, "100.", "100.00"),
        (comma_amount, "0,05", "0.05"),
        (comma_amount, "-1.234.567,89", "-1234567.89"),
        (comma_amount, "+1149,50", "1149.50"),
        (comma_amount, "-0,00", "0.00"),
        (point_amount, "-24.99", "-24.99"),
        (point_amount, "+0.01", "0.01"),
        (point_amount, "-0.00", "0.00"),
        (ofx_amount, "-24.99", "-24.99"),
        (ofx_amount, "-2000,00", "-2000.00"),
        (ofx_amount, "+1 006,60", "1006.60"),
        (ofx_amount, "007", "7.00"),
        (ofx_amount, "-7.5000", "-7.50"),
        (ofx_amount, "-0", "0.00"),
    ],
)
def test_reads_an_amount_exactly_with_two_decimals(reads: Callable[[str], Decimal], text: str, amount: str) -> None:
    assert str(reads(text)) == amount


@pytest.mark.parametrize(
    ("reads", "text"),
    [
        (iso_amount, "12,50"),
        (iso_amount, "-12.50"),
        (iso_amount, "12.505"),
        (iso_amount, "12."),
        (iso_amount, "12345678901234567.00"),
        (swift_amount, "1.234,56"),
        (swift_amount, "1234567890123456,00"),
        (swift_amount, "1,005"),
        (swift_amount, "1.5"),
        (comma_amount, "1.234"),
        (comma_amount, "12.34,56"),
        (comma_amount, "1,5"),
        (point_amount, "1,234.56"),
        (point_amount, "1.5"),
        (ofx_amount, "1,234"),
        (ofx_amount, "10 06,60"),
        (ofx_amount, "1e3"),
        (ofx_amount, ""),
    ],
)
def test_refuses_an_amount_written_otherwise(reads: Callable[[str], Decimal], text: str) -> None:
    with pytest.raises(NotWrittenSo) as refused:
        reads(text)
    assert (refused.value.text, str(refused.value)) == (text, f"not written so: {text!r}")


def test_takes_no_line_end_in_an_amount_for_the_end_of_one() -> None:
    assert amount_lines(["1.000,00", "2,00"], comma_amount) == "1000.00\n2.00"
    with pytest.raises(NotWrittenSo) as refused:
        amount_lines(["1,00\n2,00"], comma_amount)
    assert refused.value.text == "1,00\n2,00"


def test_cuts_what_it_refuses_at_forty_characters() -> None:
    with pytest.raises(NotWrittenSo) as refused:
        iso_amount("0123456789" * 5)
    assert refused.value.text == "0123456789" * 4
    assert str(refused.value) == f"not written so: {'0123456789' * 4!r}"


@given(st.decimals(0, 10**12 - 1, places=2))
def test_reads_every_amount_alike_in_every_grammar(amount: Decimal) -> None:
    point, comma = str(amount), str(amount).replace(".", ",")
    found = {reads(point) for reads in (iso_amount, point_amount, ofx_amount)}
    assert found | {reads(comma) for reads in (swift_amount, comma_amount, ofx_amount)} == {amount}
    assert point_amount(f"-{point}") == comma_amount(f"-{comma}") == ofx_amount(f"-{point}") == -amount


@pytest.mark.parametrize(
    ("reads", "text", "day"),
    [
        (iso_day, "2026-11-09", date(2026, 11, 9)),
        (iso_day, "2026-11-09T23:59:59.999+02:00", date(2026, 11, 9)),
        (iso_day, "2026-11-09Z", date(2026, 11, 9)),
        (short_day, "261109", date(2026, 11, 9)),
        (short_day, "791231", date(2079, 12, 31)),
        (short_day, "800101", date(1980, 1, 1)),
        (compact_day, "20261109", date(2026, 11, 9)),
        (dutch_day, "9-11-2026", date(2026, 11, 9)),
        (dutch_day, "09-1-2026", date(2026, 1, 9)),
    ],
)
def test_reads_a_day(reads: Callable[[str], date], text: str, day: date) -> None:
    assert reads(text) == day


@pytest.mark.parametrize(
    ("reads", "text"),
    [
        (iso_day, "2026-11-9"),
        (iso_day, "2026-02-30"),
        (iso_day, "2026-11-09 12:00"),
        (short_day, "26119"),
        (short_day, "2611091"),
        (short_day, "２６１１０９"),
        (short_day, "26110X"),
        (short_day, "260230"),
        (compact_day, "2026110"),
        (compact_day, "202611090"),
        (compact_day, "２０２６１１０９"),
        (compact_day, "2026110X"),
        (compact_day, "20261301"),
        (dutch_day, "9-11-26"),
        (dutch_day, "9-11-02026"),
        (dutch_day, "009-11-2026"),
        (dutch_day, "9-011-2026"),
        (dutch_day, "9/11/2026"),
        (dutch_day, "9-11-2026-1"),
        (dutch_day, "-11-2026"),
        (dutch_day, "9-1X-2026"),
        (dutch_day, "９-11-2026"),
        (dutch_day, "31-11-2026"),
    ],
)
def test_refuses_a_day_written_otherwise(reads: Callable[[str], date], text: str) -> None:
    with pytest.raises(NotWrittenSo) as refused:
        reads(text)
    assert refused.value.text == text


@given(st.dates(date(1980, 1, 1), date(2079, 12, 31)))
def test_reads_every_day_alike_in_every_grammar(day: date) -> None:
    assert iso_day(day.isoformat()) == short_day(f"{day:%y%m%d}") == compact_day(f"{day:%Y%m%d}") == day
    assert dutch_day(f"{day.day}-{day.month}-{day.year}") == day


@pytest.mark.parametrize(
    ("month_day", "beside", "day"),
    [
        ("1231", date(2026, 1, 1), date(2025, 12, 31)),
        ("0101", date(2025, 12, 31), date(2026, 1, 1)),
        ("0703", date(2026, 1, 1), date(2025, 7, 3)),
        ("0702", date(2026, 1, 1), date(2026, 7, 2)),
        ("0229", date(2025, 3, 1), date(2024, 2, 29)),
        ("0229", date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_finds_the_year_in_which_a_day_is_nearest(month_day: str, beside: date, day: date) -> None:
    assert nearest(month_day, beside) == day


@pytest.mark.parametrize("month_day", ["101", "01011", "０１０１", "01X1", "1301", "0230", "0000"])
def test_refuses_a_month_and_day_of_no_year(month_day: str) -> None:
    with pytest.raises(NotWrittenSo) as refused:
        nearest(month_day, date(2026, 1, 1))
    assert refused.value.text == month_day


def test_knows_a_currency_by_three_capitals() -> None:
    assert currency_code("EUR") == "EUR"
    for text in ("eur", "EU", "EURO", "EU1", "ÉUR", ""):
        with pytest.raises(NotWrittenSo) as refused:
            currency_code(text)
        assert refused.value.text == text
