"""The OFX reader: ofxparse behind its gate."""

from datetime import date, datetime
from decimal import Decimal
from time import process_time
from types import SimpleNamespace

import pytest
from ofxparse.ofxparse import OfxParserException

from budgeting.core.readers import read
from budgeting.core.readers.ofx import items
from budgeting.core.statement import Entry, Reading, Unreadable
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


HEAD = "OFXHEADER:100\nVERSION:102\nCHARSET:1252\n\n<OFX>"
PLAIN = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261118<TRNAMT>-1.00<FITID>1<NAME>Winkel</STMTTRN>"
# An empty name: one that is read tag by tag.
TAGGED = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261118<TRNAMT>-1.00<FITID>2<NAME></STMTTRN>"
OPEN = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261118<NAME>"
OWNED = f"<CURDEF>EUR<ACCTID>{OWN}"


def file_of(*parts: str) -> Reading:
    return read("".join([HEAD, *parts, "</OFX>"]).encode())


@pytest.mark.parametrize("outer", [PLAIN, TAGGED])
@pytest.mark.parametrize(
    ("parts", "where", "tag"),
    [
        (["{}"], "STMTTRN 1", "STMTTRN"),
        (["<STMTRS>", OWNED, "{}</STMTRS>{}"], "STMTTRN 2", "STMTTRN"),
        (["<STMTRS>", OWNED, "{}", OPEN, "{}</STMTRS>"], "STMTTRN 2", "STMTTRN"),
        (["<STMTRS>", OWNED, "{}", OPEN, OPEN, "</STMTRS>"], "STMTTRN 2", "STMTTRN"),
        (["<STMTRS>", OWNED, "{}</STMTTRN></STMTRS>"], "STMTTRN 2", "STMTTRN"),
        (["</STMTTRN>{}"], "STMTTRN 1", "STMTTRN"),
        (["<STMTRS>", OWNED, "{}<CCSTMTRS>{}</STMTRS>"], "STMTTRN 1", "CCSTMTRS"),
    ],
)
def test_names_the_place_where_the_tags_are_in_disorder(parts: list[str], where: str, tag: str, outer: str) -> None:
    (problem,) = file_of(*(part.replace("{}", outer) for part in parts)).problems
    assert (problem.code, problem.where, problem.values) == ("not_well_formed", where, {"tag": tag})


@pytest.mark.parametrize(
    ("parts", "where", "values"),
    [
        (["<STMTRS>", OWNED, PLAIN, OPEN, "</STMTRS>"], "STMTTRN 2", {}),
        (["<STMTRS>", OWNED, PLAIN], "STMTTRN 1", {"missing": "</OFX>"}),
        (["<STMTRS>", OWNED, TAGGED, PLAIN, "</STMTRS><OFX>"], "", None),
    ],
)
def test_says_after_which_transaction_a_file_is_cut_off(
    parts: list[str], where: str, values: dict[str, str] | None
) -> None:
    reading = file_of(*parts)
    told = [(problem.where, dict(problem.values)) for problem in reading.problems if problem.code == "cut_off"]
    assert told == ([] if values is None else [(where, values)])


def test_says_what_is_missing_of_a_file_without_its_end() -> None:
    (problem,) = read("".join([HEAD, "<STMTRS>", OWNED, TAGGED, PLAIN, "</STMTRS>"]).encode()).problems
    assert (problem.code, problem.where, problem.values) == ("cut_off", "STMTTRN 2", {"missing": "</OFX>"})


@pytest.mark.parametrize("one", [PLAIN, TAGGED])
@pytest.mark.parametrize(
    ("old", "new", "code", "values"),
    [
        ("20261118", "20261131", "unreadable", {"text": "20261131"}),
        ("20261118", "2026111", "unreadable", {"text": "2026111"}),
        ("<DTPOSTED>20261118", "", "date_missing", {}),
        ("<TRNAMT>-1.00", "", "amount_missing", {}),
        ("<TRNAMT>-1.00", "<TRNAMT>", "amount_missing", {}),
        ("-1.00", "- 1.000,00 en nog veel meer dan er in een regel past", "unreadable", None),
        ("<FITID>", "<DTAVAIL>20260230<FITID>", "unreadable", {"text": "20260230"}),
    ],
)
def test_names_the_transaction_that_cannot_be_read(
    old: str, new: str, code: str, values: dict[str, str] | None, one: str
) -> None:
    (problem,) = file_of("<STMTRS>", OWNED, TAGGED, one.replace(old, new), "</STMTRS>").problems
    told = {"text": "- 1.000,00 en nog veel meer dan er in een regel past"[:40]} if values is None else values
    assert (problem.code, problem.where, problem.values) == (code, "STMTTRN 2", told)


@pytest.mark.parametrize("name", ["LEDGERBAL", "AVAILBAL"])
@pytest.mark.parametrize(
    ("amount", "day", "text"), [("1,2,3", "20261118", "1,2,3"), ("1.00", "20261318", "20261318"), ("1.00", "X", "X")]
)
def test_names_the_balance_that_cannot_be_read(name: str, amount: str, day: str, text: str) -> None:
    balance = f"<{name}><BALAMT>{amount}<DTASOF>{day}</{name}>"
    (problem,) = file_of("<STMTRS>", OWNED, PLAIN, balance, "</STMTRS>").problems
    assert (problem.code, problem.where, problem.values) == ("unreadable", name, {"text": text})


@pytest.mark.parametrize(
    "balance", ["<BALAMT>1.00", "<DTASOF>20261118", "<BALAMT>1.00<DTASOF>0000", "<BALAMT><DTASOF>"]
)
def test_has_no_balance_where_the_bank_leaves_half_of_it_empty(balance: str) -> None:
    ledger = f"<LEDGERBAL>{balance}</LEDGERBAL>"
    assert file_of("<STMTRS>", OWNED, PLAIN, ledger, "</STMTRS>").statements[0].closing is None


def test_keeps_values_apart_from_those_of_the_group_before_them() -> None:
    one = PLAIN.replace("<NAME>", "<CURRENCY><CURSYM>USD</CURRENCY><PAYEE><NAME>een<ADDR1></PAYEE><NAME>")
    (entry,) = file_of("<STMTRS>", OWNED, one, "</STMTRS>").statements[0].entries
    assert (entry.currency, entry.counterparty_name) == ("USD", "Winkel")


def test_begins_each_transaction_anew_when_a_group_was_not_closed() -> None:
    one = PLAIN.replace("</STMTTRN>", "<PAYEE><NAME>een</STMTTRN>")
    entries = file_of("<STMTRS>", OWNED, one, TAGGED, "</STMTRS>").statements[0].entries
    assert [(entry.counterparty_name, entry.bank_reference) for entry in entries] == [("Winkel", "1"), ("", "2")]


@pytest.mark.parametrize("fault", [OfxParserException("x" * 60), ArithmeticError("x" * 60), AttributeError("x" * 60)])
def test_refuses_a_transaction_that_the_package_cannot_read(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(_: object) -> None:
        raise fault

    monkeypatch.setattr("budgeting.core.readers.ofx._Parser.parseTransaction", stumbles)
    (problem,) = file_of("<STMTRS>", OWNED, PLAIN, "</STMTRS>").problems
    assert (problem.code, problem.where, problem.values) == ("unreadable", "STMTTRN 1", {"text": "x" * 40})


@pytest.mark.parametrize(("amount", "day"), [("-1.01", 18), ("-1.00", 19)])
def test_refuses_a_transaction_on_which_the_two_readers_disagree(
    amount: str, day: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(_: object) -> object:
        return SimpleNamespace(amount=Decimal(amount), date=datetime(2026, 11, day, 12), id="1")  # noqa: DTZ001

    monkeypatch.setattr("budgeting.core.readers.ofx._Parser.parseTransaction", told)
    (problem,) = file_of("<STMTRS>", OWNED, PLAIN, "</STMTRS>").problems
    assert (problem.code, problem.where) == ("readers_disagree", "STMTTRN 1")
    assert problem.values == {"ours": "-1.00", "theirs": amount}


def test_refuses_a_value_longer_than_any_bank_writes() -> None:
    def most(length: int) -> list[object]:
        # The last eight signs wait for the next piece: a section could begin in them.
        value = "<MEMO>" + "x" * (length + 2)
        return list(items([f"{HEAD}<STMTRS>{OWNED}", value, f"</STMTRS>{' ' * 20}</OFX>"], markers=0))

    assert len(most(6_000_000)) == 1
    with pytest.raises(Unreadable) as told:
        most(6_000_001)
    assert (told.value.problem.code, told.value.problem.where) == ("element_too_big", "")


NOTED = "<![CDATA[a <TRNAMT>9</STMTTRN> ]] & &amp; <b]]>"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 1000])
def test_takes_no_tag_in_a_section_for_one_however_the_file_comes(size: int) -> None:
    text = f"{HEAD}<STMTRS>{OWNED}{TAGGED.replace('</STMT', f'<MEMO>{NOTED} en {NOTED}</STMT')}{PLAIN}</STMTRS></OFX>"
    found = list(items((text[place : place + size] for place in range(0, len(text), size)), markers=2))
    entries = [item for item in found if isinstance(item, Entry)]
    told = "a <TRNAMT>9</STMTTRN> ]] & &amp; <b"
    assert [entry.remittance for entry in entries] == [f"{told} en {told}", ""]
    assert [entry.amount for entry in entries] == [Decimal("-1.00")] * 2
    assert len(found) == 3


def test_refuses_a_file_whose_section_never_ends() -> None:
    (problem,) = file_of("<STMTRS>", OWNED, TAGGED.replace("</STMT", "<MEMO><![CDATA[x</STMT"), "</STMTRS>").problems
    assert problem.code == "cut_off"
