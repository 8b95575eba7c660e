"""Rules that people taught: they go before what we know, never in a hidden order, and say how sure they are."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.confidence import Confidence
from budgeting.core.match_reasons import Reason
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
    with pytest.raises(NoSuchCategory, match=r"^sweets$"):
        checked(replace(RULE, category="sweets"))


@given(st.text(max_size=300), st.text(max_size=60))
def test_holds_any_text_a_bank_may_print(text: str, name: str) -> None:
    entry = replace(GRANDMA, remittance=text, counterparty_name=name)

    lesson = lesson_of(entry)
    rule = Taught(1, 1, "in", "wages", name=lesson.name, words=frozenset(lesson.words))

    assert not (lesson.name or lesson.words) or rule.fits(entry)


KNOWN = Entry(
    Decimal("129.00"),
    date(2026, 4, 1),
    counterparty_name="Belastingdienst",
    counterparty_iban=IBAN,
    remittance="voorschot zorgtoeslag",
)
ALLOWANCE = Taught(1, 1, "in", "healthcare_allowance", iban=IBAN)


@pytest.mark.parametrize("right", [0, 10**6])
def test_is_as_sure_as_the_surer_of_knowledge_and_rule_when_both_say_the_same(right: int) -> None:
    rule = replace(ALLOWANCE, right=right)
    before, after = SHIPPED.recognise([KNOWN])[0], recogniser(rule).recognise([KNOWN])[0]

    assert 0.5 < before.confidence < 0.99999
    assert after.confidence == max(before.confidence, rule.confidence)
    assert (after.category, after.auto) == (before.category, before.auto)
    assert after.reasons == (Reason("taught_rule", {"rule": 1}), *before.reasons)


def test_asks_a_person_about_what_it_was_sure_of_when_rules_contradict_each_other() -> None:
    sure = replace(SHIPPED, confidence=Confidence((*[0.0] * 11, 9.0), 0.9))
    before = sure.recognise([KNOWN])[0]
    after = replace(sure, taught=TaughtRules([ALLOWANCE, replace(RULE, number=7)])).recognise([KNOWN])[0]

    assert (before.auto, after.auto) == (True, False)
    assert (after.category, after.confidence) == ("healthcare_allowance", 0.5)
    assert after.reasons == (Reason("rules_disagree", {"rules": "1 7"}, against=True),)


def test_is_no_surer_than_it_was_when_rules_contradict_each_other() -> None:
    unsure = replace(SHIPPED, confidence=Confidence((*[0.0] * 11, -2.0), 0.9))
    answer = replace(unsure, taught=TaughtRules([ALLOWANCE, RULE])).recognise([KNOWN])[0]

    assert answer.confidence == 0.1192


@pytest.mark.parametrize(("rights", "best"), [((1, 8), 2), ((8, 1), 1), ((8, 8), 1)])
def test_goes_by_the_surest_of_rules_that_say_the_same(rights: tuple[int, int], best: int) -> None:
    rules = [replace(RULE, number=number, right=right) for number, right in enumerate(rights, 1)]
    answer = recogniser(*rules).recognise([GRANDMA])[0]

    assert answer.reasons == (Reason("taught_rule", {"rule": best}),)
    assert answer.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(("right", "auto"), [(97, False), (98, True)])
def test_asks_nobody_when_a_rule_is_sure_enough(right: int, auto: bool) -> None:
    assert recogniser(replace(RULE, right=right)).recognise([GRANDMA])[0].auto is auto


@pytest.mark.parametrize(("right", "wrong", "chance"), [(0, 0, 1 / 2), (3, 0, 4 / 5), (0, 3, 1 / 5), (5, 2, 6 / 9)])
def test_has_the_chance_that_past_decisions_give(right: int, wrong: int, chance: float) -> None:
    assert replace(RULE, right=right, wrong=wrong).confidence == pytest.approx(chance)


PLAIN = replace(GRANDMA, remittance="zwemles voor Noa")


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"iban": IBAN}, True),
        ({"name": "t ruiter"}, True),
        ({"name": "ruiter"}, False),
        ({"words": frozenset({"zwemles", "noa"})}, True),
        ({"words": frozenset({"ruiter", "noa"})}, True),
        ({"words": frozenset({"zwemles", "mees"})}, False),
        ({"iban": IBAN, "name": "t ruiter", "words": frozenset({"noa"})}, True),
        ({"iban": IBAN, "name": "p ruiter", "words": frozenset({"noa"})}, False),
        ({"iban": IBAN, "name": "t ruiter", "words": frozenset({"mees"})}, False),
        ({"iban": "NL00BANK9876543210", "name": "t ruiter"}, False),
        ({"direction": "out", "iban": IBAN}, False),
    ],
)
def test_fits_when_everything_it_goes_by_is_there(rule: dict[str, Any], fits: bool) -> None:
    taught = Taught(**{"number": 1, "version": 1, "direction": "in", "category": "wages", **rule})

    assert taught.fits(PLAIN) is fits
    assert TaughtRules([taught]).fitting(PLAIN) == ([taught] if fits else [])


def test_fits_what_goes_out() -> None:
    out = replace(RULE, direction="out")
    assert out.fits(replace(GRANDMA, amount=Decimal("-0.01")))
    assert out.fits(replace(GRANDMA, amount=Decimal("0.00")))
    assert not out.fits(replace(GRANDMA, amount=Decimal("0.01")))


def test_finds_every_rule_that_fits_by_its_number() -> None:
    rules = [
        Taught(4, 1, "in", "wages", iban=IBAN),
        Taught(3, 2, "in", "wages", name="t ruiter"),
        Taught(3, 1, "in", "wages", words=frozenset({"zwemles", "noa"})),
        Taught(2, 1, "in", "wages", name="p ruiter"),
        Taught(1, 9, "in", "wages", iban=IBAN, name="t ruiter"),
    ]
    found = TaughtRules(rules).fitting(PLAIN)

    assert [(rule.number, rule.version) for rule in found] == [(1, 9), (3, 1), (3, 2), (4, 1)]
    assert TaughtRules(rules[:2]).fitting(replace(PLAIN, counterparty_name="Iemand", counterparty_iban="")) == []


def test_finds_a_name_that_the_bank_prints_in_the_text() -> None:
    printed = replace(GRANDMA, counterparty_name="", remittance="Naam: T. Ruiter Omschrijving: zwemles")
    assert TaughtRules([replace(RULE, iban="", name="t ruiter")]).fitting(printed)
    assert lesson_of(printed).name == "t ruiter"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zw zwe", ("zwe",)),
        ("mei maandag termijn zwemles", ("zwemles",)),
        ("voor onze zwemles", ("zwemles",)),
        ("zwemles q1 50plus Zwemles", ("zwemles",)),
        ("zwemles ruiter", ("zwemles",)),
        ("aaa bbb ccc ddd eee fff ggg hhh iii", ("aaa", "bbb", "ccc", "ddd", "eee", "fff", "ggg", "hhh")),
    ],
)
def test_offers_words_that_say_something_each_once_and_not_too_many(text: str, words: tuple[str, ...]) -> None:
    assert lesson_of(replace(GRANDMA, remittance=text)).words == words


@pytest.mark.parametrize(("amount", "direction"), [("0.01", "in"), ("0.00", "out"), ("-0.01", "out")])
def test_offers_a_rule_for_the_same_direction(amount: str, direction: str) -> None:
    assert lesson_of(replace(GRANDMA, amount=Decimal(amount))).direction == direction


@pytest.mark.parametrize(
    "rule",
    [
        {"iban": IBAN},
        {"name": "t ruiter"},
        {"words": frozenset({"zwemles", "noa"})},
        {"iban": IBAN, "name": "belastingdienst"},
        {"name": "belastingdienst", "words": frozenset({"zorgtoeslag"})},
        {"iban": IBAN, "words": frozenset({"noa"})},
    ],
)
def test_takes_a_rule_that_goes_by_enough(rule: dict[str, Any]) -> None:
    taught = Taught(1, 1, "in", "wages", **rule)
    assert checked(taught) is taught
