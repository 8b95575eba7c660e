"""The reader of Dutch exports: every bank's columns, and nothing that pandas would do by itself."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.readers import read
from budgeting.core.statement import Reading
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import DAY, OTHER, OWN, Fact

FACTS = [Fact(Decimal("-1234.56")), Fact(Decimal("50.25"), name="NA", text="1E5", end_to_end="007")]
WRITERS: dict[str, Callable[[list[Fact]], bytes]] = {
    "ING": writing.ing,
    "Rabobank": writing.rabobank,
    "ABN AMRO": writing.abn_tab,
    "SNS": writing.sns,
    "Triodos": writing.triodos,
    "Knab": writing.knab,
    "bunq": writing.bunq,
}
WITH_BALANCES = {"ING", "Rabobank", "ABN AMRO", "SNS"}


def codes(reading: Reading) -> set[str]:
    """What is said besides what goes for every export: no end mark, and perhaps only one balance a row."""
    found = {problem.code for problem in reading.problems}
    assert ("end_unknown" in found) is bool(reading.statements)
    return found - {"end_unknown", "balance_derived"}


@pytest.mark.parametrize("bank", WRITERS)
def test_reads_the_export_of_every_bank(bank: str) -> None:
    reading = read(WRITERS[bank](FACTS))
    (statement,) = reading.statements
    assert (reading.format, reading.version, statement.lines) == ("csv", bank, 2)
    assert statement.account == ("417164300" if bank == "ABN AMRO" else OWN)
    entries = sorted(statement.entries, key=lambda entry: entry.amount)
    assert [entry.amount for entry in entries] == [Decimal("-1234.56"), Decimal("50.25")]
    assert [entry.counterparty_name for entry in entries] == ["Energie Direct B.V.", "NA"]
    assert [entry.remittance for entry in entries] == ["Termijn maart 2026 klant 00123", "1E5"]
    assert {(entry.counterparty_iban, entry.booking_date) for entry in entries} == {(OTHER, DAY)}
    assert statement.balances is (True if bank in WITH_BALANCES else None)
    assert codes(reading) - {"account_not_an_iban"} == (set() if bank in WITH_BALANCES else {"balance_missing"})


def test_reads_ing_with_commas_and_in_english() -> None:
    written = writing.ing(FACTS, delimiter=",").decode()
    names = {
        "Datum": "Date", "Naam / Omschrijving": "Name / Description", "Tegenrekening": "Counterparty",
        "Rekening": "Account", "Af Bij": "Debit/credit", "Bedrag (EUR)": "Amount (EUR)", '"Af"': '"Debit"',
        "Mutatiesoort": "Transaction type", "Mededelingen": "Notifications", "Saldo na mutatie": "Resulting balance",
        '"Bij"': '"Credit"',
    }  # fmt: skip
    for dutch, english in names.items():
        written = written.replace(dutch, english)
    assert [entry.amount for entry in read(written.encode()).statements[0].entries] == [
        Decimal("50.25"),
        Decimal("-1234.56"),
    ]


def test_reads_bunq_in_english_notation() -> None:
    statement = read(writing.bunq(FACTS, comma=False)).statements[0]
    assert [entry.amount for entry in statement.entries] == [Decimal("-1234.56"), Decimal("50.25")]


def test_refuses_a_file_that_mixes_notations() -> None:
    reading = read(writing.bunq(FACTS).replace(b'"50,25"', b'"50.25"'))
    assert codes(reading) == {"unreadable"}


def test_reads_a_file_that_a_spreadsheet_packed_into_one_column() -> None:
    rows = writing.bunq(FACTS).decode().splitlines()
    packed = "".join('"' + row.replace('"', '""') + '"\r\n' for row in rows)
    assert len(read(packed.encode()).statements[0].entries) == 2


def test_keeps_the_accounts_of_one_file_apart() -> None:
    rows = writing.ing(FACTS).decode().splitlines(keepends=True)
    other = rows[2].replace(OWN, "NL44RABO0123456789")
    reading = read("".join([rows[0], rows[1], other]).encode())
    assert [statement.account for statement in reading.statements] == [OWN, "NL44RABO0123456789"]


def test_reads_windows_1252_and_a_mark_before_utf_8() -> None:
    fact = Fact(Decimal("1.00"), name="Zoë Çelik")
    assert read(writing.rabobank([fact])).statements[0].entries[0].counterparty_name == "Zoë Çelik"
    marked = b"\xef\xbb\xbf" + writing.ing([fact])
    assert read(marked).statements[0].entries[0].counterparty_name == "Zoë Çelik"


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+cmd", "-2+3", "@SUM(1)", "<script>", "a\nb", 'zeg "hoi"', "  x"])
def test_keeps_text_as_text(text: str) -> None:
    entry = read(writing.rabobank([Fact(Decimal("1.00"), text=text)])).statements[0].entries[0]
    assert entry.remittance == text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"Bedrag (EUR)"', '"Bedrag"', "column_missing"),
        ('"Tegenrekening"', '"Rekening"', "column_twice"),
        ('"Tag"', '"Tag";"Extra"', "column_count"),
        (';""\r\n', "\r\n", "column_count"),
        ('"GT"', '"GT', "not_well_formed"),
        ('"1.234,56"', '"1,234.56"', "unreadable"),
        ('"1.234,56"', '"1234"', "unreadable"),
        ('"1.234,56"', '"-1.234,56"', "unreadable"),
        ('"1.234,56"', '"１,00"', "unreadable"),
        ('"1.234,56"', '"12.34,56"', "unreadable"),
        ('"1.234,56"', '""', "amount_missing"),
        ('"20260305"', '"5-3-2026"', "unreadable"),
        ('"20260305"', '"20260230"', "unreadable"),
        ('"Af"', '"Misschien"', "unreadable"),
        (f'"{OWN}"', '""', "account_missing"),
    ],
)
def test_refuses_the_whole_file_and_says_why(old: str, new: str, code: str) -> None:
    written = writing.ing(FACTS).decode()
    assert old in written
    reading = read(written.replace(old, new).encode())
    assert (codes(reading), reading.statements, reading.severity) == ({code}, (), "refuse")


def test_names_the_row_that_is_too_wide() -> None:
    rows = writing.ing(FACTS).decode().splitlines(keepends=True)
    rows[2] = rows[2].replace('""\r\n', '"";"x"\r\n')
    (problem,) = read("".join(rows).encode()).problems
    assert (problem.code, problem.where) == ("column_count", "line 3")
    assert problem.values == {"expected": "11", "found": "12"}


def test_refuses_a_header_without_rows_and_columns_of_nobody() -> None:
    assert codes(read(writing.ing([]))) == {"no_entries"}
    assert codes(read(b"a;b;c;d;e\r\n1;2;3;4;5\r\n")) == {"not_recognised"}
    assert codes(read(b";".join(b'"c%d"' % number for number in range(100_000)))) == {"not_recognised"}


def test_holds_rows_whose_balances_do_not_follow_on_each_other() -> None:
    reading = read(writing.rabobank(FACTS).replace(b"-184,31", b"-184,32"))
    assert (codes(reading), reading.severity) == ({"rows_do_not_chain", "balance_missing"}, "hold")
    assert reading.statements[0].lines == 2


def test_notices_when_a_row_is_left_out() -> None:
    rows = writing.rabobank([*FACTS, Fact(Decimal("3.00"))]).splitlines(keepends=True)
    assert "rows_do_not_chain" in codes(read(b"".join([*rows[:2], *rows[3:]])))


def test_takes_the_day_of_booking_of_knab() -> None:
    written = writing.knab(FACTS).decode().replace('"05-03-2026";\r\n', '"06-03-2026";\r\n')
    assert read(written.encode()).statements[0].entries[0].booking_date == date(2026, 3, 6)


@pytest.mark.parametrize(("bank", "derived"), [("ING", "opening"), ("Rabobank", "opening"), ("SNS", "closing")])
def test_says_which_balance_is_only_derived(bank: str, derived: str) -> None:
    said = {problem.code: problem for problem in read(WRITERS[bank](FACTS)).problems}
    assert (said["balance_derived"].values, said["balance_derived"].severity) == ({"which": derived}, "note")


def test_needs_no_derived_balance_where_the_bank_gives_both() -> None:
    assert "balance_derived" not in {problem.code for problem in read(writing.abn_tab(FACTS)).problems}


@pytest.mark.parametrize("account", ["NL91ËBNA0417164300", "NL91<ABNA", "1", "\u202e417164300"])
def test_refuses_an_account_of_other_characters(account: str) -> None:
    reading = read(writing.rabobank(FACTS, own="OWN12345").decode("cp1252").replace("OWN12345", account).encode())
    assert (codes(reading), reading.statements) == ({"unreadable"}, ())


def test_cuts_no_row_that_stands_behind_a_lone_carriage_return() -> None:
    head = '"Date","Interest Date","Amount","Account","Counterparty","Name","Description"\r'
    row = '"2026-03-03","2026-03-03","3,47","NL91ABNA0417164300","NL20INGB0001234567","Zus","{}"{}\r\n'
    data = (head + row.format("huur", ',"een kolom te veel"') + row.format("water", "")).encode()

    reading = read(data)

    assert reading.statements == ()
    assert [problem.code for problem in reading.problems] == ["column_count"]
