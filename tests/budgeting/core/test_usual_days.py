"""The house pays a new resident first on the town's usual day, at least a week from now."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.usual_days import first_usual_day

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("unit", "day", "on", "first"),
    [
        ("week", 3, "2026-11-25", "2026-12-02"),  # Wednesday, a week from Wednesday
        ("week", 4, "2026-11-25", "2026-12-03"),
        ("week", 2, "2026-11-25", "2026-12-08"),
        ("week", 7, "2026-11-25", "2026-12-06"),
        ("month", 2, "2026-11-25", "2026-12-02"),
        ("month", 3, "2026-11-25", "2026-12-03"),
        ("month", 1, "2026-11-25", "2027-01-01"),
        ("month", 28, "2026-01-24", "2026-02-28"),
        ("month", 28, "2026-01-21", "2026-01-28"),
        ("month", -1, "2026-11-25", "2026-12-31"),
        ("month", -1, "2026-12-24", "2026-12-31"),
        ("month", -1, "2026-12-25", "2027-01-31"),
        ("month", -1, "2028-01-25", "2028-02-29"),
    ],
)
def test_finds_the_first_usual_day_at_least_a_week_ahead(unit, day, on, first):
    assert first_usual_day(unit, day, on=date.fromisoformat(on)) == date.fromisoformat(first)


@given(days, st.integers(1, 7))
def test_finds_a_weekday_in_the_second_week_from_now(on, weekday):
    first = first_usual_day("week", weekday, on=on)

    assert first.isoweekday() == weekday
    assert timedelta(7) <= first - on < timedelta(14)


@given(days, st.sampled_from([*range(1, 29), -1]))
def test_leaves_out_no_earlier_day_of_a_month(on, day):
    ahead = (on + timedelta(number) for number in range(7, 45))
    fitting = (one for one in ahead if one.day == (day if day > 0 else monthrange(one.year, one.month)[1]))

    assert first_usual_day("month", day, on=on) == next(fitting)
