"""The house pays everything within the limit, and skips nobody silently beyond it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.core.shortage import DEFAULT_ORDER, Due, Means, NotACharge, Source, decide

ON = date(2026, 11, 30)
CATEGORIES = ["rent", "energy", "district_heating", "water", "health_insurance", "debt_repayment", "telecom"]


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


amounts = st.integers(0, 200_000).map(lambda cents: Decimal(cents).scaleb(-2))
means = st.builds(Means, st.integers(-50_000, 200_000).map(lambda cents: Decimal(cents).scaleb(-2)), amounts, amounts)
dues = st.lists(
    st.tuples(st.integers(1, 90_000), st.sampled_from(CATEGORIES), st.integers(1, 28)), min_size=1, max_size=8
).map(
    lambda lines: [
        Due(key, date(2026, 11, day), Decimal(cents).scaleb(-2), category)
        for key, (cents, category, day) in enumerate(lines)
    ]
)
RENT, ENERGY, PHONE = Due(1, ON, euro(600), "rent"), Due(2, ON, euro(150), "energy"), Due(3, ON, euro(40), "telecom")
HEALTH = Due(4, ON, euro(140), "health_insurance")


def codes(found):
    return [choice.code for choice in found.choices]


def paid(choice):
    return [line.due.key for line in choice.lines if line.is_paid]


def test_pays_everything_from_the_balance_when_it_is_there():
    found = decide(Means(euro(800)), [ENERGY, RENT, PHONE])
    assert (found.missing, codes(found), paid(found.proposed)) == (0, ["all"], [1, 2, 3])
    assert {line.source for line in found.proposed.lines} == {Source.BALANCE}
    assert (found.proposed.balance_after, found.proposed.advance_after) == (euro(10), 0)


def test_pays_everything_with_an_advance_within_the_limit():
    found = decide(Means(euro(650), euro(1500), euro(1360)), [PHONE, ENERGY, RENT])
    assert (found.missing, codes(found), paid(found.proposed)) == (0, ["all"], [1, 2, 3])
    assert [line.source for line in found.proposed.lines] == [Source.BALANCE, Source.BOTH, Source.ADVANCE]
    assert [line.from_advance for line in found.proposed.lines] == [0, euro(100), euro(40)]
    assert found.proposed.advance_after == euro(1500)


def test_proposes_in_the_towns_order_when_the_limit_is_not_enough():
    found = decide(Means(euro(600), euro(100)), [PHONE, HEALTH, ENERGY, RENT])
    assert found.missing == euro(230)
    assert paid(found.proposed) == [1, 3]
    rent, energy, health, phone = found.proposed.lines
    assert (rent.source, rent.rank) == (Source.BALANCE, 1)
    assert (energy.source, energy.missing, energy.consequence) == (
        Source.DOES_NOT_FIT,
        euro(50),
        "reminders_then_cut_off",
    )
    assert (health.source, health.missing, health.consequence) == (
        Source.DOES_NOT_FIT,
        euro(40),
        "surcharge_after_six_months",
    )
    assert (phone.source, phone.rank, phone.from_advance) == (Source.ADVANCE, len(DEFAULT_ORDER), euro(40))


def test_shows_what_each_other_choice_means():
    found = decide(Means(euro(600), euro(100)), [PHONE, HEALTH, ENERGY, RENT], protected_living_money=euro(50))
    assert codes(found) == ["in_order", "strictly_in_order", "without_living_money", "over_the_limit"]
    in_order, strictly, without, over = found.choices
    assert (paid(in_order), in_order.living_money, in_order.advance_after) == ([1, 3], euro(50), euro(90))
    assert (paid(strictly), strictly.lines[3].source) == ([1], Source.AFTER_ONE_THAT_WAITS)
    assert (paid(without), without.living_money, without.advance_after) == ([1, 3], 0, euro(40))
    assert (paid(over), over.over_limit, over.advance_after) == ([1, 2, 4, 3], euro(230), euro(330))


def test_keeps_living_money_first_but_never_lends_it():
    found = decide(Means(euro(30), euro(100)), [RENT], protected_living_money=euro(80))
    assert found.proposed.living_money == euro(30)
    assert found.proposed.advance_after == 0


def test_keeps_living_money_where_the_town_puts_it():
    order = (("rent",), ("living_money",), ("energy",))
    found = decide(Means(euro(700)), [RENT, ENERGY], protected_living_money=euro(80), order=order)
    assert paid(found.proposed) == [1]
    assert (found.proposed.living_money, found.proposed.balance_after) == (euro(80), euro(20))
    last = decide(
        Means(euro(700)), [RENT, ENERGY, HEALTH], protected_living_money=euro(999), order=(("rent",), ("energy",))
    )
    assert (paid(last.proposed), last.proposed.living_money) == ([1], euro(100))


def test_counts_a_negative_balance_as_lent():
    assert decide(Means(euro(-100), euro(250)), [ENERGY]).missing == 0
    assert decide(Means(euro(-101), euro(250)), [ENERGY]).missing == euro(1)


def test_takes_an_earlier_due_date_first_within_a_rank():
    early = Due(9, date(2026, 11, 3), euro(200), "rent")
    late = Due(8, date(2026, 11, 9), euro(150), "mortgage")
    assert paid(decide(Means(euro(250)), [late, early]).proposed) == [9]


@pytest.mark.parametrize("wrong", [Due(5, ON, euro(50), "living_money"), Due(5, ON, euro(0), "rent")])
def test_refuses_what_is_no_charge(wrong):
    with pytest.raises(NotACharge, match="5"):
        decide(Means(euro(10)), [wrong])


def test_has_nothing_to_decide_without_charges():
    assert decide(Means(euro(-10)), []).proposed.lines == ()


@given(means, dues, amounts)
def test_names_every_charge_in_every_choice_once(there, charges, keep):
    for choice in decide(there, charges, protected_living_money=keep).choices:
        assert sorted(line.due.key for line in choice.lines) == [due.key for due in charges]
        assert all(line.is_paid or line.consequence for line in choice.lines)


@given(means, dues, amounts)
def test_pays_all_exactly_when_the_limit_allows(there, charges, keep):
    found = decide(there, charges, protected_living_money=keep)
    room = max(there.advance_limit - there.advance_used + min(there.balance, 0), 0)
    need = sum(due.amount for due in charges)
    assert found.missing == max(need - max(there.balance, 0) - room, 0)
    assert (codes(found) == ["all"]) == (found.missing == 0)
    assert (len(paid(found.proposed)) == len(charges)) == (found.missing == 0)


@given(means, dues, amounts)
def test_spends_no_cent_that_is_not_there_and_loses_none(there, charges, keep):
    for choice in decide(there, charges, protected_living_money=keep).choices:
        own = sum(line.from_balance for line in choice.lines)
        lent = sum(line.from_advance for line in choice.lines)
        assert own + choice.living_money + choice.balance_after == there.balance
        assert choice.advance_after == there.advance_used + lent
        assert choice.balance_after >= min(there.balance, 0)
        assert lent <= there.free_advance + choice.over_limit
        assert choice.living_money <= min(keep, max(there.balance, 0))
        for line in choice.lines:
            whole = line.due.amount if line.is_paid else 0
            assert line.from_balance + line.from_advance == whole
            assert (line.missing > 0) == (line.source is Source.DOES_NOT_FIT)


@given(means, dues, amounts)
def test_lets_no_charge_wait_for_which_there_was_money_when_its_turn_came(there, charges, keep):
    found = decide(there, charges, protected_living_money=keep)
    choice = found.proposed
    left = max(there.balance, 0) - choice.living_money + there.free_advance
    ranks = [line.rank for line in choice.lines]
    assert ranks == sorted(ranks)
    for line in choice.lines:
        if line.is_paid:
            left -= line.due.amount
        else:
            assert line.missing == line.due.amount - left > 0
    assert left >= 0


@given(means, dues, amounts)
def test_offers_each_choice_once(there, charges, keep):
    found = decide(there, charges, protected_living_money=keep)
    meanings = [
        (tuple(line.is_paid for line in choice.lines), choice.living_money, choice.advance_after)
        for choice in found.choices
    ]
    assert len(set(meanings)) == len(meanings)
    assert found.missing == 0 or found.choices[-1].over_limit == found.missing
