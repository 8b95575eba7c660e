"""The house holds its outlook and its alarm against what really came, and against simply saying "as last month"."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.backtest import Household, IncomeStream, TooLittleHistory, alarms, auc, cases, figures
from budgeting.core.outlook import Due
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
