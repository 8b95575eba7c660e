from datetime import date
from decimal import Decimal

import pytest

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
