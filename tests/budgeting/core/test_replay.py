"""The house tells a past month again, at each payer's own rhythm."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.replay import Received, moved, replayed, whole_months

ON = date(2026, 11, 25)
SINCE = date(2025, 1, 1)


def day(text):
    return date.fromisoformat(text)


def received(*days, amount=100, source="wage"):
    return [Received(day(text), Decimal(amount), source) for text in days]


def days_of(history, back, *, on=ON, weeks=8, since=SINCE):
    found = replayed(history, on=on, until=on + timedelta(7 * weeks), back=back, known_since=since)
    return [one.on.isoformat() for one in found]


ALLOWANCE = received("2026-05-20", "2026-06-22", "2026-07-20", "2026-08-20", "2026-09-21", "2026-10-20", "2026-11-20")
FOUR_WEEKLY = received("2026-08-20", "2026-09-17", "2026-10-15", "2026-11-12")
QUARTERLY = received("2026-01-02", "2026-04-01", "2026-07-01", "2026-10-01")


@pytest.mark.parametrize(
    ("history", "back", "expected"),
    [
        (ALLOWANCE, 1, ["2026-12-20", "2027-01-20"]),
        (ALLOWANCE, 2, ["2026-12-20", "2027-01-20"]),
        (ALLOWANCE, 3, ["2026-12-21", "2027-01-21"]),
        (ALLOWANCE, 6, ["2026-12-22", "2027-01-22"]),
        (FOUR_WEEKLY, 1, ["2026-12-10", "2027-01-07"]),
        (FOUR_WEEKLY, 3, ["2026-12-10", "2027-01-07"]),
        (QUARTERLY, 1, ["2027-01-01"]),
        (QUARTERLY, 3, ["2027-01-01"]),
        (QUARTERLY, 4, ["2027-01-01"]),
    ],
)
def test_moves_a_payment_by_its_own_rhythm(history, back, expected):
    assert days_of(history, back, weeks=9) == expected


def test_keeps_weekly_pay_on_its_weekday():
    friday = day("2026-11-20")
    weekly = [Received(friday - timedelta(7 * number), Decimal(90), "agency") for number in range(20)]
    for back in (1, 2, 3, 4):
        expected = [(ON + timedelta(2 + 7 * number)).isoformat() for number in range(8)]
        assert days_of(weekly, back) == expected


@pytest.mark.parametrize("last", ["2026-11-23", "2026-11-24"])
def test_expects_no_second_wage_when_this_months_came_a_day_early(last):
    wages = received("2026-08-25", "2026-09-25", "2026-10-26", last)
    found = replayed(wages, on=ON, until=ON + timedelta(28), back=1, known_since=SINCE)
    assert [one.on.month for one in found] in ([], [12])
    assert all(one.on >= day("2026-12-20") for one in found)


def test_expects_a_wage_that_is_a_day_late_today_and_no_more_when_it_is_missing():
    wages = received("2026-07-24", "2026-08-24", "2026-09-24", "2026-10-24")
    assert days_of(wages, 1)[0] == "2026-11-25"
    assert days_of(wages, 1, on=day("2026-11-27"))[0] == "2026-11-27"
    assert days_of(wages, 1, on=day("2026-11-28"))[0] == "2026-12-24"


def test_tells_a_single_payment_once_and_a_new_job_again():
    tax = [days_of(received("2026-09-10", source="tax"), back) for back in range(1, 7)]
    assert sorted(tax) == [[], [], [], [], [], ["2026-12-10"]]
    assert days_of(received("2026-11-16", source="job"), 1) == ["2026-12-16"]
    assert days_of(received("2026-11-16", source="job"), 2) == []


def test_lets_a_payer_that_stopped_pay_only_in_the_months_it_did():
    stopped = received("2026-06-05", "2026-07-05", "2026-08-05", "2026-09-05")
    assert days_of(stopped, 1) == []
    assert days_of(stopped, 3) == ["2026-12-05", "2027-01-05"]


def test_looks_at_nothing_of_today_or_later():
    assert (
        replayed(received("2026-11-25", "2026-12-01"), on=ON, until=day("2027-01-20"), back=1, known_since=SINCE) == []
    )


def test_keeps_payers_apart_and_amounts_as_they_were():
    history = [
        *received("2026-09-10", "2026-10-10", "2026-11-10", amount=5),
        *received("2026-09-03", "2026-10-03", "2026-11-03", amount=7, source="b"),
    ]
    found = replayed(history, on=ON, until=day("2026-12-31"), back=1, known_since=SINCE)
    assert [(one.on.isoformat(), one.amount) for one in found] == [
        ("2026-12-03", Decimal(7)),
        ("2026-12-10", Decimal(5)),
    ]


@pytest.mark.parametrize(
    ("since", "months"),
    [("2026-11-25", 0), ("2026-10-26", 0), ("2026-10-25", 1), ("2026-05-25", 6), ("2020-01-01", 6), ("2027-01-01", 0)],
)
def test_counts_the_whole_months_it_knows(since, months):
    assert whole_months(day(since), ON) == months


@pytest.mark.parametrize(
    ("start", "days", "months", "end"),
    [
        ("2026-01-31", 0, 1, "2026-02-28"),
        ("2026-03-31", 0, -1, "2026-02-28"),
        ("2026-12-15", 0, 1, "2027-01-15"),
        ("2026-01-15", 0, -13, "2024-12-15"),
        ("2026-12-30", 3, 0, "2027-01-02"),
    ],
)
def test_moves_a_day(start, days, months, end):
    assert moved(day(start), days=days, months=months) == day(end)


def test_moves_a_day_by_days_or_months_alone():
    assert moved(ON, days=3) == day("2026-11-28")
    assert moved(ON, months=3) == day("2027-02-25")


@given(
    st.integers(0, 364).map(lambda number: ON + timedelta(number)),
    st.integers(1, 28),
    st.integers(1, 6),
    st.integers(1, 12),
)
def test_finds_a_steady_monthly_income_on_its_day_whatever_the_day_it_is_asked(on, pay_day, back, weeks):
    start = moved(on.replace(day=1), months=-14).replace(day=pay_day)
    steady = [moved(start, months=number) for number in range(30)]
    history = [Received(paid, Decimal(100), "benefit") for paid in steady if paid < on]
    until = on + timedelta(7 * weeks)
    found = replayed(history, on=on, until=until, back=back, known_since=date(2020, 1, 1))
    assert [one.on for one in found] == [paid for paid in steady if on <= paid < until]


@given(st.integers(0, 364).map(lambda number: ON + timedelta(number)), st.sampled_from([7, 14, 28]), st.integers(1, 6))
def test_finds_a_steady_weekly_income_on_its_day_whatever_the_day_it_is_asked(on, gap, back):
    steady = [date(2025, 6, 5) + timedelta(gap * number) for number in range(1200 // gap)]
    history = [Received(paid, Decimal(100), "wage") for paid in steady if paid < on]
    until = on + timedelta(56)
    found = replayed(history, on=on, until=until, back=back, known_since=date(2020, 1, 1))
    assert [one.on for one in found] == [paid for paid in steady if on <= paid < until]


@given(st.integers(0, 364).map(lambda number: ON + timedelta(number)), st.integers(1, 13), st.integers(1, 6))
def test_finds_pay_of_twice_a_month_on_its_days_whatever_the_day_it_is_asked(on, first, back):
    months = [moved(date(2025, 6, 1), months=number) for number in range(32)]
    steady = [month.replace(day=day_) for month in months for day_ in (first, first + 15)]
    history = [Received(paid, Decimal(paid.day), "wage") for paid in steady if paid < on]
    until = on + timedelta(56)
    found = replayed(history, on=on, until=until, back=back, known_since=date(2020, 1, 1))
    assert [(one.on, one.amount) for one in found] == [(p, Decimal(p.day)) for p in steady if on <= p < until]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # A day early for a holiday, a day late after it: every four weeks all the same.
        (["2026-08-20", "2026-09-16", "2026-10-15", "2026-11-12"], ["2026-12-10", "2027-01-07"]),
        # Two days are too many for a rhythm of weeks.
        (["2026-08-20", "2026-09-15", "2026-10-15", "2026-11-12"], ["2026-12-12", "2027-01-12"]),
        # One gap of four weeks may as well be a month.
        (["2026-10-15", "2026-11-12"], ["2026-12-12", "2027-01-12"]),
        (["2026-02-12", "2026-08-13", "2026-11-12"], ["2026-12-12", "2027-01-12"]),
        # Every quarter, and every year.
        (["2026-03-28", "2026-06-16", "2026-09-08"], ["2026-12-08"]),
        (["2025-12-10"], []),
        (["2024-12-10", "2025-12-10"], ["2026-12-10"]),
    ],
)
def test_knows_a_rhythm_by_the_days_between_payments(days, expected):
    assert days_of(received(*days), 1, since=date(2020, 1, 1)) == expected


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (79, ["2026-12-16", "2027-01-16"]),
        (80, ["2027-01-16"]),
        (100, ["2027-01-16"]),
        (101, ["2026-12-16", "2027-01-16"]),
        (349, ["2026-12-16", "2027-01-16"]),
        (350, []),
        (380, []),
        (381, ["2026-12-16", "2027-01-16"]),
    ],
)
def test_takes_a_gap_for_a_quarter_or_a_year_within_bounds(gap, expected):
    last = day("2026-10-16")
    history = [Received(last - timedelta(gap), Decimal(1), "a"), Received(last, Decimal(1), "a")]
    found = [days_of(history, back, since=date(2020, 1, 1)) for back in range(1, 7)]
    assert expected in found
    assert max(map(len, found)) == len(expected)


def test_tells_a_payer_of_every_day_on_every_day():
    daily = [Received(ON - timedelta(number), Decimal(1), "rides") for number in range(1, 250)]
    assert days_of(daily, 2) == [(ON + timedelta(number)).isoformat() for number in range(56)]


def test_lets_a_payer_that_paid_twice_go_on_paying():
    assert days_of(received("2026-10-05", "2026-11-05"), 1, weeks=9) == ["2026-12-05", "2027-01-05"]
    assert days_of(received("2026-09-27", "2026-10-27"), 1, weeks=9) == ["2026-11-27", "2026-12-27"]


def test_takes_the_turn_after_one_of_which_it_knows_only_a_part():
    benefit = received("2026-07-10", "2026-08-10", "2026-09-10", "2026-10-10", "2026-11-10")
    assert days_of(benefit, 6) == []
    assert days_of(benefit, 6, since=day("2026-06-24")) == days_of(benefit, 5) == ["2026-12-10", "2027-01-10"]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(1, 10**6), st.sampled_from("abc")), max_size=30),
    st.integers(1, 6),
)
def test_tells_only_amounts_that_came_in_on_days_ahead(lines, back):
    history = [Received(ON - timedelta(number), Decimal(cents).scaleb(-2), source) for number, cents, source in lines]
    found = replayed(history, on=ON, until=ON + timedelta(56), back=back, known_since=date(2020, 1, 1))
    assert found == sorted(found)
    assert all(ON <= one.on < ON + timedelta(56) for one in found)
    assert {one.amount for one in found} <= {one.amount for one in history}


def amounts_of(pay_day, back, *, on, since):
    """What comes first of a wage that was 1 in the first month of the year, 2 in the second and so on."""
    paid = [date(2026, month, pay_day) for month in range(1, 13)]
    history = [Received(one, Decimal(one.month), "wage") for one in paid]
    found = replayed(history, on=day(on), until=day(on) + timedelta(28), back=back, known_since=day(since))
    return [(one.on.isoformat(), int(one.amount)) for one in found]


@pytest.mark.parametrize(
    ("since", "back", "told"),
    [
        # Standing on the 1st, turns begin on the 1st, the middle between two paydays.
        ("2026-06-01", 6, 6),
        ("2026-06-02", 6, 7),
        ("2026-07-01", 6, 7),
        ("2026-07-02", 6, 8),
        ("2026-10-01", 6, 10),
        ("2026-10-02", 6, 11),
        ("2026-11-01", 6, 11),
        ("2026-11-02", 6, 11),  # the last month is told even when only a part of it is known
        ("2026-06-01", 3, 9),
        ("2026-06-01", 1, 11),
    ],
)
def test_tells_the_first_month_of_which_it_knows_all(since, back, told):
    assert amounts_of(16, back, on="2026-12-01", since=since) == [("2026-12-16", told)]


@pytest.mark.parametrize(
    ("since", "told"),
    [("2026-05-24", 6), ("2026-05-25", 7), ("2026-06-24", 7), ("2026-06-25", 8), ("2026-11-24", 11)],
)
def test_begins_a_turn_in_the_middle_of_the_days_without_pay(since, told):
    # Standing on the 25th, the 10th is 13 to 16 days into a turn: the middle from one to the next is the 24th.
    assert amounts_of(10, 6, on="2026-11-25", since=since) == [("2026-12-10", told)]


@pytest.mark.parametrize(("since", "told"), [("2026-04-01", 4), ("2026-04-02", 5)])
def test_measures_each_payment_from_the_begin_of_its_own_month(since, told):
    # Months of 30 and 31 days: the 16th is fifteen days into each of them.
    assert amounts_of(16, 6, on="2026-10-01", since=since) == [("2026-10-16", told)]


def test_tells_a_single_payment_once_also_when_it_is_still_to_come_this_month():
    assert days_of(received("2026-10-27"), 1, weeks=9) == ["2026-11-27"]
    assert days_of(received("2026-10-27"), 1, weeks=18) == ["2026-11-27"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-09-17", "2026-10-15", "2026-11-12"], ["2026-12-10", "2027-01-07"]),
        (["2026-09-15", "2026-10-14", "2026-11-12"], ["2026-12-10", "2027-01-07"]),
        (["2026-09-13", "2026-10-13", "2026-11-12"], ["2026-12-12", "2027-01-12"]),
    ],
    ids=["28 days", "29 days", "30 days"],
)
def test_takes_two_gaps_of_four_weeks_for_a_rhythm_and_a_day_more_as_well(days, expected):
    assert days_of(received(*days), 1) == expected


@given(
    st.lists(st.integers(24, 27), min_size=36, max_size=36),
    st.integers(0, 364).map(lambda number: ON + timedelta(number)),
    st.integers(1, 6),
)
def test_neither_doubles_nor_drops_a_wage_that_comes_some_days_early_or_late(pay_days, on, back):
    months = [moved(date(2025, 1, 1), months=number) for number in range(36)]
    wages = [month.replace(day=number) for month, number in zip(months, pay_days, strict=True)]
    history = [Received(paid, Decimal(1000), "wage") for paid in wages if paid < on]
    until = on + timedelta(84)
    found = replayed(history, on=on, until=until, back=back, known_since=date(2020, 1, 1))

    days = [history[-1].on, *(one.on for one in found), until]
    assert all((later - earlier).days >= 20 for earlier, later in pairwise(days[:-1]))
    assert all((later - earlier).days <= 40 for earlier, later in pairwise(days))
