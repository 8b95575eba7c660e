"""The OFX reader: ofxparse behind its gate."""

from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from budgeting.core.readers import read
from budgeting.core.statement import Reading
from tests.budgeting.core.readers.writing import OTHER, OWN, Fact, ofx

OUT, IN = Fact(Decimal("-100.00")), Fact(Decimal("50.25"), name="J & K <Zorg>", text="6390338414964113")


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def changed(old: str, new: str, *, xml: bool = False) -> Reading:
    written = ofx([OUT, IN], xml=xml).decode()
    assert old in written
    return read(written.replace(old, new).encode())


@pytest.mark.parametrize("xml", [False, True])
def test_reads_both_generations_alike(xml: bool) -> None:
    reading = read(ofx([OUT, IN], xml=xml))
    (statement,) = reading.statements
    assert (reading.format, reading.version) == (("ofx2", "211") if xml else ("ofx1", "102"))
    assert (statement.account, statement.currency, statement.lines) == (OWN, "EUR", 2)
    first, second = statement.entries
    assert (first.amount, first.counterparty_name, first.counterparty_iban) == (OUT.amount, OUT.name, OTHER)
    assert (first.remittance, first.bank_reference, first.bank_code) == (OUT.text, "F00001", "DEBIT")
    assert (second.counterparty_name, second.structured_reference) == ("J & K <Zorg>", "6390338414964113")
    assert statement.closing is not None
    assert statement.closing.amount == Decimal("950.25")


def test_holds_a_file_that_has_no_opening_balance() -> None:
    reading = read(ofx([OUT]))
    assert (codes(reading), reading.severity, reading.statements[0].balances) == ({"balance_missing"}, "hold", None)


def test_keeps_the_banks_own_day_when_its_time_zone_would_move_it() -> None:
    assert read(ofx([OUT])).statements[0].entries[0].booking_date == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("written", "amount"), [("-2000,00", "-2000.00"), ("+1 006,60", "1006.60"), ("12", "12.00"), ("00.5000", "0.50")]
)
def test_reads_the_amounts_that_banks_write(written: str, amount: str) -> None:
    assert changed("-100.00", written).statements[0].entries[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    "written", ["NaN", "Infinity", "1e9", "10.005", "1,234", "1.234,56", "$120", "--5", "null", "１２", "0x10", "1_0"]
)
def test_refuses_an_amount_that_ofxparse_would_take_or_mistake(written: str) -> None:
    assert codes(changed("-100.00", written)) == {"unreadable"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<TRNAMT>-100.00", "", "amount_missing"),
        ("<DTPOSTED>20260305", "<DTPOSTED>20260230", "unreadable"),
        ("<DTPOSTED>20260305", "<DTPOSTED>00000000", "unreadable"),
        ("<DTPOSTED>20260305233000[-5:EST]", "<DTPOSTED>", "date_missing"),
        ("CHARSET:1252", "CHARSET:EBCDIC-EVIL", "charset"),
        ("<OFX>", "<!DOCTYPE x><OFX>", "dtd_forbidden"),
        ("</OFX>", "", "cut_off"),
        ("</STMTRS>", "", "cut_off"),
        ("</STMTTRN>", "", "not_well_formed"),
    ],
)
def test_refuses_the_whole_file_and_says_why(old: str, new: str, code: str) -> None:
    reading = changed(old, new)
    assert (code in codes(reading), reading.statements, reading.severity) == (True, (), "refuse")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<FITID>F00002", "<FITID>F00001", "id_twice"),
        ("<FITID>F00002", "", "id_missing"),
        ("<FITID>F00002", "<FITID>", "id_missing"),
        ("<CURDEF>EUR", "<CURDEF>USD", "not_in_euro"),
    ],
)
def test_holds_what_a_person_must_look_at(old: str, new: str, code: str) -> None:
    reading = changed(old, new)
    assert code in codes(reading)
    assert (reading.severity, reading.statements[0].lines) == ("hold", 2)


def test_refuses_an_investment_statement() -> None:
    reading = changed("STMTRS>", "INVSTMTRS>")
    assert (reading.severity, "not_a_statement" in codes(reading)) == ("refuse", True)


def test_refuses_a_file_cut_off_at_any_byte() -> None:
    written = ofx([OUT, IN]).rstrip()
    for length in range(len(written)):
        reading = read(written[:length])
        assert (reading.severity, reading.statements) == ("refuse", ()), length


def test_takes_twice_the_time_for_twice_the_transactions() -> None:
    def seconds(count: int) -> float:
        written = ofx([Fact(Decimal(number)) for number in range(1, count + 1)])
        best = []
        for _ in range(3):
            start = process_time()
            assert read(written).statements[0].lines == count
            best.append(process_time() - start)
        return min(best)

    seconds(100)
    assert seconds(8000) < 4 * 2.5 * seconds(2000)
