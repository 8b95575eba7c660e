from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.lines import read_line, readable, unwrapped
from budgeting.core.statement import Entry


def line(remittance, name="", iban="", amount="-10.00", **more):
    entry = Entry(
        amount=Decimal(amount),
        booking_date=date(2026, 4, 1),
        counterparty_name=name,
        counterparty_iban=iban,
        remittance=remittance,
        **more,
    )
    return read_line(entry)


IBAN = "NL00BANK0123456789"


@pytest.mark.parametrize(
    ("remittance", "name", "about"),
    [
        (
            "Naam: Voorbeeld BV Omschrijving: termijn mei IBAN: NL00BANK0123456789 Kenmerk: 12",
            "Voorbeeld BV",
            "termijn mei",
        ),
        (
            "/TRTP/SEPA OVERBOEKING/IBAN/NL00BANK0123456789/BIC/X/NAME/Voorbeeld BV/REMI/termijn mei",
            "Voorbeeld BV",
            "termijn mei",
        ),
        ("Voorbeeld BV \\ \\ termijn mei", "Voorbeeld BV", "termijn mei"),
        (
            "BEA, Betaalpas                   Bakker Jansen,PAS001   NR:1, 01.04.26/10:00  UTRECHT",
            "Bakker Jansen",
            "NR:1",
        ),
        ("'Europese incasso: NL-termijn mei -Machtiging 12 -Incassant NL00ZZZ123456780000'", "", "termijn mei"),
        ("NL00BANK0123456789                BANKNL2G Voorbeeld BV termijn mei", "", "Voorbeeld BV termijn mei"),
    ],
)
def test_reads_name_and_text_in_every_banks_shape(remittance, name, about):
    found = line(remittance, iban=IBAN)
    assert found.name == name
    assert about in " ".join(found.about.split())


@pytest.mark.parametrize(
    ("remittance", "more", "kind"),
    [
        ("Geldmaat Plein 1", {}, "cash"),
        ("Betaalautomaat 08:02 pasnr. 007", {"name": "Bakker"}, "card"),
        ("premie", {"iban": IBAN, "mandate_id": "M1"}, "debit"),
        ("1234567890123456 bestelling", {"iban": IBAN}, "ideal"),
        ("huur", {"iban": IBAN}, "transfer"),
        ("Kosten rekening", {}, "bank"),
    ],
)
def test_sees_how_it_was_paid(remittance, more, kind):
    assert line(remittance, **more).kind == kind


def test_mends_words_broken_at_65_characters():
    whole = "/TRTP/SEPA OVERBOEKING/IBAN/NL00BANK0123456789/NAME/Voorbeeldnaam/REMI/zorgtoeslag mei"
    broken = f"{whole[:65]} {whole[65:]}"
    assert unwrapped(broken) == whole
    assert line(broken, iban=IBAN).name == "Voorbeeldnaam"


def test_leaves_a_text_alone_that_only_seems_broken():
    assert "verhuizing" in readable(line("a" * 64 + " " + "verhuizing"))[1]


def test_finds_the_chamber_number_in_a_creditor_id():
    assert line("incasso", creditor_id="NL00ZZZ123456780000").chamber_number == "12345678"
    assert line("Machtiging 1 Incassant NL00ZZZ123456780000").chamber_number == "12345678"


def test_finds_the_merchant_code():
    assert line("WINKEL>UTRECHT 1.04.2026 10U00 KV001 MCC:5411").merchant_code == "5411"


def test_leaves_out_account_numbers_and_references():
    about = readable(line("huur NL00BANK0123456789 BANKNL2A 20260401 NOTPROVIDED am04"))[1]
    assert about == ("huur", "am04")


def told(about):
    return " ".join(about.split())


@pytest.mark.parametrize(
    ("remittance", "about"),
    [
        ("Naam: Een BV Omschrijving: termijn mei Naam: Twee BV Omschrijving: anders", "termijn mei"),
        ("/TRTP/SEPA OVERBOEKING/NAME/Een BV/REMI/termijn mei", "termijn mei"),
        ("Een BV \\ termijn \\ mei", "termijn mei"),
        ("BEA, Betaalpas    Een BV,PAS001   termijn mei", "termijn mei"),
        ("eCom, Betaalpas    Een BV   termijn mei", "termijn mei"),
    ],
)
@pytest.mark.parametrize(("given", "name"), [("", "Een BV"), (" Zelf BV ", "Zelf BV")])
def test_takes_the_name_the_bank_gives_apart_before_the_one_in_the_text(remittance, about, given, name):
    found = line(remittance, name=given, iban=IBAN)
    assert (found.name, told(found.about)) == (name, about)


@pytest.mark.parametrize(
    ("remittance", "about"),
    [
        ("Een BV>UTRECHT>1 MEI", "Een BV>UTRECHT>1 MEI"),
        ("Europese incasso: NL-termijn-mei -Incassant NL1 -Machtiging 2", "termijn-mei"),
        ("Europese incasso: NL-termijn mei -Machtiging 2 -Incassant NL1", "termijn mei"),
        ("Naam: Een BV", "Naam: Een BV"),
        ("termijn mei", "termijn mei"),
    ],
)
def test_keeps_a_name_given_apart_whatever_the_text_looks_like(remittance, about):
    found = line(remittance, name="Zelf BV", iban=IBAN)
    assert (found.name, told(found.about)) == ("Zelf BV", about)


@pytest.mark.parametrize(
    ("remittance", "name", "about"),
    [
        ("Een BV > UTRECHT > 1 MEI", "Een BV", "UTRECHT > 1 MEI"),
        ("termijn mei", "", "termijn mei"),
        (" ' termijn mei ' ", "", "termijn mei"),
        ("Xtermijn meiX", "", "Xtermijn meiX"),
        ("Omschrijving: termijn mei", "", "termijn mei"),
        ("Naam: Een BV Kenmerk: 12 Omschrijving:", "Een BV", ""),
        ("/REMI/termijn mei", "", "termijn mei"),
        ("/TRTP/STORNO/REMI/een/RTRN/MD06/PURP/SALA/ORDP/vier/BENM/vijf/NAME/ Een BV /IBAN/x", "Een BV",
         "een MD06 SALA vier vijf"),
        ("/TRTP/SEPA OVERBOEKING/NAME/Een BV", "Een BV", "SEPA OVERBOEKING"),
        ("/TRTP/Debetrente/REMI/mei", "", "Debetrente mei"),
        ("/TRTP/KOSTEN PAKKET/REMI/mei", "", "KOSTEN PAKKET mei"),
        ("/TRTP/SEPA OVERBOEKING/REMI/mei", "", "mei"),
        ("/TRTP/SEPA OVERBOEKING/REMI/", "", "SEPA OVERBOEKING"),
        ("/REMI/", "", ""),
    ],
)  # fmt: skip
def test_finds_the_name_and_the_text_where_the_bank_puts_them(remittance, name, about):
    found = line(remittance, iban=IBAN)
    assert (found.name, told(found.about)) == (name, about)


BNG = "NL00BANK0123456789                BANKNL2G termijn mei"


@pytest.mark.parametrize(
    ("remittance", "about"),
    [
        (BNG, "termijn mei"),
        ("NL00BANK0123456789 termijn mei", "termijn mei"),
        (f"'{BNG}'", "termijn mei"),
        ("NL00BANK0123456789  BANKNL2G\ntermijn\nmei", "termijn mei"),
    ],
)
def test_knows_a_line_of_the_bank_where_a_municipality_holds_accounts(remittance, about):
    found = line(remittance, name="Zelf BV", iban=IBAN)
    assert (found.name, told(found.about), found.held) == ("Zelf BV", about, True)
    assert line("termijn mei", iban=IBAN).held is False


def broken_at_65(text, rest):
    """The text, filled up so that a line of 65 characters ends with it, and what follows the break."""
    return f"{text:-<65} {rest}"


def test_reads_a_broken_line_mended_and_as_it_was_printed():
    whole = f"{BNG} {'-' * (65 - len(BNG) - 5)}zorgtoeslag en meer"
    assert whole[:65].endswith("zorg")
    found = line(f"{whole[:65]} {whole[65:]}", iban=IBAN)
    assert readable(found)[1] == ("termijn", "mei", "zorgtoeslag", "en", "meer", "zorg", "toeslag")


def test_adds_the_words_at_a_break_to_a_tagged_text_and_leaves_tags_out():
    text = f"/TRTP/SEPA OVERBOEKING/REMI/mei {'x' * 27} zorg"
    assert len(text) == 64
    found = line(f"{text}- toeslag en /NAME/Een BV", iban=IBAN)
    assert told(found.about) == f"mei {'x' * 27} zorg-toeslag en zorg- toeslag"
    tags = f"/TRTP/SEPA OVERBOEKING/REMI/mei {'x' * 25} /NAME"
    assert len(tags) == 63
    assert told(line(f"{tags}/E en BV", iban=IBAN).about) == f"mei {'x' * 25} en"


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ([f"/REMI/{'x' * 59}"], "x" * 59),
        ([f"/REMI/{'x' * 54} zorg", "y"], f"{'x' * 54} zorgy zorg y"),
        (
            [f"/REMI/{'x' * 54} zorg", f"toeslag {'y' * 54} me", "i"],
            f"{'x' * 54} zorgtoeslag {'y' * 54} mei zorg toeslag me i",
        ),
    ],
)
def test_adds_the_words_at_every_break_there_is(lines, read):
    assert all(len(one) == 65 for one in lines[:1] + lines[1:-1])
    assert told(line(" ".join(lines), iban=IBAN).about) == read


def test_leaves_a_tagged_text_without_words_of_its_own_as_it_is():
    text = f"/TRTP/SEPA OVERBOEKING/NAME/{'x' * 33} zorg"
    assert told(line(f"{text[:65]} {text[65:]}toeslag", iban=IBAN).about) == "SEPA OVERBOEKING"


@pytest.mark.parametrize(
    ("printed", "mended"),
    [
        ("", ""),
        ("x" * 65, "x" * 65),
        ("x" * 65 + " ", "x" * 65),
        ("x" * 65 + "y", "x" * 65 + "y"),
        ("x" * 65 + " y", "x" * 65 + "y"),
        ("x" * 65 + " " + "y" * 65 + " z", "x" * 65 + "y" * 65 + "z"),
        ("x" * 65 + " " + "y" * 65 + "z", "x" * 65 + " " + "y" * 65 + "z"),
        ("x" * 65 + "z" + "y" * 65 + " ", "x" * 65 + "z" + "y" * 65 + " "),
    ],
)
def test_takes_out_breaks_only_where_there_is_one_at_every_place(printed, mended):
    assert unwrapped(printed) == mended


@given(st.text(st.characters(exclude_characters=" ", exclude_categories=["Cs"]), max_size=200))
def test_mends_whatever_was_broken_at_65_characters(text):
    broken = " ".join(text[start : start + 65] for start in range(0, len(text), 65))
    assert unwrapped(broken) == text


@pytest.mark.parametrize(
    ("remittance", "more", "kind"),
    [
        *((word, {}, "cash") for word in ("GELDMAAT", "geldautomaat", "Geldopname", "kasopname", "MCC:6011",
                                          "GEA, x", "Opname geld")),
        *((word, {}, "card") for word in ("BEA, x", "Betaalautomaat", "Pasvolgnr 1", "pasnr 1", "Betaalpas 01",
                                          "MCC:5411",
                                          "contactloze", "Apple Pay", "Google Pay", "x,PAS01", "x KV02", "x, NLD, y",
                                          "eCom, x", "Plein, NL", "Plein, BE", "Plein, DE")),
        *((word, {}, "debit") for word in ("Incasso", "Machtiging", "/MARF/x", "/CSID/x", "Incassant")),
        ("x", {"name": "Geldmaat Plein"}, "cash"),
        ("x", {"name": "Bakker NLD"}, "card"),
        ("x", {"name": "Bakker nld"}, "bank"),
        ("x", {"name": "NLD Bakker"}, "bank"),
        ("x", {"mandate_id": "M1"}, "debit"),
        ("Geldmaat", {"mandate_id": "M1"}, "cash"),
        ("pasnr", {"mandate_id": "M1"}, "card"),
        ("x", {}, "bank"),
        ("Geldmaat pasnr", {"iban": IBAN}, "transfer"),
        ("Incasso 1234567890123456", {"iban": IBAN}, "debit"),
        ("iDEAL 1", {"iban": IBAN}, "ideal"),
        ("bestelling 123456789012345", {"iban": IBAN}, "transfer"),
        ("bestelling 12345678901234567", {"iban": IBAN}, "transfer"),
        ("iDEAL", {}, "bank"),
        ("iDEAL", {"iban": IBAN, "mandate_id": "M1"}, "debit"),
    ],
)  # fmt: skip
def test_sees_how_it_was_paid_by_what_stands_there(remittance, more, kind):
    assert line(remittance, **more).kind == kind


@pytest.mark.parametrize(
    ("remittance", "more", "number"),
    [
        ("x", {"creditor_id": "NL00ZZZ123456780000"}, "12345678"),
        ("x", {"mandate_id": "NL00ZZZ123456780000"}, "12345678"),
        ("NL00ZZZ123456780000", {}, "12345678"),
        ("NL00ZZZ000000010000", {"creditor_id": "NL00ZZZ123456780000"}, "12345678"),
        ("NL00ZZZ000000010000", {"mandate_id": "NL00ZZZ123456780000"}, "12345678"),
        ("NL00ABC123456780000", {"creditor_id": "DE00ZZZ09999999999"}, "12345678"),
        ("NL00ABC123456780000", {}, ""),
        ("x", {"creditor_id": "DE00ZZZ09999999999"}, ""),
        ("NL00ZZZ12345678000", {}, ""),
        ("x", {}, ""),
    ],
)
def test_takes_the_chamber_number_from_a_dutch_creditor_id_alone(remittance, more, number):
    assert line(remittance, **more).chamber_number == number


@pytest.mark.parametrize(("remittance", "code"), [("x MCC:541", ""), ("x", ""), ("MCC:5411", "5411"), ("mcc:5411", "")])
def test_tells_no_merchant_code_that_is_not_there(remittance, code):
    assert line(remittance).merchant_code == code


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Voorbeeld", True),
        ("banknl2a", False),
        ("banknl2axxx", False),
        ("banknl2ax", True),
        ("bankbe2a", True),
        ("banknl3a", True),
        ("notprovided", False),
        ("am04567", True),
        ("a1234567890123", True),
        ("a12345678901234", False),
        ("kinderdagverblijven", True),
    ],
)
def test_leaves_bank_codes_and_numbers_out_of_a_name(name, kept):
    assert readable(line("x", name=name))[0] == ((name.casefold(),) if kept else ())


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("huur", True),
        ("q1", True),
        ("1", True),
        ("12", True),
        ("123", False),
        ("ab123", True),
        ("ab1234", False),
        ("50plus", True),
        ("giro555", True),
        ("giro556", False),
    ],
)
def test_keeps_of_words_with_digits_what_may_mean_something(word, kept):
    assert readable(line(word))[1] == ((word,) if kept else ())
