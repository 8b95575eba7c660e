"""The house holds its outlook and its alarm against what really came, and against simply saying "as last month"."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.backtest import (
    Case,
    Figures,
    Household,
    IncomeStream,
    TooLittleHistory,
    alarms,
    auc,
    cases,
    figures,
)
from budgeting.core.outlook import Basis, Due, Outlook, Replay
from budgeting.core.replay import Received, moved

START, UNTIL = date(2026, 1, 1), date(2027, 1, 1)
MONTHS = [moved(START, months=number) for number in range(12)]


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


def household(key, pay_day, *, amounts=(1000,) * 12, rent=600):
    income = tuple(
        Received(month + timedelta(pay_day - 1), euro(amount), "wage")
        for month, amount in zip(MONTHS, amounts, strict=True)
        if amount
    )
    return Household(key, START, UNTIL, income, tuple(Due(month, euro(rent), "rent") for month in MONTHS))


def test_stands_every_fortnight_where_enough_is_known_before_and_after():
    found = list(cases(household("a", 20), weeks=4))

    days = [case.foreseen.on for case in found]
    assert days[0] == date(2026, 5, 1)
    assert {later - earlier for earlier, later in pairwise(days)} <= {timedelta(14), timedelta(28)}
    assert days[-1] + timedelta(28) <= UNTIL
    assert all(case.charges == euro(600) for case in found)


def test_knows_what_was_needed_and_what_last_month_would_have_said():
    late = household("late", 20)  # the rent comes before the wage, but for who stands after it
    first = next(iter(cases(late, weeks=4)))
    assert (first.need, first.last_month, first.is_short) == (euro(600), euro(600), True)
    assert (first.income, first.last_months_income) == (euro(1000), euro(1000))
    second = list(cases(late, weeks=4))[1]
    assert (second.foreseen.on, second.need, second.is_short) == (date(2026, 5, 15), euro(0), False)


def test_sees_nothing_of_what_is_still_to_come():
    told = list(cases(household("a", 20), weeks=4))
    amounts = (*(1000,) * 7, *(1,) * 5)  # from August on all is lost
    lost = list(cases(household("a", 20, amounts=amounts), weeks=4))

    before = [case.foreseen for case in told if case.foreseen.on < date(2026, 8, 20)]
    assert before == [case.foreseen for case in lost if case.foreseen.on < date(2026, 8, 20)]
    assert len(before) > 5


def test_beats_last_month_where_months_differ():
    # Last month is wrong about every other month of the odd one; half a year knows that it does not know.
    steady = [household("never short", 1), household("always short", 1, amounts=(100,) * 12)]
    odd = household("odd", 1, amounts=(1000, 100) * 6)

    found = figures((case for one in (*steady, odd) for case in cases(one, weeks=4)), weeks=4)

    assert found.wins
    assert found.auc > found.auc_last_month
    assert found.brier < found.brier_last_month
    assert sum(number for _, number, _ in found.by_share) == found.cases
    assert sum(number for _, _, number in found.by_share) == found.short


def test_says_that_there_is_too_little_to_judge_by():
    young = Household("young", date(2026, 10, 1), UNTIL, (), (Due(date(2026, 12, 1), euro(600), "rent"),))
    assert list(cases(young, weeks=4)) == []
    with pytest.raises(TooLittleHistory):
        figures([], weeks=4)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_counts_an_auc_as_pairs_won(scored):
    pairs = [((Fraction(score), Fraction(0)), is_so) for score, is_so in scored]
    up, down = [s for s, is_so in scored if is_so], [s for s, is_so in scored if not is_so]
    if not up or not down:
        assert auc(pairs) is None
        return
    won = sum((Fraction(high > low) + Fraction(high == low, 2) for high in up for low in down), Fraction(0))
    assert auc(pairs) == won / (len(up) * len(down))


def stream(*paid, payer="p"):
    dues = tuple(month + timedelta(19) for month in MONTHS)
    return IncomeStream(f"s {paid} {payer}", payer, dues, tuple(map(date.fromisoformat, paid)), 28)


def alarmed(*streams):
    return alarms([Household("h", START, UNTIL, (), (), streams)])


def on_time(*, but=()):
    return [f"2026-{month:02d}-20" for month in range(1, 13) if month not in but]


def test_alarms_once_a_month_for_what_stays_away_and_is_right():
    found = alarmed(stream(*on_time(but=(9,))))
    assert (found.stream_months, found.alarmed, found.right, found.absent) == (8, 1, 1, 1)


def test_is_wrong_about_what_comes_late_until_the_payer_is_known_for_it():
    late = stream(*on_time(but=(7, 10)), "2026-07-28", "2026-10-28")
    late = stream(*sorted(day.isoformat() for day in late.paid))
    found = alarmed(late)
    assert (found.alarmed, found.right, found.absent) == (1, 0, 0)
    assert alarmed(late, stream(*sorted([*on_time(but=(6,)), "2026-06-28"]))).alarmed == 1
    other = stream(*sorted([*on_time(but=(6,)), "2026-06-28"]), payer="another")
    assert alarmed(late, other).alarmed == 2


def standing(until, *, weeks=4, income=(), charges=()):
    """The cases of a household known since New Year, of which the first day to stand on is 1 May."""
    received = tuple(Received(date.fromisoformat(on), euro(amount), "wage") for on, amount in income)
    due = tuple(Due(date.fromisoformat(on), euro(amount), "rent") for on, amount in charges)
    return list(cases(Household("h", START, date.fromisoformat(until), received, due), weeks=weeks))


@pytest.mark.parametrize(
    ("weeks", "until", "days"),
    [
        (4, "2026-05-28", []),
        (4, "2026-05-29", ["2026-05-01"]),
        (4, "2026-06-11", ["2026-05-01"]),
        (4, "2026-06-12", ["2026-05-01", "2026-05-15"]),
        (8, "2026-06-25", []),
        (8, "2026-06-26", ["2026-05-01"]),
    ],
)
def test_stands_on_a_day_only_when_all_the_weeks_after_it_are_known(weeks, until, days):
    charges = [("2026-05-01", 600), ("2026-05-20", 5)]
    assert [str(case.foreseen.on) for case in standing(until, weeks=weeks, charges=charges)] == days


def test_counts_the_charges_from_the_day_itself_until_before_the_last():
    charges = [("2026-04-30", 1), ("2026-05-01", 10), ("2026-05-28", 100), ("2026-05-29", 1000), ("2026-06-26", 10000)]

    (four,) = standing("2026-05-29", charges=charges)
    assert (four.charges, four.need) == (euro(110), euro(110))
    (eight,) = standing("2026-06-26", weeks=8, charges=charges)
    assert (eight.charges, eight.need) == (euro(110), euro(1110))  # a quarter is of four weeks, whatever the horizon
    assert [replay.need for replay in eight.foreseen.replays] == [euro(1110)] * 4


def test_counts_what_came_in_from_the_day_itself_until_before_the_last():
    income = [("2026-04-30", 1), ("2026-05-01", 10), ("2026-05-28", 100), ("2026-05-29", 1000)]
    (case,) = standing("2026-05-29", income=income, charges=[("2026-05-28", 600)])
    assert (case.income, case.need) == (euro(110), euro(490))


def test_knows_of_a_household_without_any_income_that_nothing_came():
    (case,) = standing("2026-05-29", charges=[("2026-05-28", 600)])
    assert [str(sum_) for sum_ in (case.income, case.last_months_income, case.need)] == ["0.00", "0.00", "600.00"]
    assert (case.last_month, case.is_short, case.last_month_says_so) == (euro(600), True, True)


def test_adds_up_all_that_comes_and_goes_on_one_day():
    income, charges = [("2026-05-10", 200), ("2026-05-10", 300)], [("2026-05-10", 450), ("2026-05-10", 60)]
    (case,) = standing("2026-05-29", income=income, charges=charges)
    assert case.need == euro(10)


@pytest.mark.parametrize(
    ("weeks", "came_on", "again"),
    [
        (4, "2026-03-31", 0),
        (4, "2026-04-01", 7),  # comes again on the day itself
        (4, "2026-04-28", 7),
        (4, "2026-04-29", 0),  # comes again on the first day after the weeks
        (4, "2026-05-01", 0),
        (8, "2026-04-10", 14),
        (8, "2026-04-30", 7),
        (8, "2026-05-01", 0),
        (13, "2026-04-10", 21),
        (13, "2026-04-30", 21),
    ],
)
def test_takes_last_month_for_the_month_before_the_day_again_and_again(weeks, came_on, again):
    until = (date(2026, 5, 1) + timedelta(7 * weeks)).isoformat()
    (case,) = standing(until, weeks=weeks, income=[(came_on, 7)], charges=[("2026-05-02", 1)])
    assert case.last_months_income == euro(again)


def judged(*, shares, need, charges=600, says=0, reserve=0, came, expected, last, lacked=0):
    """A case by hand: in `shares` (so many of so many) months short, `need` and `came` as it went, euro."""
    over, months = shares
    incomes = [*[0] * (months // 2), expected, *[9000] * months][:months]  # the middle one is what is expected
    replays = tuple(Replay(back, euro(sum_), euro(lacked), None, euro(0)) for back, sum_ in enumerate(incomes, 1))
    foreseen = Outlook(START, UNTIL, Basis.HISTORY, replays, over, over, 0, euro(reserve), (), None)
    return Case(foreseen, euro(charges), euro(says), euro(last), euro(need), euro(came))


RIGHT = judged(shares=(4, 4), need=600, says=600, reserve=600, came=1000, expected=1000, last=900)
CALM = judged(shares=(1, 4), need=0, says=600, came=1000, expected=800, last=1000)
LOOK = judged(shares=(2, 4), need=100, reserve=100, came=1000, expected=1100, last=1000)
MISSED = judged(shares=(0, 4), need=200, came=500, expected=500, last=500)
SMALL = judged(shares=(2, 4), need=100, charges=100, says=30, reserve=50, came=500, expected=500, last=0, lacked=50)
WRONG = judged(shares=(4, 4), need=0, charges=1000, says=200, reserve=10, came=500, expected=500, last=650)
JUDGED = [RIGHT, CALM, LOOK, MISSED, SMALL, WRONG]


def test_calls_short_what_lacks_more_than_a_quarter():
    assert [case.is_short for case in JUDGED] == [True, False, False, True, True, False]
    assert [case.last_month_says_so for case in JUDGED] == [True, True, False, False, True, False]
    edge = {"shares": (0, 4), "came": 0, "expected": 0, "last": 0}
    assert not judged(need=150, says=150, **edge).is_short
    assert not judged(need=150, says=150, **edge).last_month_says_so
    assert judged(need="150.01", says="150.01", **edge).is_short
    assert judged(need="150.01", says="150.01", **edge).last_month_says_so


def test_tells_all_figures_of_six_cases_exactly():
    assert figures(JUDGED, weeks=8) == Figures(
        weeks=8,
        cases=6,
        short=3,
        auc=Fraction(1, 2),  # 4.5 of 9 pairs: one tie, and the missed one below all
        auc_last_month=Fraction(5, 9),
        brier=Fraction(41, 96),
        brier_last_month=Fraction(1, 3),
        precision=Fraction(1, 2),
        recall=Fraction(2, 3),
        reserve_enough=Fraction(2, 3),
        income_error=Fraction(1, 15),
        income_error_last_month=Fraction(1, 6),
        by_share=(
            (Fraction(0), 1, 1),
            (Fraction(1, 4), 1, 0),
            (Fraction(1, 2), 2, 1),
            (Fraction(1), 2, 1),
        ),
    )


def test_wins_only_where_it_is_at_least_as_good_as_last_month():
    assert not figures(JUDGED, weeks=8).wins
    assert figures([RIGHT, MISSED, LOOK], weeks=8).wins is False
    assert figures([RIGHT, LOOK], weeks=8).wins
    assert not figures([RIGHT], weeks=8).wins
    assert not figures([LOOK], weeks=8).wins


def test_says_nothing_of_what_never_happened():
    calm = figures([CALM], weeks=4)
    assert (calm.precision, calm.recall, calm.auc, calm.auc_last_month) == (None, None, None, None)
    missed = figures([MISSED], weeks=4)
    assert (missed.precision, missed.recall) == (None, Fraction(0))
    wrong = figures([WRONG], weeks=4)
    assert (wrong.precision, wrong.recall) == (Fraction(0), None)


def test_tells_an_error_of_income_in_cents_where_none_came():
    nothing = judged(shares=(0, 4), need=0, came=0, expected="0.02", last=0)
    found = figures([nothing], weeks=4)
    assert (found.income_error, found.income_error_last_month) == (Fraction(2), Fraction(0))


def due_on(day_, *, paid, payer="p", number=""):
    return IncomeStream(f"{day_}{number}", payer, (date.fromisoformat(day_),), tuple(map(date.fromisoformat, paid)), 28)


@pytest.mark.parametrize(
    ("due", "judged_months"), [("2026-04-30", 0), ("2026-05-01", 1), ("2026-05-02", 1), ("2026-12-31", 1)]
)
def test_judges_nobody_in_the_first_four_months(due, judged_months):
    found = alarmed(due_on(due, paid=[]))
    assert (found.stream_months, found.alarmed, found.absent) == (judged_months,) * 3


@pytest.mark.parametrize(
    ("paid", "alarm"), [("2026-06-10", 0), ("2026-06-08", 0), ("2026-06-13", 0), ("2026-06-14", 1), ("2026-06-15", 1)]
)
def test_waits_three_days_for_a_payer_of_whom_nothing_is_known(paid, alarm):
    found = alarmed(due_on("2026-06-10", paid=[paid]))
    assert (found.stream_months, found.alarmed, found.right, found.absent) == (1, alarm, 0, 0)


@pytest.mark.parametrize(("paid", "missed"), [("2026-06-05", 0), ("2026-06-04", 1)])
def test_takes_money_for_a_due_day_up_to_five_days_before_it(paid, missed):
    found = alarmed(due_on("2026-06-10", paid=[paid]))
    assert (found.alarmed, found.right, found.absent) == (missed,) * 3


def test_counts_every_month_in_which_money_stayed_away():
    found = alarmed(stream(*on_time(but=(7, 9, 10))))
    assert (found.stream_months, found.alarmed, found.right, found.absent) == (8, 3, 3, 3)


@pytest.mark.parametrize(("late_until", "alarms_raised"), [("2026-06-04", 1), ("2026-06-05", 2), ("2026-06-06", 2)])
def test_knows_a_payer_only_by_what_it_did_before_the_due_day(late_until, alarms_raised):
    first = due_on("2026-05-25", paid=[late_until])
    second = due_on("2026-06-05", paid=["2026-06-12"])
    assert alarmed(first, second).alarmed == alarms_raised
