from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.recurrence import FOUR_WEEKLY, MONTHLY, QUARTERLY, WEEKLY, YEARLY, HistoryLine, streams


def lines(days, amount="-50.00", category="energy", counterparty="a"):
    amounts = [amount] * len(days) if isinstance(amount, str) else amount
    return [
        HistoryLine(date.fromisoformat(day), Decimal(value), counterparty, category)
        for day, value in zip(days, amounts, strict=True)
    ]


def only(history):
    found = streams(history)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("days", "rhythm", "on", "coming"),
    [
        (["2026-01-05", "2026-01-12", "2026-01-19"], WEEKLY, {"weekday": 1}, "2026-01-26"),
        (["2026-01-09", "2026-02-06", "2026-03-06", "2026-04-03"], FOUR_WEEKLY, {"weekday": 5}, "2026-05-01"),
        (["2026-01-20", "2026-02-20", "2026-03-20"], MONTHLY, {"day": 20}, "2026-04-20"),
        (["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30"], MONTHLY, {"day": -1}, "2026-05-30"),
        (["2026-01-02", "2026-02-02", "2026-03-02", "2026-04-01"], MONTHLY, {"day": 2}, "2026-05-02"),
        (["2026-03-31", "2026-05-01", "2026-05-29", "2026-07-01"], MONTHLY, {"day": -1}, "2026-07-31"),
        (["2026-01-15", "2026-04-15", "2026-07-15"], QUARTERLY, {"day": 15}, "2026-10-15"),
        (["2024-05-22", "2025-05-22"], YEARLY, {"day": 22, "month": 5}, "2026-05-22"),
    ],
)
def test_finds_every_rhythm_and_the_day_to_come(days, rhythm, on, coming):
    found = only(lines(days))
    assert (found.rhythm, found.next_expected) == (rhythm, date.fromisoformat(coming))
    assert found.on == on


def test_finds_a_month_kept_by_weekday():
    days = ["2026-01-13", "2026-02-10", "2026-03-10", "2026-04-14", "2026-05-12", "2026-06-09"]
    assert only(lines(days)).on == {"week": 2, "weekday": 2}


def test_leaves_holiday_pay_out_of_the_wages():
    days = ["2026-03-24", "2026-04-23", "2026-05-22", "2026-05-22", "2026-06-24"]
    found = only(lines(days, ["1894.11", "1894.11", "1760.25", "1894.11", "1894.11"], "wages"))
    assert found.lines == (0, 1, 3, 4)
    assert (found.amount, found.seen) == (Decimal("1894.11"), 4)


def test_tells_two_streams_of_one_payer_apart():
    first = lines(["2026-03-26", "2026-04-24", "2026-05-26"], "402.16", "benefit")
    second = lines(["2026-03-08", "2026-04-08", "2026-05-08"], "128.50", "benefit")
    found = streams(first + second)
    assert sorted(stream.lines for stream in found) == [(0, 1, 2), (3, 4, 5)]


def test_keeps_the_range_of_amounts():
    found = only(lines(["2026-03-06", "2026-04-06", "2026-05-06"], ["-80.00", "-95.00", "-70.00"]))
    assert (found.amount_low, found.amount, found.amount_high) == (
        Decimal("-70.00"),
        Decimal("-80.00"),
        Decimal("-95.00"),
    )


def test_follows_an_amount_that_changed_and_stayed():
    days = ["2026-01-06", "2026-02-06", "2026-03-06", "2026-04-06"]
    assert only(lines(days, ["-80.00", "-80.00", "-88.00", "-88.00"])).amount == Decimal("-88.00")


@pytest.mark.parametrize(
    ("days", "amounts", "category"),
    [
        (["2026-04-03", "2026-05-08", "2026-06-05"], ["-41.18", "-52.77", "-33.35"], "groceries"),
        (["2026-04-03", "2026-05-04"], ["-20.00", "-20.00"], "groceries"),
        (["2026-04-25", "2026-05-25", "2026-06-25"], ["-100.00"] * 3, "cash_withdrawal"),
        (["2026-04-25", "2026-05-25", "2026-06-25"], ["40.00"] * 3, "returned_payment"),
        (["2026-04-01", "2026-04-12"], ["-50.00", "-50.00"], "energy"),
        (["2026-04-01"], ["-50.00"], "energy"),
    ],
)
def test_proposes_nothing_for_what_only_comes_back(days, amounts, category):
    assert streams(lines(days, amounts, category)) == []


def test_never_mixes_counterparties_or_directions():
    days = ["2026-01-20", "2026-02-20", "2026-03-20"]
    found = streams(lines(days) + lines(days, counterparty="b") + lines(days, "50.00"))
    assert len(found) == 3


def test_is_surer_the_longer_it_saw_a_stream():
    days = ["2026-01-20", "2026-02-20", "2026-03-20", "2026-04-20"]
    sure = [only(lines(days[:seen])).confidence for seen in (2, 3, 4)]
    assert sure == sorted(sure)
    assert sure[-1] > 0.95


@given(st.integers(1, 28), st.integers(3, 12), st.integers(0, 11))
def test_foresees_any_day_of_the_month(day, count, start):
    months = [divmod(start + number, 12) for number in range(count + 1)]
    days = [date(2026 + year, month + 1, min(day, monthrange(2026 + year, month + 1)[1])) for year, month in months]
    history = [HistoryLine(each, Decimal("-50.00"), "a", "rent") for each in days[:-1]]
    found = only(history)
    assert found.rhythm == MONTHLY
    assert abs((found.next_expected - days[-1]).days) <= 3


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-5000, 5000)), max_size=25))
def test_uses_every_line_at_most_once_and_in_order(found):
    history = [
        HistoryLine(date(2026, 1, 1) + timedelta(days=day), Decimal(cents) / 100, "a", "rent") for day, cents in found
    ]
    used = [place for stream in streams(history) for place in stream.lines]
    assert len(used) == len(set(used))
    for stream in streams(history):
        days = [history[place].day for place in stream.lines]
        assert days == sorted(days)
        assert stream.next_expected > days[0]
        assert abs(stream.amount_low) <= abs(stream.amount) <= abs(stream.amount_high)
