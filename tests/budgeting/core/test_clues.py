"""The house sees in an entry what a person would: who it is, what kind of name, how it was paid, how much."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.clues import clues_of
from budgeting.core.knowledge.rules import dutch
from budgeting.core.statement import Entry

IBAN = "NL00BANK0123456789"


def clues(name="", remittance="", amount="-20.00", iban=IBAN, **more):
    entry = Entry(
        Decimal(amount),
        date(2026, 4, 1),
        counterparty_name=name,
        counterparty_iban=iban,
        remittance=remittance,
        **more,
    )
    return clues_of(entry, dutch())


def flags(*given, **named):
    return {thing for thing in clues(*given, **named).seen if thing[0] == "@"}


def kinds(*given, **named):
    return {thing for thing in clues(*given, **named).seen if thing[0] in "#~"}


def test_tells_an_entry_in_words_flags_and_its_account():
    found = clues("Woonstichting Voorbeeld", "huur mei", "-612.40")

    assert (found.name, found.about) == (("woonstichting", "voorbeeld"), ("huur", "mei"))
    assert (found.account, found.assessment) == (IBAN, "")
    assert (found.line.name, found.line.about, found.line.kind) == ("Woonstichting Voorbeeld", "huur mei", "transfer")
    assert {"@out", "@transfer", "@big", "@company", "@known", "#landlord"} <= found.seen


@pytest.mark.parametrize(
    ("amount", "seen"),
    [
        ("-14.99", {"@out", "@small"}),
        ("-10.00", {"@out", "@small", "@round"}),
        ("-15.00", {"@out", "@round"}),
        ("-15.01", {"@out"}),
        ("15.00", {"@in", "@round"}),
        ("249.99", {"@in"}),
        ("250.00", {"@in", "@big", "@round"}),
        ("-250.01", {"@out", "@big"}),
        ("-251.00", {"@out", "@big"}),
    ],
)
def test_sees_direction_and_size(amount, seen):
    assert flags("Iets Anders BV", amount=amount) & {"@in", "@out", "@small", "@big", "@round"} == seen


@pytest.mark.parametrize(
    ("iban", "seen"), [("", {"@noiban"}), ("BE00123456789012", {"@foreign"}), (IBAN, set()), ("nl00", {"@foreign"})]
)
def test_sees_where_an_account_is(iban, seen):
    assert flags("Iets Anders BV", iban=iban) & {"@noiban", "@foreign"} == seen


@pytest.mark.parametrize(
    ("remittance", "nothing"),
    [("", True), ("12345 ab", True), ("anders", True), ("dank", False), ("abc", False), ("a1b2c3", True)],
)
def test_sees_when_a_text_says_nothing_more_than_the_name(remittance, nothing):
    assert ("@nothing" in flags("Iets Anders BV", remittance)) is nothing


@pytest.mark.parametrize(
    "name",
    [
        "Hr A Jansen", "mevrouw de Wit", "Fam. Bakker", "J. de Wit", "A.B. van den Berg", "J Jansen", "Ada Lovelace",
        "Anna Maria van Smit", "Anne-Marie Smit", "dr. Bakker",
    ],
)  # fmt: skip
def test_takes_a_name_like_this_for_a_person(name):
    assert {"@person", "@company"} & flags(name) == {"@person"}


@pytest.mark.parametrize(
    "name",
    [
        "", "Voorbeeld BV", "J. de Wit BV", "Bakkerij Jansen B.V.", "Stichting Samen", "Voorbeeld", "Huis 12",
        "Een Twee Drie Vier Vijf Zes", "Ada L0velace", "Albert Heijn", "Praktijk de Wit", "Samen V.V.",
    ],
)  # fmt: skip
def test_takes_a_name_like_this_for_no_person(name):
    assert {"@person", "@company"} & flags(name) == {"@company"}


@pytest.mark.parametrize(("remittance", "iban"), [("Incasso Machtiging ID: 12", IBAN), ("dank", "")])
def test_takes_nobody_who_collects_or_has_no_account_for_a_person(remittance, iban):
    assert "@company" in flags("Ada Lovelace", remittance, iban=iban)


def test_reads_a_plain_name_of_somebody_known_as_no_person_but_initials_as_one():
    assert "@company" in flags("Zilveren Kruis")
    assert "@person" in flags("J. Kruis")


def test_knows_who_is_dealt_with_from_the_name_and_who_is_only_spoken_of():
    assert "#energy_firm" in kinds("Vattenfall", "termijn")
    spoken = kinds("J. de Wit", "voor Vattenfall termijn")
    assert "~energy_firm" in spoken
    assert "#energy_firm" not in spoken


def test_looks_for_whom_it_is_in_the_first_words_when_there_is_no_name():
    assert "#energy_firm" in kinds("", "Vattenfall termijn mei", iban="")
    assert "#energy_firm" in kinds("", "een twee drie vattenfall", iban="")
    assert "~energy_firm" in kinds("", "een twee drie vier vattenfall", iban="")


def test_looks_behind_a_payment_service():
    found = kinds("Adyen N.V.", "Vattenfall termijn mei lang verhaal nog meer")
    assert {"#psp", "#energy_firm"} <= found
    assert "@known" in flags("Adyen N.V.", "Vattenfall termijn")
    assert "@known" not in flags("Adyen N.V.", "iets")


@pytest.mark.parametrize(
    ("code", "kind"), [("5411", "#grocery"), ("5812", "#eating"), ("4111", "#transit"), ("5912", "#pharmacy")]
)
def test_knows_a_shop_by_the_code_of_its_trade(code, kind):
    assert kind in kinds("Iets", f"BEA, Betaalpas MCC:{code}")
    assert kind not in kinds("Iets", "BEA, Betaalpas MCC:0000")


@pytest.mark.parametrize(
    ("about", "assessment", "flag"),
    [
        ("aanslag 123456789H2660", "H", "@nr_h"),
        ("aanslag 123456789H266012", "H12", "@nr_h"),
        ("kenteken AB-12-CD", "", "@plate"),
        ("kenteken 1-ABC-23", "", "@plate"),
        ("van 01-02-26", "", "@no_number"),
        ("van AB-CD-EF", "", "@no_number"),
        ("termijn", "", "@no_number"),
    ],
)
def test_reads_which_tax_it_is_from_the_number(about, assessment, flag):
    found = clues("Belastingdienst", about)
    marks = {thing for thing in found.seen if thing in {"@plate", "@no_number"} or thing.startswith("@nr_")}
    assert (found.assessment, marks) == (assessment, {flag})


def test_asks_only_of_the_tax_office_for_such_numbers():
    assert clues("Vattenfall", "aanslag 123456789H2660").assessment == ""
    assert {"@plate", "@no_number"}.isdisjoint(clues("Vattenfall", "AB-12-CD").seen)


@pytest.mark.parametrize(
    ("name", "remittance"),
    [
        ("A." * 60 + "1", ""),
        ("A. " * 60 + "!", ""),
        ("", "BEA, " + "Betaalpas.Winkel,PAS001/" * 60),
        ("", "BEA, " + "Betaalpas Winkel " * 60),
        ("", "GEA" + " " * 900),
    ],
)
def test_tries_a_text_that_fits_nothing_not_in_every_way_there_is(name, remittance):
    """Such a text was once tried in as many ways as it can be cut: longer than anybody waits."""
    assert {"@person", "@company"} & flags(name, remittance) == {"@company"}


def test_reads_no_more_than_the_beginning_of_a_text_without_end():
    long = "x" * 1999
    assert clues("", f"{long} vattenfall").line.about == clues("", long).line.about
    assert "vattenfall" in clues("", "x" * 1900 + " vattenfall").about
