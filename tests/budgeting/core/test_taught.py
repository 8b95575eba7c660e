"""Rules that people taught: they go before what we know, never in a hidden order, and say how sure they are."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.recognition import Recogniser, untaught
from budgeting.core.statement import Entry
from budgeting.core.taught import NoSuchCategory, NothingToGoBy, Taught, TaughtRules, checked, lesson_of

IBAN = "NL00BANK0123456789"
SHIPPED = untaught()
GRANDMA = Entry(Decimal("50.00"), date(2026, 4, 1), counterparty_name="T. Ruiter", counterparty_iban=IBAN)
RULE = Taught(1, 1, "in", "alimony_received", iban=IBAN, right=8, wrong=0)


def recogniser(*rules: Taught) -> Recogniser:
    return replace(SHIPPED, taught=TaughtRules(rules))


def test_goes_before_what_we_know_and_says_which_rule() -> None:
    before, after = SHIPPED.recognise([GRANDMA])[0], recogniser(RULE).recognise([GRANDMA])[0]

    assert before.category == "other_income"
    assert after.category == "alimony_received"
    assert [(reason.code, reason.values["rule"]) for reason in after.reasons] == [("taught_rule", 1)]


def test_is_as_sure_as_past_decisions_make_it() -> None:
    answer = recogniser(RULE).recognise([GRANDMA])[0]

    assert answer.confidence == pytest.approx(0.9)
    assert not answer.auto
    assert recogniser(replace(RULE, right=300)).recognise([GRANDMA])[0].auto
    assert recogniser(replace(RULE, wrong=8)).recognise([GRANDMA])[0].confidence == pytest.approx(0.5)


@pytest.mark.parametrize("turned", [False, True])
def test_asks_a_person_when_rules_contradict_each_other_whatever_their_order(turned: bool) -> None:
    other = Taught(2, 1, "in", "gifts_donations", name="t ruiter", right=50)
    rules = (other, RULE) if turned else (RULE, other)

    answer = recogniser(*rules).recognise([GRANDMA])[0]

    assert answer.category == "other_income"
    assert (answer.auto, answer.confidence <= 0.5) == (False, True)
    assert answer.reasons[0].values == {"rules": "1 2"}


@pytest.mark.parametrize(
    "entry",
    [
        replace(GRANDMA, amount=Decimal("-50.00")),
        replace(GRANDMA, counterparty_iban="NL00BANK9876543210"),
        replace(GRANDMA, counterparty_iban=""),
    ],
    ids=["other direction", "other account", "no account"],
)
def test_does_not_speak_of_other_entries(entry: Entry) -> None:
    assert recogniser(RULE).recognise([entry]) == SHIPPED.recognise([entry])


def test_needs_every_word_as_a_whole_word() -> None:
    rule = Taught(1, 1, "in", "gifts_donations", iban=IBAN, words=frozenset({"zwemles", "noa"}))

    assert rule.fits(replace(GRANDMA, remittance="Zwemles voor NOA"))
    assert not rule.fits(replace(GRANDMA, remittance="zwemlessen noa"))


def test_speaks_in_a_whole_history_too() -> None:
    assert recogniser(RULE).recognise_history([GRANDMA])[0].category == "alimony_received"


def test_offers_what_an_entry_could_teach() -> None:
    lesson = lesson_of(replace(GRANDMA, remittance="zwemles Noa mei 2026 1234567"))

    assert (lesson.direction, lesson.iban, lesson.name) == ("in", IBAN, "t ruiter")
    assert lesson.words == ("zwemles", "noa")


def test_offers_no_account_of_a_payer_of_many() -> None:
    assert lesson_of(replace(GRANDMA, counterparty_name="Belastingdienst Toeslagen")).iban == ""


@pytest.mark.parametrize(
    "rule",
    [
        Taught(1, 1, "in", "wages"),
        Taught(1, 1, "in", "wages", words=frozenset({"werk"})),
        Taught(1, 1, "in", "wages", name="belastingdienst"),
    ],
    ids=["nothing", "one word", "a payer of many by name"],
)
def test_refuses_a_rule_that_goes_by_too_little(rule: Taught) -> None:
    with pytest.raises(NothingToGoBy):
        checked(rule)


def test_refuses_a_category_that_is_none() -> None:
    with pytest.raises(NoSuchCategory):
        checked(replace(RULE, category="sweets"))


@given(st.text(max_size=300), st.text(max_size=60))
def test_holds_any_text_a_bank_may_print(text: str, name: str) -> None:
    entry = replace(GRANDMA, remittance=text, counterparty_name=name)

    lesson = lesson_of(entry)
    rule = Taught(1, 1, "in", "wages", name=lesson.name, words=frozenset(lesson.words))

    assert not (lesson.name or lesson.words) or rule.fits(entry)
