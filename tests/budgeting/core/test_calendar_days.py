"""The house counts in months, whose turn lies between two of them."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.calendar_days import kept_day, month_of, months_between, on_day, weekday_of_month

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def on(*texts):
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("first", "second", "months"),
    [
        ("2026-01-05", "2026-01-05", 0),
        ("2026-01-05", "2026-02-05", 1),
        ("2025-11-05", "2026-02-05", 3),
        ("2026-01-05", "2026-02-08", 1.1),
        ("2026-01-30", "2026-02-15", 0.5),
        ("2026-02-05", "2026-01-05", -1),
    ],
)
def test_counts_whole_months_and_thirtieths(first, second, months):
    assert months_between(*on(first, second)) == pytest.approx(months)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((2026, 2, 31), "2026-02-28"),
        ((2028, 2, 30), "2028-02-29"),
        ((2026, 2, 28), "2026-02-28"),
        ((2026, 3, 1), "2026-03-01"),
        ((2026, 3, 2), "2026-03-02"),
        ((2026, 3, 0), "2026-02-28"),
        ((2026, 3, -2), "2026-02-26"),
        ((2026, 12, 15), "2026-12-15"),
        ((2026, 13, 15), "2027-01-15"),
        ((2026, 24, 15), "2027-12-15"),
        ((2026, 25, 1), "2028-01-01"),
    ],
)
def test_finds_a_day_of_a_month_counted_on(asked, found):
    assert on_day(*asked) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("kept", "days"),
    [
        (20, ["2026-01-20", "2026-02-20", "2026-03-21"]),
        (20, ["2026-01-26", "2026-02-20", "2026-03-07"]),
        (1, ["2026-05-01", "2026-05-30", "2026-07-01"]),
        (-4, ["2026-01-27", "2026-03-06", "2026-03-27"]),
        (1, ["2026-01-26", "2026-03-06", "2026-04-01"]),
        (0, ["2026-01-31", "2026-02-28", "2026-04-01"]),
        (-1, ["2026-04-29", "2026-05-30", "2026-07-01"]),
        (26, ["2026-01-26", "2026-02-26", "2026-03-07"]),
        (5, ["2026-01-05", "2026-02-05", "2026-03-25"]),
        (15, ["2026-01-15", "2026-02-15", "2026-04-15", "2026-05-28", "2026-07-01"]),
        (-14, ["2026-01-16", "2026-04-16", "2026-05-17", "2026-07-29", "2026-11-02"]),
    ],
)
def test_finds_the_day_that_payments_keep(kept, days):
    assert kept_day(on(*days)) == kept


@pytest.mark.parametrize(
    ("day", "kept", "month"),
    [
        ("2026-05-30", 1, (2026, 6)),
        ("2026-05-26", 6, (2026, 6)),
        ("2026-05-25", 6, (2026, 5)),
        ("2026-05-26", 7, (2026, 5)),
        ("2026-01-31", 1, (2026, 2)),
        ("2026-11-30", 1, (2026, 12)),
        ("2026-12-31", 1, (2027, 1)),
        ("2026-12-31", 0, (2027, 1)),
        ("2026-06-02", 30, (2026, 5)),
        ("2026-06-06", 26, (2026, 5)),
        ("2026-06-07", 26, (2026, 6)),
        ("2026-06-06", 25, (2026, 6)),
        ("2026-02-01", 31, (2026, 1)),
        ("2026-12-01", 31, (2026, 11)),
        ("2026-01-01", 31, (2025, 12)),
        ("2026-06-15", 1, (2026, 6)),
        ("2026-06-15", 31, (2026, 6)),
    ],
)
def test_gives_a_payment_at_the_turn_to_the_month_it_is_for(day, kept, month):
    assert month_of(date.fromisoformat(day), kept) == month


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (["2026-01-13", "2026-02-10"], (2, 2)),
        (["2026-01-01", "2026-02-05", "2026-10-01"], (1, 4)),
        (["2026-01-07", "2026-04-01"], (1, 3)),
        (["2026-01-14", "2026-04-08"], (2, 3)),
        (["2026-01-26", "2026-03-30"], (-1, 1)),
        (["2026-01-25", "2026-05-31"], (-1, 7)),
        (["2026-02-22", "2026-05-31"], (-1, 7)),
        (["2026-04-23", "2026-07-30"], None),
        (["2026-08-24", "2026-03-30"], None),
        (["2026-01-05", "2026-01-12"], None),
        (["2026-01-05", "2026-01-06"], None),
    ],
)
def test_sees_the_same_weekday_of_the_same_week(days, found):
    assert weekday_of_month(on(*days)) == found


@given(days)
def test_finds_each_day_again(day):
    assert on_day(day.year, day.month, day.day) == day
    assert on_day(day.year, day.month, 1) - timedelta(1) == on_day(day.year, day.month, 0)
    assert kept_day([day]) == day.day
    week, weekday = weekday_of_month([day])
    assert weekday == day.isoweekday()
    assert 7 * (week - 1) < day.day <= 7 * week


@given(days, st.integers(-3, 31))
def test_moves_a_payment_by_one_month_at_most(day, kept):
    whole = months_between(date(day.year, day.month, 1), date(*month_of(day, kept), 1))
    assert abs(whole) <= 1
    if 6 < day.day < 26:
        assert whole == 0
    assert monthrange(*month_of(day, kept))[1] >= 28
