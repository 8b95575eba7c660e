"""The MT940 reader: the grammar of a line, what stands in its information, and what it refuses."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.readers import read
from budgeting.core.statement import Entry, Problem, Reading
from tests.budgeting.core.readers.writing import OTHER, OWN, Fact, mt940

HEAD, OPENING, CLOSING = ":20:X", ":60F:C260304EUR0,00", ":62F:C260305EUR0,00"
LINE = ":61:2603050305C1,00NTRF"
OUT, IN = Fact(Decimal("-100.00"), end_to_end="E2E-1"), Fact(Decimal("50.25"), end_to_end="E2E-2")


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def read_lines(*lines: str, closing: str = "C260305EUR0,00") -> Reading:
    head = (":20:X", f":25:{OWN}", ":28C:1/1", ":60F:C260304EUR0,00")
    return read("\r\n".join((*head, *lines, f":62F:{closing}", "-")).encode())


def only_entry(*lines: str) -> Entry:
    (entry,) = read_lines(*lines).statements[0].entries
    return entry


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_reads_a_statement(end: str) -> None:
    reading = read(mt940([OUT, IN], end=end))
    (statement,) = reading.statements
    assert (reading.format, reading.problems) == ("mt940", ())
    assert (statement.account, statement.sequence, statement.balances) == (OWN, "06401/1", True)
    first, second = statement.entries
    assert (first.amount, second.amount) == (Decimal("-100.00"), Decimal("50.25"))
    assert (first.counterparty_iban, first.counterparty_name) == (OTHER, "Energie Direct B.V.")
    assert (first.remittance, first.end_to_end_id) == ("Termijn maart 2026 klant 00123", "E2E-1")
    assert (first.booking_date, first.value_date, first.bank_code) == (date(2026, 3, 5), date(2026, 3, 5), "N654")


@pytest.mark.parametrize("length", range(1, 80))
def test_keeps_the_iban_whole_wherever_the_line_is_wrapped(length: int) -> None:
    entry = read(mt940([Fact(Decimal("1.00"), name="N" * length)])).statements[0].entries[0]
    moved = only_entry(":61:2603050305C1,00N654NONREF", *wrapped(f"/TRTP/{'X' * length}/IBAN/{OTHER}/REMI/x"))
    assert entry.counterparty_iban == moved.counterparty_iban == OTHER
    assert entry.counterparty_name == "N" * length


def wrapped(text: str) -> list[str]:
    parts = [text[start : start + 65] for start in range(0, len(text), 65)]
    return [f":86:{parts[0]}", *parts[1:]]


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("2603050305D100,00NTRFNONREF", "-100.00"),
        ("2603050305D100,NTRFNONREF", "-100.00"),
        ("2603050305D100,5NTRFNONREF", "-100.50"),
        ("2603050305D000000000100.00NMSCNONREF", "-100.00"),
        ("260305C100,00NTRFNONREF", "100.00"),
        ("2603050305CR100,00NTRFNONREF", "100.00"),
        ("2603050305RC100,00NTRFNONREF", "-100.00"),
        ("2603050305RD100,00NTRFNONREF", "100.00"),
        ("2603050305RDR100,00NTRFNONREF", "100.00"),
        ("2603050305C100,00NOV NONREF", "100.00"),
        ("2603050305CN100,00//12345", "100.00"),
        ("2603050305C100,00NONREF", "100.00"),
        ("2603050305C7NMSCREF3", "7.00"),
    ],
)
def test_reads_the_amounts_of_the_dialects(line: str, amount: str) -> None:
    entry = only_entry(f":61:{line}", ":86:x")
    assert entry.amount == Decimal(amount)
    assert entry.reversal is line[10:12].startswith("R")


@pytest.mark.parametrize(
    "line",
    [
        "2603050305C1.234,56NTRFNONREF",
        "2603050305C1,234.56NTRFNONREF",
        "2603050305C10,005NTRFNONREF",
        "2603050305C1234567890123456,00NTRF",
        "2603050305CNaNNTRFNONREF",
        "2603050305C-5,00NTRFNONREF",
        "2603050305X5,00NTRFNONREF",
        "2603050305C１２,５０NTRFNONREF",
        "2613050305C5,00NTRFNONREF",
        "2602310305C5,00NTRFNONREF",
        "0000000000C5,00NTRFNONREF",
        "26030",
        "",
    ],
)
def test_refuses_a_line_it_cannot_read(line: str) -> None:
    reading = read_lines(f":61:{line}", ":86:x")
    assert (reading.statements, codes(reading), reading.severity) == ((), {"unreadable"}, "refuse")
    assert reading.problems[0].where == "line 5"


def test_finds_the_year_of_the_booking_around_new_year() -> None:
    assert only_entry(":61:2601011231C1,00NTRF").booking_date == date(2025, 12, 31)
    assert only_entry(":61:2512310102C1,00NTRF").booking_date == date(2026, 1, 2)


def test_accepts_interest_valued_on_30_february_with_a_note() -> None:
    reading = read_lines(":61:2602300302C1,00NTRF", closing="C260302EUR1,00")
    entry = reading.statements[0].entries[0]
    assert (entry.booking_date, entry.value_date, reading.severity) == (date(2026, 3, 2), None, "note")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                ":86:/EREF/E-1//MARF/M-1//CSID/NL32ZZZ999999991234//CNTP/NL20INGB0",
                "001234567/INGBNL2A/J.Janssen///REMI/USTD//Fact 1/",
            ],
            ("J.Janssen", OTHER, "Fact 1", "E-1", "M-1", "NL32ZZZ999999991234", ""),
        ),
        (
            [":86:/CNTP/NL20INGB0001234567/INGBNL2A/BELASTINGDIENST///REMI/STRD/CUR/9001123412341234/"],
            ("BELASTINGDIENST", OTHER, "9001123412341234", "", "", "", "9001123412341234"),
        ),
        (
            [":86:/EREF/1/BENM//NAME/Naam/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/1234567899874563/ISDT/2026-03-05"],
            ("Naam", "", "", "1", "", "", "1234567899874563"),
        ),
        (
            [
                ":86:SEPA OVERBOEKING                 IBAN: NL20INGB0001234567",
                "BIC: INGBNL2A                    NAAM: BELASTINGDIENST",
                "BETALINGSKENM.: 1234123412341234",
            ],
            ("BELASTINGDIENST", OTHER, None, "", "", "", "1234123412341234"),
        ),
        (
            [
                ":86:166?00GUTSCHR?20EREF+E-7?21SVWZ+Miete Ma?22erz?30DEUTDEFF?31NL20INGB0",
                "001234567?32Max Muster?33mann?34011",
            ],
            ("Max Mustermann", OTHER, "Miete Maerz", "E-7", "", "", ""),
        ),
        (
            [":86:000>100000000000", ">20INGBNL2A", ">21NL20INGB0001234567", ">22HUUR MAA>23RT>310666666666"],
            ("", OTHER, None, "", "", "", ""),
        ),
        ([":86:NL20INGB0001234567 j blom", " " * 65, "Salaris"], ("j blom", OTHER, None, "", "", "", "")),
        ([":86:REK: NL20INGB0001234567/NAAM: BEDRIJF VOF"], ("BEDRIJF VOF", OTHER, None, "", "", "", "")),
        ([f":86:van NL20INGB0001234567 of {OWN}"], ("", "", None, "", "", "", "")),
    ],
)
def test_reads_the_information_of_the_dialects(lines: list[str], expected: tuple[str | None, ...]) -> None:
    entry = only_entry(":61:2603050305C1,00N654NONREF", *lines)
    name, iban, remittance, end_to_end, mandate, creditor, reference = expected
    assert (entry.counterparty_name, entry.counterparty_iban) == (name, iban)
    assert (entry.end_to_end_id, entry.mandate_id, entry.creditor_id) == (end_to_end, mandate, creditor)
    assert entry.structured_reference == reference
    assert remittance is None or entry.remittance == remittance


def test_takes_the_iban_of_rabobank_from_the_line_itself() -> None:
    entry = only_entry(":61:260305D000000000127,50N102EREF", OTHER, ":86:/EREF/1/BENM//NAME/Nespresso/REMI/674725433")
    assert (entry.counterparty_iban, entry.counterparty_name) == (OTHER, "Nespresso")


def test_takes_the_several_information_lines_of_old_rabobank_statements_together() -> None:
    entry = only_entry(":61:110617D000000000044,95N0600733959555      T-MOBILE BV", ":86:KENM. 1", ":86:NOTA 2")
    assert (entry.counterparty_name, entry.remittance) == ("T-MOBILE BV", "KENM. 1\nNOTA 2")


def test_does_not_believe_an_iban_that_the_payer_wrote_beside_the_banks() -> None:
    evil = only_entry(":61:2603050305C1,00N654NONREF", f":86:/TRTP/X/NAME/Y/REMI/a/IBAN/{OWN}/IBAN/{OTHER}")
    assert evil.counterparty_iban == ""


@pytest.mark.parametrize("text", ["-", "-}x", ":12:11", ":26:37 Folgenr", ": 86:"])
def test_keeps_text_that_only_looks_like_an_end_or_a_tag(text: str) -> None:
    reading = read_lines(
        ":61:2603050305C1,00N654NONREF", ":86:eerste regel", text, ":61:2603050305D1,00N654NONREF", ":86:x"
    )
    assert (len(reading.statements[0].entries), reading.severity) == (2, "")


def test_takes_a_line_in_the_text_for_an_entry_and_catches_it_by_the_balance() -> None:
    reading = read_lines(
        ":61:2603050305C1,00N654NONREF", ":86:tekst", ":61:2603050305C9999,00NTRFX", closing="C260305EUR1,00"
    )
    assert codes(reading) == {"does_not_balance"}
    assert reading.severity == "hold"


def test_counts_two_injected_lines_that_cancel_out() -> None:
    injected = (":61:2603050305C9999,00NTRFX", ":61:2603050305D9999,00NTRFX")
    reading = read_lines(":61:2603050305C1,00N654NONREF", ":86:tekst", *injected, closing="C260305EUR1,00")
    assert reading.severity == ""
    assert reading.statements[0].lines == 3


@pytest.mark.parametrize(
    ("fields", "place", "code", "values"),
    [
        ([LINE, HEAD], 1, "out_of_place", {"tag": "61"}),
        ([HEAD, OPENING, ":25:NL20INGB0001234567", CLOSING], 3, "out_of_place", {"tag": "25"}),
        ([HEAD, LINE, ":28C:1/2", CLOSING], 3, "out_of_place", {"tag": "28C"}),
        ([HEAD, LINE, OPENING, CLOSING], 3, "out_of_place", {"tag": "60F"}),
        ([HEAD, CLOSING, ":60M:C260304EUR0,00"], 3, "out_of_place", {"tag": "60M"}),
        ([HEAD, OPENING, CLOSING, LINE], 4, "out_of_place", {"tag": "61"}),
        ([HEAD, OPENING, LINE, CLOSING, ":62M:C260305EUR1,00"], 5, "out_of_place", {"tag": "62M"}),
        ([HEAD, OPENING, ":62F:C260305USD1,00"], 3, "currencies_differ", {"opening": "EUR", "closing": "USD"}),
        ([":60F:nul", CLOSING], 1, "unreadable", {"text": "nul"}),
        ([HEAD, ":60F:C260230EUR0,00", CLOSING], 2, "unreadable", {"text": "260230"}),
        ([HEAD, OPENING, ":62F:X260305EUR1,00"], 3, "unreadable", {"text": "X260305EUR1,00"}),
        ([HEAD, OPENING, ":62F:C260305EUR1.234,56"], 3, "unreadable", {"text": "C260305EUR1.234,56"}),
        ([HEAD, OPENING, f":62F:C260305EUR{'9' * 16},00"], 3, "unreadable", {"text": f"{'9' * 16},00"}),
        ([HEAD, OPENING, CLOSING, ":64:leeg"], 4, "unreadable", {"text": "leeg"}),
        ([HEAD, OPENING, ":61:2613050305C5,00NTRF", CLOSING], 3, "unreadable", {"text": "261305"}),
        ([HEAD, OPENING, ":61:2604300430C5,005NTRF", CLOSING], 3, "unreadable", {"text": "5,005"}),
        ([HEAD, OPENING, ":61:2604310430C5,00NTRF", CLOSING], 3, "unreadable", {"text": "260431"}),
        ([HEAD, OPENING, ":61:260230C5,00NTRF", CLOSING], 3, "unreadable", {"text": "260230"}),
    ],
)
def test_names_a_field_that_has_no_place_or_no_meaning(
    fields: list[str], place: int, code: str, values: dict[str, str]
) -> None:
    reading = read("\n".join([*fields, "-"]).encode())
    assert (reading.statements, reading.problems) == ((), (Problem(code, f"line {place}", values),))


def test_reads_a_statement_without_account_or_number_and_says_so() -> None:
    reading = read(f"{HEAD}\n{OPENING}\n{CLOSING}\n-".encode())
    (statement,) = reading.statements
    assert (statement.account, statement.sequence, statement.currency) == ("", "", "EUR")
    assert reading.problems == (Problem("account_missing", "X"), *reading.problems[1:])


@pytest.mark.parametrize(
    ("lines", "name", "iban"),
    [
        (["D1,00N102EREF", OTHER, "en meer", "nog meer", ":86:x"], "", OTHER),
        ([f"D1,00N102{OTHER}", ":86:x"], "", OTHER),
        (["D1,00N102BE62510007547061", ":86:x"], "", "BE62510007547061"),
        ([f"D1,00NIDB{OTHER}", "hr j de  vries", " en mw b bakker", ":86:x"], "hr j de vries en mw b bakker", OTHER),
        ([f"D1,00NIDB{OTHER}", "hr j de vries", ":86:/NAME/J. de Vries"], "J. de Vries", OTHER),
        ([f"D1,00NIDB{OTHER}", "hr j de vries"], "hr j de vries", OTHER),
        ([f"D1,00NIDB{OWN}", "eigen rekening", ":86:x"], "eigen rekening", ""),
        (["D1,00N0600733959555      ", ":86:x"], "", ""),
        (["D1,00N0600733959555      T-MOBILE", ":86:/NAME/T-Mobile"], "T-Mobile", ""),
    ],
)
def test_takes_name_and_iban_from_the_line_where_the_information_has_none(
    lines: list[str], name: str, iban: str
) -> None:
    entry = only_entry(f":61:2603050305{lines[0]}", *lines[1:])
    assert (entry.counterparty_name, entry.counterparty_iban) == (name, iban)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("C1,00NTRFNONREF//B1", ("NTRF", "B1", "")),
        ("CN1,00//B1", ("", "B1", "")),
        ("C1,00NONREF//B1", ("", "B1", "")),
        ("C1,00NOV NONREF//B/1", ("NOV", "B/1", "")),
        ("C1,00NTRFNONREF//B1/TRCD/X01X/", ("NTRF", "B1", "X01X")),
        ("C1,00NTRFNONREF//B1\n/TRCD/X01X//", ("NTRF", "B1", "X01X")),
        ("C1,00NTRFNONREF//B1\nTRCD/01", ("NTRF", "B1", "")),
    ],
)
def test_reads_the_codes_of_a_line(line: str, codes: tuple[str, str, str]) -> None:
    entry = only_entry(f":61:2603050305{line}")
    assert (entry.bank_code, entry.bank_reference, entry.proprietary_code) == codes
    assert (entry.details, entry.batch_count, entry.structured_reference) == (0, 0, "")


def test_reads_statements_of_several_accounts() -> None:
    reading = read(mt940([OUT]) + mt940([IN], own=OTHER))
    assert [(one.account, one.balances) for one in reading.statements] == [(OWN, True), (OTHER, True)]


def test_refuses_a_file_cut_off_before_its_closing_balance() -> None:
    written = mt940([OUT, IN])
    end = written.index(b":62F:")
    for length in range(end + 21):
        reading = read(written[:length])
        assert reading.severity in {"refuse", "hold"}, length
        assert not any(one.balances for one in reading.statements), length


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("NL91ABNA0417164300EUR", OWN),
        ("NL91ABNA0417164300 EUR", OWN),
        ("nl91 abna 0417 1643 00", OWN),
        ("ABNANL2A/NL91ABNA0417164300", OWN),
        ("1291.99.348EUR", "1291.99.348"),
        ("TRIODOSBANK/0666666666", "TRIODOSBANK/0666666666"),
        ("87052000/123456789", "87052000/123456789"),
    ],
)
def test_reads_the_account_as_iban_or_as_the_bank_wrote_it(account: str, expected: str) -> None:
    reading = read(f":20:X\n:25:{account}\n:28C:1\n:60F:C260304EUR0,00\n:62F:C260304EUR0,00\n-".encode())
    assert reading.statements[0].account == expected


def test_names_an_mt942_and_refuses_it() -> None:
    reading = read(f":20:X\n:25:{OWN}\n:28C:1\n:34F:EUR0,00\n:13D:2603051200+0100\n:61:2603050305C1,00NTRF\n".encode())
    assert (reading.format, reading.severity) == ("mt942", "refuse")
    assert "interim" in codes(reading)
    assert reading.statements[0].lines == 1


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
def test_reads_every_charset_that_banks_write(charset: str) -> None:
    written = mt940([Fact(Decimal("1.00"), name="Zoë Çelik")]).decode()
    assert read(written.encode(charset)).statements[0].entries[0].counterparty_name == "Zoë Çelik"


def test_names_a_charset_it_cannot_read_and_a_nul() -> None:
    written = mt940([OUT])
    assert codes(read(written.replace(b"Energie", b"En\x81\xffgie"))) == {"charset"}
    assert codes(read(written.replace(b"Energie", b"Ener\0gie"))) == {"control_character"}
