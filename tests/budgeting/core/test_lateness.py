"""The house knows for which month money came, and gives a payer the time that payer is used to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.lateness import LATEST, Payers, assigned, habit

MONTHS = [date(2026, month, 20) for month in (9, 10, 11)]


@pytest.mark.parametrize(
    ("paid", "for_due"),
    [
        (["2026-09-20", "2026-10-19", "2026-11-23"], [0, 1, 2]),
        (["2026-09-20", "2026-11-03", "2026-11-20"], [0, 1, 2]),  # two weeks late
        (["2026-09-20", "2026-09-21"], [0, 0]),  # twice
        (["2026-10-19"], [1]),  # September stayed away: October is October
        (["2026-01-05"], [None]),
    ],
)
def test_knows_for_which_month_money_came(paid, for_due):
    days = [date.fromisoformat(text) for text in paid]
    assert assigned(MONTHS, days, window=5) == [None if place is None else MONTHS[place] for place in for_due]


def test_takes_what_is_too_late_to_be_late_for_nothing():
    assert assigned(MONTHS[:1], [MONTHS[0] + LATEST], window=5) == [MONTHS[0]]
    assert assigned(MONTHS[:1], [MONTHS[0] + LATEST + timedelta(days=1)], window=5) == [None]


@pytest.mark.parametrize(
    ("lateness", "turn", "days"),
    [
        ([], 28, 0),
        ([-2, 0, 3, 2], 28, 3),
        ([-2, 0, 4, 2], 28, 6),
        ([5], 28, 8),
        ([19, 3], 28, 3),  # more than two thirds of a turn is no habit
        ([18], 28, 18),
        ([5], 7, 0),
        ([3], 7, 3),
        ([4], 7, 4),
        ([25, 21], 90, 21),
    ],
)
def test_gives_a_payer_half_again_of_the_latest_so_far(lateness, turn, days):
    assert habit(lateness, turn=turn) == days


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=12), st.integers(0, 10))
def test_names_only_due_days_and_none_of_them_before_their_money(days, window):
    found = assigned(MONTHS, sorted(days), window=window)
    assert len(found) == len(days)
    for due, paid in zip(found, sorted(days), strict=True):
        assert due is None or due in MONTHS
        assert due is None or paid >= due - timedelta(days=window)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.dates(date(2026, 1, 1), date(2026, 2, 20)), st.integers(-5, 45))),
    st.dates(date(2026, 1, 1), date(2026, 3, 1)),
    st.integers(7, 365),
)
def test_knows_of_each_payer_what_was_seen_before_a_day_and_nothing_after(told, day, turn):
    payers = Payers()
    for payer, due, days in told:
        payers.tell(payer, [(due, days)])

    for payer in "abc":
        seen = [days for who, due, days in told if who == payer and due < day]
        assert payers.habit(payer, before=day, turn=turn) == habit(seen, turn=turn)
        assert payers.habit(payer, before=day, turn=turn) == habit(
            seen, turn=turn
        )  # asked again, as often as one likes
