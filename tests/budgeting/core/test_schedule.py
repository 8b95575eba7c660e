"""The house knows on which days something is due."""

import json
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.schedule import LAST_DAY, NotARecurrence, Recurrence, due_dates

BEGIN = date(2024, 1, 1)
TEN_YEARS_ON = date(2034, 1, 1)

starts = st.dates(BEGIN, date(2027, 12, 31))
every = st.integers(1, 13)
days = st.lists(st.sampled_from([LAST_DAY, *range(1, 32)]), unique=True, max_size=5).map(tuple)
recurrences = st.one_of(
    st.builds(Recurrence, unit=st.just("once"), starts_on=starts),
    st.builds(
        Recurrence,
        unit=st.just("week"),
        starts_on=starts,
        every=every,
        weekdays=st.lists(st.integers(1, 7), unique=True).map(tuple),
    ),
    st.builds(Recurrence, unit=st.just("month"), starts_on=starts, every=every, days=days),
    st.builds(
        Recurrence,
        unit=st.just("year"),
        starts_on=starts,
        every=st.integers(1, 4),
        days=days,
        months=st.lists(st.integers(1, 12), unique=True).map(tuple),
    ),
)
pauses = st.lists(
    st.tuples(st.dates(BEGIN, TEN_YEARS_ON), st.none() | st.integers(0, 400)).map(
        lambda pause: (pause[0], None if pause[1] is None else pause[0] + timedelta(pause[1]))
    ),
    max_size=2,
).map(tuple)


def due(rule, since=BEGIN, until=TEN_YEARS_ON, valid_from=BEGIN, **more):
    return due_dates(rule, since=since, until=until, valid_from=valid_from, **more)


def is_due(rule, day):
    """The same rule asked of a single day, in other words than the code's."""
    if day < rule.starts_on:
        return False
    first_monday = rule.starts_on - timedelta(rule.starts_on.weekday())
    months = (day.year - rule.starts_on.year) * 12 + day.month - rule.starts_on.month
    last = monthrange(day.year, day.month)[1]
    wanted = rule.days or (rule.starts_on.day,)
    on_the_day = day.day in wanted or (day.day == last and (LAST_DAY in wanted or max(wanted) > last))
    if rule.unit == "once":
        return day == rule.starts_on
    if rule.unit == "week":
        in_week = (day - first_monday).days // 7 % rule.every == 0
        return in_week and day.isoweekday() in (rule.weekdays or (rule.starts_on.isoweekday(),))
    if rule.unit == "month":
        return months % rule.every == 0 and on_the_day
    in_year = (day.year - rule.starts_on.year) % rule.every == 0
    return in_year and day.month in (rule.months or (rule.starts_on.month,)) and on_the_day


@given(recurrences)
def test_finds_every_due_date_of_ten_years_once_and_no_other(rule):
    calendar = [BEGIN + timedelta(number) for number in range((TEN_YEARS_ON - BEGIN).days)]
    assert list(due(rule)) == [day for day in calendar if is_due(rule, day)]


@given(
    recurrences,
    st.lists(st.dates(BEGIN, TEN_YEARS_ON), max_size=6),
    pauses,
    st.dates(BEGIN, date(2028, 1, 1)),
    st.none() | st.dates(date(2027, 1, 1), TEN_YEARS_ON),
)
def test_gives_the_same_dates_however_the_window_is_cut(rule, cuts, pauses, valid_from, valid_until):
    edges = [BEGIN, *sorted(cuts), TEN_YEARS_ON]
    settings = {"valid_from": valid_from, "valid_until": valid_until, "pauses": pauses}
    pieces = [due(rule, since=a, until=b, **settings) for a, b in pairwise(edges)]
    assert sum(pieces, ()) == due(rule, **settings)


@given(recurrences, st.data())
def test_leaves_out_exceptions_pauses_and_days_outside_the_validity_only(rule, data):
    everything = due(rule)
    exceptions = frozenset(data.draw(st.lists(st.sampled_from(everything)))) if everything else frozenset()
    pauses_ = data.draw(pauses)
    valid_from = data.draw(st.dates(BEGIN, TEN_YEARS_ON))
    valid_until = data.draw(st.none() | st.dates(BEGIN, TEN_YEARS_ON))
    kept = due(rule, valid_from=valid_from, valid_until=valid_until, exceptions=exceptions, pauses=pauses_)
    for day in everything:
        paused = any(day >= a and (b is None or day < b) for a, b in pauses_)
        valid = day >= valid_from and (valid_until is None or day < valid_until)
        assert (day in kept) == (valid and not paused and day not in exceptions)


@given(recurrences)
def test_stores_a_rule_as_json_and_reads_it_back(rule):
    assert Recurrence.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


def test_puts_the_thirty_first_on_the_last_day_of_a_short_month():
    rule = Recurrence("month", date(2026, 1, 31), days=(31,))
    assert due(rule, until=date(2026, 6, 1)) == (
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    )


def test_takes_the_thirtieth_the_thirty_first_and_the_last_day_of_april_as_one():
    rule = Recurrence("month", date(2026, 4, 1), days=(31, LAST_DAY, 30))
    assert due(rule, until=date(2026, 6, 1)) == (date(2026, 4, 30), date(2026, 5, 30), date(2026, 5, 31))


def test_puts_the_leap_day_on_the_twenty_eighth_in_common_years():
    rule = Recurrence("year", date(2024, 2, 29))
    assert due(rule, until=date(2029, 1, 1)) == (
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    )


@pytest.mark.parametrize("weekday", range(1, 8))
def test_pays_on_each_of_the_seven_weekdays(weekday):
    days_ = due(Recurrence("week", date(2026, 1, 1), weekdays=(weekday,)), until=date(2027, 1, 1))
    assert {day.isoweekday() for day in days_} == {weekday}
    assert len(days_) == (53 if weekday == 4 else 52)


def test_counts_every_four_weeks_from_the_first_across_a_new_year():
    rule = Recurrence("week", date(2026, 11, 26), every=4)
    assert due(rule, until=date(2027, 2, 19)) == (
        date(2026, 11, 26),
        date(2026, 12, 24),
        date(2027, 1, 21),
        date(2027, 2, 18),
    )


def test_leaves_out_weekdays_before_the_start_in_the_first_week():
    rule = Recurrence("week", date(2026, 11, 26), every=2, weekdays=(1, 5))
    assert due(rule, until=date(2026, 12, 12)) == (date(2026, 11, 27), date(2026, 12, 7), date(2026, 12, 11))


def test_counts_quarters_from_the_start():
    rule = Recurrence("month", date(2026, 2, 15), every=3)
    assert due(rule, until=date(2027, 1, 1)) == (
        date(2026, 2, 15),
        date(2026, 5, 15),
        date(2026, 8, 15),
        date(2026, 11, 15),
    )


def test_pays_nothing_on_the_last_day_of_a_half_open_validity():
    rule = Recurrence("month", date(2026, 1, 1))
    found = due(rule, valid_from=date(2026, 2, 1), valid_until=date(2026, 4, 1))
    assert found == (date(2026, 2, 1), date(2026, 3, 1))


def test_answers_at_the_end_of_the_calendar():
    weekly = Recurrence("week", date(9999, 12, 1), weekdays=tuple(range(1, 8)))
    assert due(weekly, until=date.max)[-1] == date(9999, 12, 30)
    assert due(Recurrence("month", date(9999, 1, 31)), until=date.max)[-1] == date(9999, 11, 30)
    assert due(Recurrence("year", date(9990, 12, 30), every=9), until=date.max)[-1] == date(9999, 12, 30)


def test_answers_a_window_that_ends_before_it_begins_with_nothing():
    assert due(Recurrence("week", BEGIN), since=date(2026, 1, 1), until=date(2025, 1, 1)) == ()


@pytest.mark.parametrize(
    ("stored", "field", "reason"),
    [
        ({"starts_on": "2026-01-01"}, "unit", "missing"),
        ({"unit": "week"}, "starts_on", "missing"),
        ({"unit": "day", "starts_on": "2026-01-01"}, "unit", "range"),
        ({"unit": 4, "starts_on": "2026-01-01"}, "unit", "type"),
        ({"unit": "week", "starts_on": "2026-02-30"}, "starts_on", "range"),
        ({"unit": "week", "starts_on": "20260201"}, "starts_on", "range"),
        ({"unit": "week", "starts_on": 20260201}, "starts_on", "type"),
        ({"unit": "week", "starts_on": "2026-01-01", "every": 0}, "every", "range"),
        ({"unit": "week", "starts_on": "2026-01-01", "every": 100}, "every", "range"),
        ({"unit": "week", "starts_on": "2026-01-01", "every": True}, "every", "type"),
        ({"unit": "week", "starts_on": "2026-01-01", "every": 1.0}, "every", "type"),
        ({"unit": "once", "starts_on": "2026-01-01", "every": 2}, "every", "not_for_unit"),
        ({"unit": "week", "starts_on": "2026-01-01", "weekdays": [0]}, "weekdays", "range"),
        ({"unit": "week", "starts_on": "2026-01-01", "weekdays": [8]}, "weekdays", "range"),
        ({"unit": "week", "starts_on": "2026-01-01", "weekdays": [1, 1]}, "weekdays", "twice"),
        ({"unit": "week", "starts_on": "2026-01-01", "weekdays": "1"}, "weekdays", "type"),
        ({"unit": "week", "starts_on": "2026-01-01", "weekdays": ["1"]}, "weekdays", "type"),
        ({"unit": "week", "starts_on": "2026-01-01", "days": [1]}, "days", "not_for_unit"),
        ({"unit": "month", "starts_on": "2026-01-01", "days": [0]}, "days", "range"),
        ({"unit": "month", "starts_on": "2026-01-01", "days": [-2]}, "days", "range"),
        ({"unit": "month", "starts_on": "2026-01-01", "days": [32]}, "days", "range"),
        ({"unit": "month", "starts_on": "2026-01-01", "months": [1]}, "months", "not_for_unit"),
        ({"unit": "year", "starts_on": "2026-01-01", "months": [13]}, "months", "range"),
        ({"unit": "year", "starts_on": "2026-01-01", "days": "1"}, "days", "type"),
        ({"unit": "year", "starts_on": "2026-01-01", "months": "1"}, "months", "type"),
        ({"unit": "year", "starts_on": "2026-01-01", "by_day": [1]}, "by_day", "unknown"),
    ],
)
def test_refuses_what_is_no_recurrence_and_says_which_field(stored, field, reason):
    with pytest.raises(NotARecurrence, match=field) as refusal:
        Recurrence.from_dict(stored)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


@pytest.mark.parametrize(
    ("facts", "field", "reason"),
    [
        ({"days": [1]}, "days", "type"),
        ({"days": ("1",)}, "days", "type"),
        ({"starts_on": "2026-01-01"}, "starts_on", "type"),
        ({"starts_on": datetime(2026, 1, 1, 12, 0, tzinfo=UTC)}, "starts_on", "type"),
        ({"every": "1"}, "every", "type"),
        ({"every": True}, "every", "type"),
    ],
)
def test_refuses_a_list_or_a_time_where_the_code_itself_makes_a_recurrence(facts, field, reason):
    with pytest.raises(NotARecurrence) as refusal:
        Recurrence(**{"unit": "month", "starts_on": date(2026, 1, 1)} | facts)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_reads_every_once_where_nothing_is_stored_of_it():
    assert Recurrence.from_dict({"unit": "week", "starts_on": "2026-01-01"}).every == 1


def test_takes_ninety_nine_of_a_unit_and_no_more():
    assert Recurrence("week", date(2026, 1, 1), every=99).every == 99
    with pytest.raises(NotARecurrence, match="every"):
        Recurrence("week", date(2026, 1, 1), every=100)


def test_pauses_from_the_first_day_until_before_the_last():
    weekly = Recurrence("week", date(2026, 1, 5))
    days = {"since": date(2026, 1, 1), "until": date(2026, 2, 1), "valid_from": date(2026, 1, 1)}
    pause = (date(2026, 1, 12), date(2026, 1, 26))
    assert due_dates(weekly, pauses=[pause], **days) == (date(2026, 1, 5), date(2026, 1, 26))
    assert due_dates(weekly, pauses=[(date(2026, 1, 12), None)], **days) == (date(2026, 1, 5),)
