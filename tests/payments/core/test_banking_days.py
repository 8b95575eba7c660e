"""The house knows on which days a bank executes."""

from datetime import date, time, timedelta

import holidays
import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from payments.core import banking_days

days = st.dates(date(1999, 1, 1), date(2099, 12, 31))
counts = st.integers(0, 30)

# Before the long-term calendar came into force in 2002 the years differed: two days closed once, Easter open in 1999.
CLOSED_ONCE = {date(1999, 12, 31), date(2001, 12, 31)}
NOT_YET_CLOSED = {date(1999, 4, 2), date(1999, 4, 5)}


def test_agrees_with_the_published_calendar_for_a_hundred_years():
    published = holidays.financial_holidays("XECB", years=range(1999, 2100))
    calendar = [date(1999, 1, 1) + timedelta(n) for n in range((date(2100, 1, 1) - date(1999, 1, 1)).days)]
    different = {
        day for day in calendar if banking_days.is_banking_day(day) != (day.isoweekday() <= 5 and day not in published)
    }
    assert different == CLOSED_ONCE | NOT_YET_CLOSED


@pytest.mark.parametrize(
    "day",
    ["2026-12-25", "2026-12-26", "2027-01-01", "2027-03-26", "2027-03-29", "2028-05-01", "2026-11-28", "2026-11-29"],
)
def test_knows_that_the_bank_is_closed(day):
    assert not banking_days.is_banking_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2027-04-27", "2027-05-06", "2027-05-17", "2027-05-05", "2026-12-24", "2026-12-31"])
def test_knows_that_the_bank_is_open_on_dutch_holidays(day):
    assert banking_days.is_banking_day(date.fromisoformat(day))


def test_pays_rent_of_new_years_day_on_the_last_day_of_the_year():
    assert banking_days.charge_day(date(2027, 1, 1)) == date(2026, 12, 31)


def test_expects_an_allowance_of_sunday_the_twentieth_on_monday():
    assert banking_days.income_day(date(2026, 12, 20)) == date(2026, 12, 21)


def test_crosses_easter_in_both_directions():
    assert banking_days.on_or_before(date(2027, 3, 29)) == date(2027, 3, 25)
    assert banking_days.on_or_after(date(2027, 3, 26)) == date(2027, 3, 30)


@pytest.mark.parametrize(
    ("on", "at", "first"),
    [
        (date(2026, 11, 25), time(12, 59), date(2026, 11, 25)),
        (date(2026, 11, 25), time(13, 0), date(2026, 11, 26)),
        (date(2026, 11, 27), time(13, 1), date(2026, 11, 30)),
        (date(2026, 11, 28), time(9, 0), date(2026, 11, 30)),
        (date(2026, 12, 24), time(13, 0), date(2026, 12, 28)),
    ],
)
def test_executes_today_only_before_the_cut_off_of_a_banking_day(on, at, first):
    assert banking_days.first_execution_day(on, at, time(13, 0)) == first


def test_pays_late_rather_than_on_a_day_that_has_passed():
    assert banking_days.charge_day(date(2026, 11, 20), first=date(2026, 11, 25)) == date(2026, 11, 25)
    assert banking_days.charge_day(date(2026, 11, 27), first=date(2026, 11, 25)) == date(2026, 11, 27)


@given(days)
def test_never_executes_a_charge_late_nor_expects_income_early(day):
    before, after = banking_days.charge_day(day), banking_days.income_day(day)
    assert before <= day <= after
    assert banking_days.is_banking_day(before)
    assert banking_days.is_banking_day(after)
    between = [before + timedelta(n) for n in range(1, (after - before).days)]
    assert not any(banking_days.is_banking_day(other) for other in between)
    # The longest closing: Good Friday to Easter Monday, or Christmas around a weekend.
    assert (after - before).days <= 5


@given(days, counts)
def test_counts_as_many_banking_days_as_it_was_asked(day, count):
    later, earlier = banking_days.plus(day, count), banking_days.minus(day, count)
    if count:
        assert sum(banking_days.is_banking_day(day + timedelta(n)) for n in range(1, (later - day).days + 1)) == count
        assert sum(banking_days.is_banking_day(earlier + timedelta(n)) for n in range((day - earlier).days)) == count
    assert banking_days.is_banking_day(later)
    assert banking_days.is_banking_day(earlier)


@given(days.map(banking_days.on_or_after), counts)
def test_comes_back_to_the_banking_day_it_left(day, count):
    assert banking_days.minus(banking_days.plus(day, count), count) == day


def test_refuses_a_negative_number_of_banking_days():
    with pytest.raises(ValueError, match="-1"):
        banking_days.plus(date(2026, 11, 25), -1)


def test_computes_easter_of_every_year_of_the_calendar():
    assert [banking_days.easter_sunday(year) for year in range(1583, 4100)] == [easter(y) for y in range(1583, 4100)]


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1818, 3, 22), (1943, 4, 25), (2000, 4, 23), (2026, 4, 5), (2285, 3, 22)]
)
def test_computes_easter(year, month, day):
    assert banking_days.easter_sunday(year) == date(year, month, day)
