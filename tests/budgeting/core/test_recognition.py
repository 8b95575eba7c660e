from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgeting.core.learning import CATEGORIES
from budgeting.core.recognition import Example, UnknownCategory, learn, untaught
from budgeting.core.statement import Entry

IBAN = "NL00BANK0123456789"
SHIPPED = untaught()


def entry(amount, name, remittance="", iban=IBAN):
    return Entry(
        amount=Decimal(amount),
        booking_date=date(2026, 4, 1),
        counterparty_name=name,
        counterparty_iban=iban,
        remittance=remittance,
    )


def category(*args, **more):
    return SHIPPED.recognise([entry(*args, **more)])[0].category


@pytest.mark.parametrize(
    ("amount", "name", "remittance", "expected"),
    [
        ("1800.00", "Voorbeeld Techniek BV", "salaris mei", "wages"),
        ("1100.00", "Gemeente Voorbeeldstad", "uitkering levensonderhoud mei", "benefit"),
        ("1200.00", "UWV", "ww-uitkering", "benefit"),
        ("1400.00", "SVB", "AOW mei", "pension"),
        ("1300.00", "SVB", "AIO-aanvulling mei", "benefit"),
        ("310.00", "SVB", "kinderbijslag 2e kwartaal", "child_benefit"),
        ("129.00", "Belastingdienst", "voorschot zorgtoeslag", "healthcare_allowance"),
        ("350.00", "Belastingdienst", "voorschot huurtoeslag", "rent_allowance"),
        ("400.00", "Belastingdienst", "kindgebonden budget", "child_budget"),
        ("700.00", "Belastingdienst", "kinderopvangtoeslag", "childcare_allowance"),
        ("150.00", "Belastingdienst", "teruggaaf inkomstenbelasting", "tax_refund"),
        ("320.00", "DUO", "studiefinanciering", "student_finance"),
        ("150.00", "J. de Wit", "alimentatie mei", "alimony_received"),
        ("-150.00", "J. de Wit", "alimentatie mei", "alimony_paid"),
        ("-640.00", "Woonstichting Voorbeeld", "huur mei", "rent"),
        ("45.00", "Vattenfall", "jaarnota te veel betaald", "energy"),
        ("-45.00", "Vattenfall", "termijn", "energy"),
        ("-45.00", "Vattenfall", "betalingsregeling termijn 2", "debt_repayment"),
        ("45.00", "Vattenfall", "storno termijn mei", "returned_payment"),
        ("-150.00", "CZ Zorgverzekeringen", "premie mei", "health_insurance"),
        ("-385.00", "CZ Zorgverzekeringen", "eigen risico", "medical"),
        ("-178.00", "CAK", "bestuursrechtelijke premie", "health_insurance"),
        ("-21.00", "CAK", "eigen bijdrage wmo", "medical"),
        ("-33.00", "GBLT", "waterschap Vallei en Veluwe", "water_board_tax"),
        ("-33.00", "GBLT", "gemeente Zwolle afvalstoffenheffing", "municipal_tax"),
        ("-55.00", "Belastingdienst", "motorrijtuigenbelasting", "vehicle_tax"),
        ("-350.00", "Belastingdienst", "inkomstenbelasting aanslag", "other_expense"),
        ("-109.00", "CJIB", "beschikking", "other_expense"),
        ("-30.00", "CJIB", "betalingsregeling termijn 3", "debt_repayment"),
        ("-60.00", "DUO", "aflossing studieschuld", "debt_repayment"),
        ("75.00", "Bewindvoering Voorbeeld", "leefgeld week 20", "living_money"),
        ("-25.00", "J. de Wit", "", "other_expense"),
    ],
)
def test_knows_what_a_line_is_for(amount, name, remittance, expected):
    assert category(amount, name, remittance) == expected


def test_says_why():
    found = SHIPPED.recognise([entry("129.00", "Belastingdienst", "voorschot zorgtoeslag")])[0]
    assert ("word", {"word": "zorgtoeslag"}) in [(reason.code, dict(reason.values)) for reason in found.reasons]


def test_is_unsure_of_what_it_never_heard_of():
    found = SHIPPED.recognise([entry("-12.34", "Xqzt", "blorp", iban="")])[0]
    assert found.confidence < 0.6
    assert not found.auto
    assert found.reasons[0].code == "nothing_known"


def test_reads_one_line_with_the_help_of_another():
    clear, vague = entry("150.00", "J. de Wit", "kinderalimentatie mei"), entry("150.00", "J. de Wit", "juni")
    alone = SHIPPED.recognise([vague])[0]
    together = SHIPPED.recognise_history([clear, vague])[1]
    assert (alone.category, together.category) == ("other_income", "alimony_received")
    assert together.reasons[0].code == "same_counterparty"
    assert not together.auto


def test_takes_alimony_both_ways_between_two_persons():
    paid, back = entry("-150.00", "J. de Wit", "kinderalimentatie"), entry("40.00", "J. de Wit", "april")
    assert SHIPPED.recognise_history([paid, back])[1].category == "alimony_received"


def examples():
    shops = ["Zorro", "Kwibus", "Plonk", "Fladder", "Snorre", "Tiktak", "Wobbel", "Krak"]
    return [
        Example(entry("-12.00", f"{shop} Blorpwinkel", "blorp aankoop", iban=""), "clothing", f"R{number % 4}")
        for number, shop in enumerate(shops * 4)
    ]


def test_learns_a_word_from_decisions():
    line = entry("-9.00", "Nieuwe Blorpwinkel", "blorp aankoop", iban="")
    assert SHIPPED.recognise([line])[0].category != "clothing"
    assert learn(examples()).recognise([line])[0].category == "clothing"


def test_learns_the_same_from_the_same_examples():
    line = entry("-9.00", "Nieuwe Blorpwinkel", "blorp aankoop", iban="")
    assert learn(examples()).recognise([line]) == learn(examples()).recognise([line])


def test_keeps_what_it_knows_when_it_learns_something_else():
    line = entry("129.00", "Belastingdienst", "voorschot zorgtoeslag")
    assert learn(examples()).recognise([line])[0].category == "healthcare_allowance"


def test_learns_nothing_from_nothing():
    assert learn([]).weights is SHIPPED.weights


def test_refuses_a_category_it_does_not_have():
    with pytest.raises(UnknownCategory, match="sweets"):
        learn([Example(entry("-1.00", "x"), "sweets")])


def test_answers_an_empty_history_with_nothing():
    assert SHIPPED.recognise_history([]) == []
    assert SHIPPED.recognise([]) == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=80), st.decimals(-(10**6), 10**6, places=2, allow_nan=False))
def test_answers_any_text_with_a_category_and_a_chance(remittance, name, amount):
    line = replace(entry("1.00", name, remittance), amount=amount)
    found = SHIPPED.recognise([line])[0]
    assert found.category in CATEGORIES
    assert 0 <= found.confidence <= 1
    assert found.reasons


@pytest.mark.parametrize(
    "text", ["\U0001f600" * 140, "\u202ehuur\u202c", "", "\x00\x07", "/TRTP/", "\\\\", ">", "Omschrijving:"]
)
def test_is_not_upset_by_odd_text(text):
    assert SHIPPED.recognise([entry("-1.00", text, text)])[0].category in CATEGORIES
