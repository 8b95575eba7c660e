"""The home story: one order, one thing to do, sums that can be followed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.closer import story_of_amount, story_of_month, story_of_payment
from accessibility.facts import WITHOUT_A_DAY, Charge, ChargeState, DoesNotAddUp, Facts, NegativeAmount, Payout
from accessibility.pictograms import PICTOGRAMS, pictogram_of
from accessibility.sentence import Block, DayOfMonth, Sentence, Story, Word
from accessibility.story import MOST_CHARGES, story_of
from accessibility.words import CATEGORIES, WORDS
from budgeting.core.money import ZERO
from tests.accessibility.households import HOMES, MONTH, ON, PAYMENT, RENT, WHY, facts

ORDER = ["payout", "thing", "charges", "money", "help"]
# A charge that says who calls, or that a person has decided.
_SAID_ELSEWHERE = {ChargeState.UNPAID, ChargeState.WAITS}
amounts = st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))
charges = st.builds(
    lambda category, amount, state, day: Charge(
        category, "Iemand", amount, state, None if state in WITHOUT_A_DAY else day
    ),
    st.sampled_from(["rent", "water", "energy", "debt_repayment"]),
    amounts,
    st.sampled_from(ChargeState),
    st.dates(date(2026, 11, 1), date(2026, 12, 31)),
)
households = st.builds(
    lambda charged, held, payout: facts(charges=tuple(charged), held=held, payout=payout),
    st.lists(charges, max_size=14),
    st.integers(-(10**7), 10**8).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.none() | st.builds(Payout, amounts.filter(bool), st.dates(date(2026, 11, 1), date(2027, 12, 31))),
)


def block(story: Story, key: str) -> Block:
    return next(block for block in story.blocks if block.key == key)


def messages(block: Block) -> list[str]:
    return [sentence.message for sentence in block.sentences]


def everything_said(story: Story) -> list[Sentence]:
    said = [story.title]
    for part in story.blocks:
        said += [part.heading, *part.sentences]
        said += [sentence for item in part.items for sentence in (item.name, item.state)]
    return said


@given(households)
def test_tells_every_household_in_the_same_order(household: Facts) -> None:
    assert [block.key for block in story_of(household).blocks] == ORDER


@given(households)
def test_shows_every_charge_that_the_sum_counts(household: Facts) -> None:
    shown = block(story_of(household), "charges").items
    counted = [item for item in shown if item.state.message in {"charge.planned", "charge.unpaid"}]
    days = [item.state.values.get("day", DayOfMonth(household.until)) for item in counted]
    in_time = [isinstance(day, DayOfMonth) and day.day <= household.until for day in days]
    assert sum((item.amount for item, counts in zip(counted, in_time, strict=True) if counts), ZERO) == household.to_pay
    assert len(shown) <= max(MOST_CHARGES, sum(charge.still_to_pay for charge in household.charges))


@given(households)
def test_never_tells_a_resident_an_amount_below_zero(household: Facts) -> None:
    for part in story_of(household).blocks:
        told = [
            value for sentence in part.sentences for value in sentence.values.values() if isinstance(value, Decimal)
        ]
        assert all(value >= 0 for value in told)
        assert part.figure is None or part.figure >= 0


@given(households)
def test_does_the_sum_for_the_reader(household: Facts) -> None:
    money = block(story_of(household), "money")
    told = {sentence.message: sentence.values for sentence in money.sentences}
    if "money.left" in told:
        assert told["money.to_pay"]["amount"] == household.to_pay
        assert told["money.left"]["amount"] == household.held - household.to_pay
    elif "money.nothing_to_pay" in told:
        assert household.to_pay == ZERO
    else:
        assert "money.too_little" in told
        assert household.to_pay > household.held
        assert "we_call_you" in told or any(charge.state in _SAID_ELSEWHERE for charge in household.charges)


@pytest.mark.parametrize("name", HOMES)
def test_has_words_for_all_it_says_at_home(name: str) -> None:
    story = story_of(HOMES[name])
    for sentence in everything_said(story):
        assert sentence.message in WORDS
        assert all(value.message in WORDS for value in sentence.values.values() if isinstance(value, Word))


@pytest.mark.parametrize("story", [story_of_month(MONTH), story_of_payment(PAYMENT), story_of_amount(WHY)])
def test_has_words_for_all_it_says_up_close(story: Story) -> None:
    assert all(sentence.message in WORDS for sentence in everything_said(story))


@pytest.mark.parametrize("name", HOMES)
def test_names_one_thing_to_do_at_most(name: str) -> None:
    thing = block(story_of(HOMES[name]), "thing")
    asked = {"thing.send_letter", "thing.question"}
    assert sum(message in asked for message in messages(thing)) <= 1
    assert not (asked & set(messages(thing)) and "thing.nothing" in messages(thing))


@pytest.mark.parametrize("name", ["short, paid", "short, waiting", "income missing", "came back"])
def test_tells_trouble_with_what_we_do_and_who_calls(name: str) -> None:
    thing = block(story_of(HOMES[name]), "thing")
    assert thing.tone == "attention"
    assert any(message.startswith("thing.we_") for message in messages(thing))
    assert {"thing.caller", "thing.caller_on", "we_call_you"} & set(messages(thing))
    assert "thing.nothing" in messages(thing)


def test_names_a_day_by_its_weekday_only_while_that_is_one_day() -> None:
    headings = [
        block(story_of(facts(payout=Payout(Decimal("1.00"), date(2026, 11, day)))), "payout").heading.message
        for day in (23, 24, 25, 29, 30)
    ]
    assert headings == ["payout.today", "payout.tomorrow", "payout.on_weekday", "payout.on_weekday", "payout.on_day"]


def test_says_so_when_a_payout_is_late_instead_of_promising_a_past_day() -> None:
    late = block(story_of(HOMES["late"]), "payout")
    assert late.figure is None
    assert messages(late) == ["payout.late", "we_call_you"]


def test_tells_a_resident_who_stopped_what_still_matters() -> None:
    assert [block.key for block in story_of(HOMES["stopped"]).blocks] == ["payout", "thing", "help"]
    left = block(story_of(HOMES["stopped, money left"]), "money")
    assert messages(left)[0] == "money.yours"


def test_names_the_other_side_when_two_charges_are_alike() -> None:
    twice = facts(charges=(RENT, replace(RENT, name="Garage Noord")))
    assert [item.detail for item in block(story_of(twice), "charges").items] == [
        "Woonstichting De Linde",
        "Garage Noord",
    ]
    assert block(story_of(facts()), "charges").items[0].detail == ""


def test_names_no_other_side_when_one_charge_comes_twice() -> None:
    twice = facts(charges=(RENT, replace(RENT, state=ChargeState.PLANNED, day=date(2026, 12, 1))))
    assert [item.detail for item in block(story_of(twice), "charges").items] == ["", ""]


def test_tells_which_income_is_to_come_but_promises_no_past_day() -> None:
    assert "money.expected" in messages(block(story_of(HOMES["income to come"]), "money"))
    assert "money.expected" not in messages(block(story_of(HOMES["income awaited"]), "money"))


def test_frightens_nobody_with_what_is_missing() -> None:
    money = block(story_of(HOMES["short, waiting"]), "money")
    assert messages(money)[0] == "money.too_little"
    assert all(not isinstance(value, Decimal) for sentence in money.sentences for value in sentence.values.values())


def test_refuses_to_tell_a_month_that_does_not_add_up() -> None:
    with pytest.raises(DoesNotAddUp):
        replace(MONTH, closing=Decimal("716.01"))


def test_refuses_to_explain_an_amount_by_a_sum_that_does_not_add_up() -> None:
    assert WHY.counting is not None
    with pytest.raises(DoesNotAddUp):
        replace(WHY.counting, buffer=Decimal("149.99"))


def test_explains_an_agreed_amount_as_agreed() -> None:
    agreed = story_of_amount(replace(WHY, fixed=True, binding_day=None, counting=None))
    assert [block.key for block in agreed.blocks] == ["answer", "help"]
    assert messages(agreed.blocks[0]) == ["why.fixed"]


def test_refuses_charges_and_payouts_with_a_sign() -> None:
    with pytest.raises(NegativeAmount):
        replace(RENT, amount=Decimal("-1.00"))
    with pytest.raises(NegativeAmount):
        Payout(ZERO, ON)


def test_refuses_a_paid_charge_without_its_day() -> None:
    with pytest.raises(ValueError, match="paid"):
        replace(RENT, day=None)


def test_uses_no_more_than_eight_pictograms() -> None:
    used = {pictogram_of(category.removeprefix("category.")) for category in CATEGORIES} - {""}
    assert used == set(PICTOGRAMS)
    assert len(PICTOGRAMS) == 8
