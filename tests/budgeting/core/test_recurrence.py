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


@pytest.mark.parametrize(
    ("days", "amounts", "category"),
    [
        # Two lines: of one amount, or nearly.
        (["2026-04-01", "2026-05-01"], ["-50.00", "-50.00"], "rent"),
        (["2026-04-01", "2026-05-01"], ["-65.00", "-100.00"], "rent"),
        # What is bought: a month apart and of one amount.
        (["2026-04-01", "2026-05-01"], ["-50.00", "-50.00"], "education"),
        (["2026-04-01", "2026-05-01", "2026-06-01"], ["-20.00"] * 3, "groceries"),
        (["2026-01-01", "2026-04-01"], ["-50.00", "-50.00"], "insurance"),
        (["2026-01-01", "2026-04-01", "2026-07-01"], ["-50.00"] * 3, "water"),
    ],
)
def test_believes_what_keeps_its_day_and_its_amount(days, amounts, category):
    assert only(lines(days, amounts, category)).seen == len(days)


@pytest.mark.parametrize(
    ("days", "amounts", "category"),
    [
        (["2026-04-01", "2026-05-01"], ["-64.99", "-100.00"], "rent"),
        (["2026-04-01", "2026-05-01"], ["-50.00", "-50.01"], "education"),
        (["2026-01-01", "2026-04-01"], ["-50.00", "-50.00"], "education"),
        (["2026-01-01", "2026-04-01", "2026-07-01"], ["-20.00"] * 3, "telecom"),
        (["2026-04-01", "2026-04-08"], ["-50.00", "-50.00"], "rent"),
    ],
)
def test_believes_no_coincidence(days, amounts, category):
    assert streams(lines(days, amounts, category)) == []


def test_believes_a_mandate_where_shopping_is_not_believed():
    days = [date(2026, 4, 3), date(2026, 5, 8), date(2026, 6, 5)]
    amounts = ["-41.18", "-52.77", "-33.35"]
    history = [
        HistoryLine(day, Decimal(amount), "a", "leisure", mandate=True)
        for day, amount in zip(days, amounts, strict=True)
    ]
    assert only(history).seen == 3


@pytest.mark.parametrize(
    ("second", "rhythm"),
    [
        ("2026-01-14", WEEKLY), ("2026-01-12", WEEKLY), ("2026-01-17", WEEKLY),
        ("2026-02-04", FOUR_WEEKLY), ("2026-02-02", FOUR_WEEKLY),
    ],
)  # fmt: skip
def test_lets_a_weekly_payment_be_two_days_off(second, rhythm):
    first = date(2026, 1, 7)
    last = date.fromisoformat(second)
    step = timedelta(days=7 * rhythm.every)
    off = last - first - step
    days = [first, last, *(last + step * number for number in range(1, 4))]
    found = streams([HistoryLine(day, Decimal("-50.00"), "a", "energy") for day in days])
    assert [(one.rhythm, one.seen) for one in found] == [(rhythm, 5 if abs(off.days) <= 2 else 4)]


@pytest.mark.parametrize(
    ("days", "amounts", "sure"),
    [
        (["2026-01-20", "2026-02-20"], "-50.00", 0.8),
        (["2026-01-20", "2026-02-20", "2026-03-20"], "-50.00", 0.93),
        (["2026-01-20", "2026-02-20", "2026-03-20", "2026-04-20", "2026-05-20"], "-50.00", 0.99),
        (["2026-01-20", "2026-02-20", "2026-03-26"], "-50.00", 0.84),
        (["2026-01-20", "2026-02-20", "2026-03-20"], ["-100.00", "-80.00", "-100.00"], 0.86),
    ],
)
def test_is_as_sure_as_days_and_amounts_keep_together(days, amounts, sure):
    assert only(lines(days, amounts)).confidence == sure


def test_takes_an_amount_that_came_once_for_no_change():
    days = ["2026-01-06", "2026-02-06", "2026-03-06", "2026-04-06"]
    assert only(lines(days, ["-80.00", "-90.00", "-90.00", "-85.00"])).amount == Decimal("-90.00")
    assert only(lines(days, ["-70.00", "-80.00", "-85.00", "-80.00"])).amount == Decimal("-80.00")


@pytest.mark.parametrize(("category", "amounts"), [("wages", ["100.00", "45.00"]), ("insurance", ["100.00", "60.00"])])
def test_lets_amounts_swing_as_far_as_their_kind_does(category, amounts):
    days = ["2026-01-06", "2026-02-06", "2026-03-06", "2026-04-06"]
    whole = amounts + amounts
    assert only(lines(days, whole, category)).seen == 4
    further = [whole[0], str(Decimal(whole[1]) - Decimal("0.01"))] * 2
    assert [one.seen for one in streams(lines(days, further, category))] != [4]


def test_names_whose_stream_it_is_and_puts_the_surest_first():
    certain = lines(["2026-01-20", "2026-02-20", "2026-03-20", "2026-04-20"], "-50.00", "rent", "landlord")
    less = lines(["2026-01-06", "2026-02-06"], "-20.00", "insurance", "insurer")
    assert [(one.counterparty, one.category) for one in streams(less + certain)] == [
        ("landlord", "rent"),
        ("insurer", "insurance"),
    ]


def test_finds_a_stream_in_lines_that_come_in_no_order():
    days = ["2026-03-20", "2026-01-20", "2026-04-20", "2026-02-20"]
    assert only(lines(days)).lines == (1, 3, 0, 2)


@pytest.mark.parametrize(
    ("days", "on", "coming"),
    [
        # A Thursday for a Friday once: the next is a Friday.
        (["2026-01-09", "2026-01-16", "2026-01-23", "2026-01-29"], {"weekday": 5}, "2026-02-06"),
        (["2026-01-05", "2026-01-12", "2026-01-20"], {"weekday": 1}, "2026-01-26"),
        (["2026-01-02", "2026-02-02", "2026-03-02"], {"day": 2}, "2026-04-02"),
        (["2026-01-01", "2026-02-01", "2026-03-01"], {"day": 1}, "2026-04-01"),
        (["2026-01-30", "2026-03-02", "2026-03-30", "2026-04-30"], {"day": -1}, "2026-05-30"),
        (["2026-01-06", "2026-02-10", "2026-03-10"], {"day": 10}, "2026-04-10"),
        (["2026-01-26", "2026-02-23", "2026-03-30", "2026-04-27"], {"week": -1, "weekday": 1}, "2026-05-26"),
    ],
)
def test_names_the_nominal_day(days, on, coming):
    found = only(lines(days))
    assert (found.on, found.next_expected) == (on, date.fromisoformat(coming))


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
