"""The house shares out what is left, as equally as can be, and never at the cost of a charge."""

import os
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.core.remainder import TooMuch, fixed_remainder, most_payable, remainder, with_extra
from payments.core.scenario import Charge, Income, NotAScenario, Scenario
from tests.payments.core.fairest import TODAY, ceilings, cents, fairest, levels, made_up

SCENARIOS = int(os.environ.get("HHB_REMAINDER_SCENARIOS", "300"))
scenarios = st.integers(0, 2**32).map(made_up)
days = st.integers(0, 90).map(lambda number: TODAY + timedelta(number))
CENT = Decimal("0.01")


def euro(text):
    return Decimal(text).quantize(CENT)


def day(text):
    return date.fromisoformat(f"2026-{text}")


def amounts(found):
    return [str(payout.amount) for payout in found.payouts]


def paid(found):
    return [cents(payout.amount) for payout in found.payouts]


FRIDAYS = tuple(day(text) for text in ("11-27", "12-04", "12-11", "12-18"))


def test_pays_the_same_each_week_when_all_is_there():
    found = remainder(Scenario(TODAY, euro(400), FRIDAYS))
    assert amounts(found) == ["100.00"] * 4


def test_gives_the_odd_cents_to_the_last_payouts_of_a_stretch():
    assert amounts(remainder(Scenario(TODAY, euro("100.02"), FRIDAYS))) == ["25.00", "25.00", "25.01", "25.01"]


def test_counts_two_stretches_of_equal_payouts_as_one():
    scenario = Scenario(TODAY, euro("0.07"), FRIDAYS, income=(Income(day("12-11"), euro("0.07")),))
    assert amounts(remainder(scenario)) == ["0.03", "0.03", "0.04", "0.04"]


def test_holds_back_for_rent_that_comes_before_the_benefit_and_says_so():
    scenario = Scenario(
        TODAY,
        euro(700),
        FRIDAYS,
        income=(Income(day("12-08"), euro(1000)),),
        charges=(Charge(day("12-05"), euro(600), "rent"), Charge(day("12-05"), euro(20), "water")),
    )
    found = remainder(scenario)
    assert amounts(found) == ["40.00", "40.00", "500.00", "500.00"]
    assert [(one.pay_day, one.because, one.name) for one in found.binding] == [
        (FRIDAYS[0], day("12-05"), "rent"),
        (FRIDAYS[1], day("12-05"), "rent"),
        (FRIDAYS[2], day("12-18"), ""),
        (FRIDAYS[3], day("12-18"), ""),
    ]
    assert [one.charge.name if one.charge else None for one in found.binding] == ["rent", "rent", None, None]
    assert [one.next_income for one in found.binding] == [day("12-08"), day("12-08"), None, None]
    assert (found.lowest.on, found.lowest.balance) == (day("12-05"), euro(0))
    assert found.short == ()


def test_explains_a_low_pay_day_by_the_charge_before_it():
    scenario = Scenario(
        TODAY,
        euro(700),
        (day("12-04"),),
        income=(Income(day("12-08"), euro(1000)),),
        charges=(Charge(day("12-01"), euro(600), "rent"), Charge(day("12-03"), euro(20), "water")),
    )
    (why,) = remainder(scenario).binding
    assert (why.because, why.name, why.charge, why.next_income) == (day("12-04"), "", scenario.charges[0], day("12-08"))


def test_keeps_the_buffer():
    assert amounts(remainder(Scenario(TODAY, euro(400), FRIDAYS, buffer=euro(100)))) == ["75.00"] * 4


def test_pays_nothing_when_charges_are_larger_than_all_income():
    scenario = Scenario(
        TODAY,
        euro(500),
        FRIDAYS,
        charges=(Charge(day("12-01"), euro(600), "rent"), Charge(day("12-20"), euro(100), "energy")),
        advance_limit=euro(150),
        advance_used=euro(20),
    )
    found = remainder(scenario)
    assert amounts(found) == ["0.00"] * 4
    assert [(one.on, one.name, one.missing) for one in found.short] == [(day("12-20"), "energy", euro(70))]
    assert (found.lowest.on, found.lowest.balance) == (day("12-20"), euro(-200))


def test_lets_an_advance_carry_a_charge_but_no_payout():
    scenario = Scenario(
        TODAY,
        euro(100),
        FRIDAYS,
        income=(Income(day("12-10"), euro(400)),),
        charges=(Charge(day("12-01"), euro(200), "rent"),),
        advance_limit=euro(1500),
    )
    found = remainder(scenario)
    assert amounts(found) == ["0.00", "0.00", "150.00", "150.00"]
    assert found.short == ()
    assert (found.lowest.on, found.lowest.balance) == (day("12-01"), euro(-100))


def test_pays_again_after_a_low_that_an_advance_carries():
    scenario = Scenario(
        TODAY,
        euro(-50),
        FRIDAYS,
        income=(Income(day("12-02"), euro(150)),),
        charges=(),
    )
    assert amounts(remainder(scenario)) == ["0.00", "33.33", "33.33", "33.34"]


def test_names_each_short_charge_with_what_it_alone_lacks():
    charges = tuple(Charge(day("12-01"), euro(amount), name) for name, amount in [("a", 80), ("b", 50), ("c", 30)])
    found = remainder(Scenario(TODAY, euro(100), (), charges=charges, advance_limit=euro(10)))
    assert [(one.name, one.missing) for one in found.short] == [("b", euro(20)), ("c", euro(30))]
    deeper = remainder(Scenario(TODAY, euro(-40), (), charges=charges, advance_limit=euro(10), advance_used=euro(90)))
    assert [(one.name, one.missing) for one in deeper.short] == [("a", euro(80)), ("b", euro(50)), ("c", euro(30))]


def test_uses_income_of_the_same_day_for_a_charge():
    scenario = Scenario(
        TODAY, euro(0), (), (Income(day("12-01"), euro(50)),), (Charge(day("12-01"), euro(50), "rent"),)
    )
    assert remainder(scenario).short == ()


def test_answers_without_a_pay_day():
    found = remainder(Scenario(TODAY, euro(12), ()))
    assert (found.payouts, found.binding, found.short) == ((), (), ())
    assert (found.lowest.on, found.lowest.balance) == (TODAY, euro(12))


def test_orders_pay_days_that_come_unordered():
    found = remainder(Scenario(TODAY, euro(10), FRIDAYS[::-1]))
    assert [payout.on for payout in found.payouts] == list(FRIDAYS)


def test_answers_for_ten_years_ahead():
    weeks = tuple(TODAY + timedelta(7 * number) for number in range(520))
    months = [TODAY + timedelta(30 * number) for number in range(1, 120)]
    found = remainder(
        Scenario(
            TODAY,
            euro(1000),
            weeks,
            tuple(Income(month, euro(1500)) for month in months),
            tuple(Charge(month + timedelta(3), euro(900), "rent") for month in months),
        )
    )
    assert len(found.payouts) == 520
    assert min(paid(found)) > 0


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"pay_days": (TODAY - timedelta(1),)}, "pay_days", "past"),
        ({"income": (Income(TODAY - timedelta(1), euro(1)),)}, "income", "past"),
        ({"charges": (Charge(TODAY - timedelta(1), euro(1), ""),)}, "charges", "past"),
        ({"charges": (Charge(TODAY + timedelta(3661), euro(1), ""),)}, "charges", "too_far"),
        ({"pay_days": (date.max,)}, "pay_days", "too_far"),
        ({"pay_days": (TODAY, TODAY)}, "pay_days", "twice"),
        ({"income": (Income(TODAY, euro(-1)),)}, "income", "negative"),
        ({"charges": (Charge(TODAY, euro(-1), ""),)}, "charges", "negative"),
        ({"income": (Income(TODAY, euro(1), "hoped"),)}, "income", "unknown"),
        ({"buffer": euro(-1)}, "buffer", "negative"),
        ({"advance_limit": euro(-1)}, "advance_limit", "negative"),
        ({"advance_used": euro(-1)}, "advance_used", "negative"),
        ({"charges": (Charge(TODAY, euro(0), ""),) * 20_001}, "charges", "too_many"),
        ({"charges": (Charge(TODAY, euro(5e8), ""),) * 2}, "scenario", "too_large"),
    ],
)
def test_refuses_what_is_no_scenario_and_says_why(changes, field, reason):
    with pytest.raises(NotAScenario) as refusal:
        Scenario(**{"on": TODAY, "balance": euro(0), "pay_days": (), **changes})
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_knows_the_end_of_the_calendar():
    with pytest.raises(NotAScenario, match="past"):
        Scenario(date.max, euro(0), (date.max - timedelta(1),))
    assert amounts(remainder(Scenario(date.max, euro(1), (date.max,)))) == ["1.00"]


def test_finds_what_linear_programming_finds():
    for seed in range(SCENARIOS):
        scenario = made_up(seed)
        assert paid(remainder(scenario)) == fairest(ceilings(scenario)), f"scenario {seed}"


@given(scenarios)
def test_never_pays_what_a_later_charge_needs(scenario):
    found = remainder(scenario)
    assert all(payout.amount >= 0 for payout in found.payouts)
    for on, level in levels(scenario).items():
        so_far = sum(cents(payout.amount) for payout in found.payouts if payout.on <= on)
        assert so_far <= max(level, 0)


@given(scenarios)
def test_withholds_nothing_that_no_later_charge_needs(scenario):
    found, caps = paid(remainder(scenario)), ceilings(scenario)
    for number, payout in enumerate(found):
        # A cent more here must break a ceiling, now or later, unless it is taken from a payout that is no larger.
        tight = [end for end in range(number, len(caps)) if sum(found[: end + 1]) == caps[end]]
        assert tight
        assert payout >= max(found[: tight[0] + 1]) - 1


@given(scenarios)
def test_never_lets_an_advance_carry_a_payout(scenario):
    without = replace(scenario, advance_limit=Decimal("0.00"), advance_used=Decimal("0.00"))
    assert remainder(scenario).payouts == remainder(without).payouts
    lowest_without_payouts = min(levels(scenario).values()) + cents(scenario.buffer)
    assert cents(remainder(scenario).lowest.balance) >= min(lowest_without_payouts, 0)


@given(scenarios, days)
def test_lowers_no_payout_by_more_than_a_cent_for_one_euro_more(scenario, on):
    more = replace(scenario, income=(*scenario.income, Income(on, euro(1))))
    # The horizon may not grow by the euro alone, or it would be another question.
    before, after = paid(remainder(scenario)), paid(remainder(more))
    assert all(late >= early - 1 for early, late in zip(before, after, strict=True))
    assert sum(before) <= sum(after) <= sum(before) + 100


@given(scenarios)
def test_pays_less_before_than_after_only(scenario):
    found = paid(remainder(scenario))
    assert all(later >= earlier - 1 for earlier, later in pairwise(found))


@given(scenarios)
def test_gives_the_day_that_binds_as_the_reason(scenario):
    found, level = remainder(scenario), levels(scenario)
    assert [one.pay_day for one in found.binding] == [payout.on for payout in found.payouts]
    for one in found.binding:
        assert one.because >= one.pay_day
        assert level[one.because] == min(left for on, left in level.items() if on >= one.because)
        so_far = sum(cents(payout.amount) for payout in found.payouts if payout.on <= one.because)
        assert so_far == max(level[one.because], 0)
        of_the_day = {charge.name: charge.amount for charge in scenario.charges if charge.on == one.because}
        assert (one.name == "") == (not of_the_day)
        assert not one.name or of_the_day[one.name] == max(of_the_day.values())
        came = max((income.on for income in scenario.income if income.on <= one.because), default=date.min)
        explaining = [charge.amount for charge in scenario.charges if came <= charge.on <= one.because]
        assert (one.charge.amount if one.charge else None) == max(explaining, default=None)
        assert one.next_income == min((i.on for i in scenario.income if i.on > one.because), default=None)


def left_over(scenario, found):
    """Cents at the end of each day after payouts; below zero is on credit."""
    buffer, so_far = cents(scenario.buffer), [(payout.on, cents(payout.amount)) for payout in found.payouts]
    return {on: level + buffer - sum(c for day_, c in so_far if day_ <= on) for on, level in levels(scenario).items()}


@given(scenarios)
def test_tells_the_first_day_on_which_the_money_is_lowest(scenario):
    found = remainder(scenario)
    left = left_over(scenario, found)
    assert cents(found.lowest.balance) == min(left.values())
    assert found.lowest.on == next(on for on, level in left.items() if level == min(left.values()))


@given(scenarios)
def test_tells_in_all_what_the_deepest_day_lies_under_the_limit(scenario):
    free = max(scenario.advance_limit - scenario.advance_used, Decimal("0.00"))
    not_yet_under_it = replace(scenario, balance=max(scenario.balance, -free))
    found = remainder(not_yet_under_it)
    missing = sum(cents(one.missing) for one in found.short)
    assert missing == max(0, -min(left_over(not_yet_under_it, found).values()) - cents(free))


@given(scenarios, st.integers(0, 60_000))
def test_pays_a_fixed_amount_when_a_resident_wishes_and_the_charges_allow(scenario, wish):
    found, caps = fixed_remainder(scenario, Decimal(wish).scaleb(-2)), ceilings(scenario)
    so_far = 0
    for payout, cap in zip(paid(found), caps, strict=True):
        assert payout == min(wish, cap - so_far)
        so_far += payout
    assert [one.pay_day for one in found.binding] == [one.on for one in found.payouts if cents(one.amount) < wish]


def test_says_how_much_was_asked_and_how_much_can_be_paid():
    with pytest.raises(TooMuch, match=r"^10\.01 asked, at most 10\.00 can be paid$") as refusal:
        with_extra(Scenario(TODAY, euro(10), ()), TODAY, euro("10.01"))
    assert (refusal.value.asked, refusal.value.most) == (euro("10.01"), euro(10))


def test_counts_an_extra_payout_as_a_charge_without_a_name():
    found = with_extra(Scenario(TODAY, euro(10), ()), TODAY, euro(4))
    assert found.charges == (Charge(TODAY, euro(4), ""),)


def test_lends_no_cent_more_than_is_free():
    scenario = Scenario(TODAY, euro(0), (), charges=(Charge(TODAY, euro("0.01"), "rent"),))
    assert [one.missing for one in remainder(scenario).short] == [euro("0.01")]
    used_up = replace(scenario, advance_limit=euro(5), advance_used=euro(6))
    assert [one.missing for one in remainder(used_up).short] == [euro("0.01")]


def test_answers_what_is_short_as_plain_json():
    charges = (Charge(day("11-30"), euro(600), "rent"), Charge(day("12-02"), euro(50), "water"))
    assert remainder(Scenario(TODAY, euro(100), FRIDAYS, charges=charges)).to_answer()["short"] == [
        {"date": "2026-11-30", "name": "rent", "missing": "500.00"},
        {"date": "2026-12-02", "name": "water", "missing": "50.00"},
    ]


def test_refuses_to_wish_for_less_than_nothing():
    with pytest.raises(NotAScenario, match="wish"):
        fixed_remainder(Scenario(TODAY, euro(0), ()), euro(-1))


@given(scenarios, days)
def test_pays_an_extra_amount_as_far_as_no_charge_needs_it(scenario, on):
    most = most_payable(scenario, on)
    extra = with_extra(scenario, on, most)
    assert sum(paid(remainder(extra))) <= max(0, sum(paid(remainder(scenario))))
    assert [one.name for one in remainder(extra).short] == [one.name for one in remainder(scenario).short]
    with pytest.raises(TooMuch) as refusal:
        with_extra(scenario, on, most + CENT)
    assert refusal.value.most == most


def test_shows_what_an_extra_payout_does_to_the_coming_weeks():
    scenario = Scenario(TODAY, euro(400), FRIDAYS)
    assert amounts(remainder(with_extra(scenario, TODAY, euro(40)))) == ["90.00"] * 4
