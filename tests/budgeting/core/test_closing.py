"""The house knows in which month a day lies, when that is over, and on which open day a late line is booked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.closing import booking_day, is_over, month_after, month_of

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("within", "begins", "next_begins"),
    [
        ("2026-01-01", "2026-01-01", "2026-02-01"),
        ("2026-02-28", "2026-02-01", "2026-03-01"),
        ("2026-11-30", "2026-11-01", "2026-12-01"),
        ("2026-12-31", "2026-12-01", "2027-01-01"),
    ],
)
def test_knows_the_month_of_a_day_and_the_one_after(within, begins, next_begins):
    assert month_of(day(within)) == day(begins)
    assert month_after(day(begins)) == day(next_begins)


@given(days)
def test_puts_every_day_in_one_month(one):
    assert month_of(one) <= one < month_after(month_of(one))
    assert month_of(month_after(month_of(one)) - timedelta(1)) == month_of(one)


@pytest.mark.parametrize(("on", "over"), [("2026-11-30", False), ("2026-12-01", True), ("2026-12-02", True)])
def test_calls_a_month_over_from_the_first_day_after_it(on, over):
    assert is_over(day("2026-11-01"), on=day(on)) is over


@pytest.mark.parametrize(
    ("closed_until", "booked_on"),
    [
        (None, "2026-11-15"),
        ("2026-11-01", "2026-11-15"),
        ("2026-11-15", "2026-11-15"),
        ("2026-11-16", "2026-11-16"),
        ("2026-12-01", "2026-12-01"),
    ],
)
def test_books_in_a_closed_month_on_the_first_open_day(closed_until, booked_on):
    closed = closed_until and day(closed_until)
    assert booking_day(day("2026-11-15"), closed_until=closed) == day(booked_on)
