"""The house says in how many of the last months the coming charges would have been covered, and on which day not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.outlook import Basis, Cautious, Due, NoSuchHorizon, Why, cautious, may_want_a_look, outlook
from budgeting.core.replay import Coming, Received, moved

ON = date(2026, 11, 25)
LONG_AGO = date(2025, 1, 1)


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


def day(text):
    return date.fromisoformat(text)


def monthly(first, amount, source="benefit", times=7):
    return [Received(moved(day(first), months=number), euro(amount), source) for number in range(times)]


def seen(**changes):
    usual = {
        "on": ON,
        "weeks": 4,
        "balance": euro(0),
        "charges": [Due(day("2026-12-01"), euro(600), "rent"), Due(day("2026-12-01"), euro(30), "water")],
        "history": monthly("2026-05-20", 1000),
        "known_since": LONG_AGO,
    }
    return outlook(**{**usual, **changes})


def test_counts_in_how_many_months_the_advance_was_needed_and_says_why():
    found = seen()
    assert (found.basis, found.months, found.advance_needed) == (Basis.HISTORY, 6, 6)
    assert (found.over_a_quarter, found.income_too_low, found.reserve) == (6, 0, euro(630))
    assert found.wants_a_look
    first = found.first_short
    assert (first.on, first.why, first.charge.name, first.missing) == (
        day("2026-12-01"),
        Why.BEFORE_INCOME,
        "rent",
        euro(630),
    )
    assert first.next_income == day("2026-12-20")


def test_is_calm_when_the_income_comes_first():
    found = seen(history=monthly("2026-05-28", 1000, times=6))
    assert (found.advance_needed, found.over_a_quarter, found.reserve, found.first_short) == (0, 0, 0, None)
    assert not found.wants_a_look
    assert found.replays[0].left == euro(370)


def test_counts_only_the_months_in_which_pay_was_low():
    history = [*monthly("2026-05-28", 1000, times=4), *monthly("2026-09-28", 400, times=2)]
    found = seen(history=history)
    assert [replay.need for replay in found.replays] == [euro(230)] * 2 + [0] * 4
    assert (found.advance_needed, found.over_a_quarter, found.income_too_low) == (2, 2, 2)
    assert found.first_short.why is Why.INCOME_TOO_LOW
    assert found.wants_a_look
    assert (found.days[-1].low, found.days[-1].expected, found.days[-1].high) == (euro(-230), euro(370), euro(370))


def test_says_that_money_is_short_already():
    assert seen(balance=euro(-5)).first_short.why is Why.SHORT_ALREADY
    assert seen(balance=euro(-5)).first_short.on == ON
    assert seen(balance=euro(-5)).first_short.charge is None


def test_lets_agreements_speak_before_two_months_are_known():
    agreed = [
        Coming(day("2026-11-30"), euro(700)),
        Coming(day("2026-11-01"), euro(9)),
        Coming(day("2027-11-30"), euro(9)),
    ]
    found = seen(known_since=day("2026-10-01"), agreed=agreed)
    assert (found.basis, found.months, found.advance_needed) == (Basis.AGREEMENTS, 1, 0)
    assert found.replays[0].income == euro(700)
    assert seen(known_since=day("2026-09-25"), agreed=agreed).basis is Basis.HISTORY
    edges = [Coming(ON, euro(1)), Coming(ON + timedelta(28), euro(2))]
    assert seen(known_since=ON, agreed=edges).replays[0].income == euro(1)


def test_foresees_a_shortage_where_nothing_is_known_to_come():
    found = seen(history=[], known_since=ON)
    assert (found.advance_needed, found.first_short.why, found.first_short.next_income) == (1, Why.INCOME_TOO_LOW, None)


def test_takes_a_shortage_for_good_in_half_of_the_cases_for_one_of_days():
    history = [*monthly("2026-05-05", 100, "a"), *monthly("2026-10-05", 900, "b", times=1)]
    found = seen(history=history, known_since=moved(ON, days=-20, months=-2))
    assert [replay.left < 0 for replay in found.replays] == [True, False]
    assert found.first_short.why is Why.BEFORE_INCOME


def test_takes_money_that_just_suffices_in_the_end_for_rhythm_alone():
    found = seen(history=monthly("2026-05-10", 630))
    assert {replay.left for replay in found.replays} == {0}
    assert found.first_short.why is Why.BEFORE_INCOME


def test_names_the_first_income_after_the_short_day():
    history = [*monthly("2026-05-27", 50, "a"), *monthly("2026-05-10", 300, "b"), *monthly("2026-05-15", 500, "c")]
    assert seen(history=history).first_short.next_income == day("2026-12-10")
    later_elsewhere = [*monthly("2026-05-15", 500, "c"), *monthly("2026-10-10", 100, "b", times=2)]
    assert seen(history=later_elsewhere).first_short.next_income == day("2026-12-10")


def test_measures_a_quarter_by_the_charges_of_four_weeks_only():
    charges = [Due(day("2026-12-01"), euro(100), "rent"), Due(ON + timedelta(28), euro(9000), "later")]
    found = seen(charges=charges, weeks=8, history=monthly("2026-05-10", 20000))
    assert [replay.need for replay in found.replays] == [euro(100)] * 6
    assert found.over_a_quarter == 6


def test_reserves_and_ranges_by_four_of_five_months():
    low_to_high = [Received(moved(day("2026-06-28"), months=n), euro(100 * n + 100), "benefit") for n in range(5)]
    found = seen(history=low_to_high, known_since=moved(ON, days=-20, months=-5))
    assert sorted(replay.need for replay in found.replays) == [euro(130), euro(230), euro(330), euro(430), euro(530)]
    assert found.reserve == euro(430)
    last = found.days[-1]
    assert (last.low, last.expected, last.high) == (euro(-530), euro(-330), euro(-230))


def test_leaves_a_level_of_nothing_covered():
    exact = [Received(day("2026-10-28"), euro(630), "benefit"), Received(day("2026-09-28"), euro(630), "benefit")]
    found = seen(history=exact, known_since=moved(ON, months=-2))
    assert (found.advance_needed, found.income_too_low, found.first_short) == (0, 0, None)
    assert found.replays[0].left == 0


def test_looks_when_a_third_of_the_months_lacks_over_a_quarter():
    charges = [Due(day("2026-12-01"), euro(400), "rent"), Due(day("2026-12-23"), euro(1000), "next month")]
    for lack, times, wants in [(100, 2, False), ("100.01", 2, True), ("100.01", 1, False)]:
        full = monthly("2026-05-28", 400, times=6 - times)
        low = [Received(moved(day("2026-10-28"), months=-n), 400 - euro(lack), "benefit") for n in range(times)]
        assert seen(history=[*full, *low], charges=charges).wants_a_look is wants


def test_needs_no_advance_without_charges():
    found = seen(charges=[], history=[])
    assert (found.advance_needed, found.over_a_quarter, found.income_too_low) == (0, 0, 0)


@pytest.mark.parametrize("weeks", [0, -1, 27])
def test_refuses_a_horizon_it_cannot_see(weeks):
    with pytest.raises(NoSuchHorizon):
        seen(weeks=weeks)


def test_orders_residents_by_what_they_lack_on_average():
    assert seen().weight == euro(630)
    assert seen(balance=euro(1000)).weight == 0


@pytest.mark.parametrize(
    ("amounts", "late", "expected"),
    [
        ([], [], None),
        (["100"], [], Cautious(euro(100), 0)),
        (["90", "100", "80", "100", "100", "100"], [0, -2, 3, 1, 0, 0], Cautious(euro(90), 3)),
        (["1", "90", "100", "80", "100", "100", "100"], [9, 0, -2, -1, 0, 0, -3], Cautious(euro(90), 0)),
    ],
)
def test_counts_cautiously_on_a_payer(amounts, late, expected):
    assert cautious([euro(text) for text in amounts], late) == expected


histories = st.lists(
    st.builds(
        Received,
        st.integers(1, 300).map(lambda number: ON - timedelta(number)),
        st.integers(1, 200_000).map(lambda cents: Decimal(cents).scaleb(-2)),
        st.sampled_from("abc"),
    ),
    max_size=20,
)
charges = st.lists(
    st.builds(
        Due,
        st.integers(-5, 80).map(lambda number: ON + timedelta(number)),
        st.integers(1, 90_000).map(lambda cents: Decimal(cents).scaleb(-2)),
        st.sampled_from(["rent", "water"]),
    ),
    max_size=8,
)
balances = st.integers(-50_000, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))


@given(histories, charges, balances, st.integers(1, 8))
def test_tells_counts_ranges_and_days_that_agree_with_each_other(history, due, balance, weeks):
    found = seen(history=history, charges=due, balance=balance, weeks=weeks)
    assert len(found.days) == 7 * weeks
    assert [one.on for one in found.days] == [ON + timedelta(number) for number in range(7 * weeks)]
    assert all(one.low <= one.expected <= one.high for one in found.days)
    assert found.over_a_quarter <= found.advance_needed <= found.months == 6
    needs = sorted(replay.need for replay in found.replays)
    assert found.advance_needed == sum(need > 0 for need in needs)
    assert sum(need <= found.reserve for need in needs) * 5 >= 4 * len(needs)
    total = sum(one.amount for one in due if ON <= one.on < found.until)
    for replay in found.replays:
        assert replay.left == balance + replay.income - total
        assert (replay.first_short is None) == (replay.need == 0)
    assert (found.first_short is None) <= (found.advance_needed < 6)
    if found.first_short:
        assert found.first_short.missing > 0
        assert min(replay.first_short for replay in found.replays if replay.first_short) <= found.first_short.on


@given(histories, charges, balances, st.integers(1, 50_000))
def test_never_foresees_more_trouble_for_more_money(history, due, balance, more):
    before = seen(history=history, charges=due, balance=balance)
    after = seen(history=history, charges=due, balance=balance + Decimal(more).scaleb(-2))
    assert after.advance_needed <= before.advance_needed
    assert after.over_a_quarter <= before.over_a_quarter
    assert after.reserve <= before.reserve
    assert all(late.low >= early.low for early, late in zip(before.days, after.days, strict=True))


@given(histories, charges, balances, st.integers(1, 8))
def test_knows_without_any_history_who_has_enough_whatever_comes(history, due, balance, weeks):
    may = may_want_a_look(on=ON, weeks=weeks, balance=balance, charges=due)
    assert may is seen(history=[], charges=due, balance=balance, weeks=weeks).wants_a_look
    assert may or not seen(history=history, charges=due, balance=balance, weeks=weeks).wants_a_look
