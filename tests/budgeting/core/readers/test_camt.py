"""The camt reader: every version, details of batches, both sides of a payment, and what it refuses."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.readers import camt, read
from budgeting.core.statement import Reading
from tests.budgeting.core.readers.writing import OTHER, OWN, Fact, camt053

OUT, IN = Fact(Decimal("-100.00"), end_to_end="E2E-1", mandate="M-9"), Fact(Decimal("50.25"), end_to_end="E2E-2")


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.problems}


def changed(old: str, new: str, *, facts: list[Fact] | None = None, version: str = "02") -> Reading:
    written = camt053(facts or [OUT, IN], version=version).decode()
    assert old in written
    return read(written.replace(old, new).encode())


@pytest.mark.parametrize("version", [f"{number:02d}" for number in range(1, 15)])
def test_reads_every_version_alike(version: str) -> None:
    reading = read(camt053([OUT, IN], version=version))
    (statement,) = reading.statements
    assert (reading.format, reading.version, reading.problems) == ("camt.053", f"001.{version}", ())
    assert (statement.account, statement.currency, statement.sequence, statement.lines) == (OWN, "EUR", "7", 2)
    assert [entry.amount for entry in statement.entries] == [Decimal("-100.00"), Decimal("50.25")]
    assert statement.balances is True
    first = statement.entries[0]
    assert (first.counterparty_name, first.counterparty_iban) == ("Energie Direct B.V.", OTHER)
    assert (first.end_to_end_id, first.mandate_id, first.bank_reference) == ("E2E-1", "M-9", "REF000001")
    assert (first.remittance, first.booking_date) == ("Termijn maart 2026 klant 00123", date(2026, 3, 5))
    assert (first.bank_code, first.proprietary_code, first.details, first.line) == ("PMNT/RCDT/ESCT", "586", 1, 1)


def test_reads_a_namespace_with_a_prefix() -> None:
    written = camt053([OUT, IN]).decode().replace("<", "<c:").replace("<c:/", "</c:").replace("<c:?", "<?")
    reading = read(written.replace("xmlns=", "xmlns:c=").encode())
    assert reading.problems == ()
    assert reading.statements[0].lines == 2


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "iso-8859-15", "windows-1252"])
def test_reads_the_characters_of_every_known_charset(charset: str) -> None:
    written = camt053([Fact(Decimal("1.00"), name="Zoë Çelik", text="€ 5 vóór")]).decode()
    declared = charset.removesuffix("-sig")
    reading = read(written.replace("UTF-8", declared).encode(charset))
    assert (reading.statements[0].entries[0].counterparty_name, reading.problems) == ("Zoë Çelik", ())
    assert reading.statements[0].entries[0].remittance == "€ 5 vóór"


DETAIL = (
    "<TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy='EUR'>{}</Amt></TxAmt></AmtDtls></TxDtls>"
)
DETAILS = "".join(DETAIL.format(*one) for one in (("A", "60.00"), ("B", "30.00"), ("C", "10.00")))
BATCH = f"<NtryDtls><Btch><PmtInfId>PI-1   </PmtInfId><NbOfTxs>3</NbOfTxs></Btch>{DETAILS}</NtryDtls>"


def batched(details: str) -> Reading:
    written = camt053([OUT]).decode()
    start, end = written.index("<NtryDtls>"), written.index("</NtryDtls>") + len("</NtryDtls>")
    return read((written[:start] + details + written[end:]).encode())


def test_makes_each_detail_of_a_batch_an_entry() -> None:
    statement = batched(BATCH).statements[0]
    assert [(entry.amount, entry.end_to_end_id) for entry in statement.entries] == [
        (Decimal("-60.00"), "A"),
        (Decimal("-30.00"), "B"),
        (Decimal("-10.00"), "C"),
    ]
    assert {(entry.batch_id, entry.batch_count, entry.details, entry.line) for entry in statement.entries} == {
        ("PI-1", 3, 3, 1)
    }
    assert (statement.lines, statement.balances) == (1, True)


def test_keeps_a_batch_without_details_as_one_entry_that_says_so() -> None:
    statement = batched(BATCH[: BATCH.index("<TxDtls>")] + "</NtryDtls>").statements[0]
    (entry,) = statement.entries
    assert (entry.amount, entry.batch_count, entry.details) == (Decimal("-100.00"), 3, 0)


def test_does_not_believe_details_that_do_not_add_up() -> None:
    reading = batched(BATCH.replace("60.00", "61.00"))
    (entry,) = reading.statements[0].entries
    assert (entry.amount, entry.details, entry.end_to_end_id) == (Decimal("-100.00"), 0, "")
    assert codes(reading) == {"details_do_not_add_up"}


def test_takes_the_creditor_of_money_out_and_the_debtor_of_money_in() -> None:
    entries = read(camt053([OUT, IN])).statements[0].entries
    assert {entry.counterparty_iban for entry in entries} == {OTHER}
    own_only = changed(f"<Cdtr><Nm>{OUT.name}</Nm></Cdtr><CdtrAcct><Id><IBAN>{OTHER}</IBAN></Id></CdtrAcct>", "")
    assert own_only.statements[0].entries[0].counterparty_iban == ""


def test_keeps_the_sign_of_a_reversal_and_names_the_reason_of_a_return() -> None:
    reading = changed(
        "</TxDtls></NtryDtls></Ntry></Stmt>",
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls><RvslInd>true</RvslInd></Ntry></Stmt>",
    )
    returned = reading.statements[0].entries[1]
    assert (returned.amount, returned.reversal, returned.return_reason) == (Decimal("50.25"), True, "AC04")


def test_reads_the_structured_reference() -> None:
    entry = read(camt053([Fact(Decimal("-5.00"), text="", reference="6390338414964113")])).statements[0].entries[0]
    assert (entry.structured_reference, entry.remittance) == ("6390338414964113", "6390338414964113")


def test_leaves_remittance_untouched() -> None:
    text = "  twee  spaties, <script>alert(1)</script> \u202e en =HYPERLINK(1)"
    assert read(camt053([Fact(Decimal("1.00"), text=text)])).statements[0].entries[0].remittance == text


def test_counts_pending_entries_out_and_says_so() -> None:
    reading = changed("<Sts>BOOK</Sts><BookgDt>", "<Sts>PDNG</Sts><BookgDt>", facts=[IN])
    assert codes(reading) == {"not_booked", "does_not_balance"}
    assert reading.statements[0].total == 0


@pytest.mark.parametrize(("kind", "body", "holder"), [("052", "AcctRpt", "Rpt"), ("054", "DbtCdtNtfctn", "Ntfctn")])
def test_shows_what_an_interim_report_says_and_refuses_it(kind: str, body: str, holder: str) -> None:
    written = (
        camt053([OUT, IN]).decode().replace("camt.053", f"camt.{kind}").replace("BkToCstmrStmt", f"BkToCstmr{body}")
    )
    reading = read(written.replace("<Stmt>", f"<{holder}>").replace("</Stmt>", f"</{holder}>").encode())
    assert (reading.format, reading.severity, codes(reading)) == (f"camt.{kind}", "refuse", {"interim"})
    assert reading.statements[0].lines == 2


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">100.00<", "><", "amount_missing"),
        (">100.00<", ">NaN<", "unreadable"),
        (">100.00<", ">Infinity<", "unreadable"),
        (">100.00<", ">1e2<", "unreadable"),
        (">100.00<", ">10.005<", "unreadable"),
        (">100.00<", ">-100.00<", "unreadable"),
        (">100.00<", ">0x10<", "unreadable"),
        (">100.00<", ">１００.００<", "unreadable"),
        (">100.00<", ">1_00<", "unreadable"),
        (">100.00<", ">1,234.56<", "unreadable"),
        (">100.00<", ">12345678901234567890.00<", "unreadable"),
        ("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<Sts>", "sign_missing"),
        ("<BookgDt><Dt>2026-03-05", "<BookgDt><Dt>2026-02-30", "unreadable"),
        ("<BookgDt><Dt>2026-03-05", "<BookgDt><Dt>20260305", "unreadable"),
        ("<BookgDt><Dt>2026-03-05", "<BookgDt><Dt>0000-00-00", "unreadable"),
        ("<Document", "<!DOCTYPE x><Document", "dtd_forbidden"),
        ("BkToCstmrStmt", "BkToCstmrAcctRpt", "other_message_inside"),
        ("camt.053.001.02", "camt.053.001.99", "version_unknown"),
        ("camt.053.001.02", "pain.001.001.03", "not_a_statement"),
        ("</Document>", "</Document><Document/>", "not_well_formed"),
        ("<Id>STMT-1", "<Id>&x;", "not_well_formed"),
        ("<GrpHdr>", "<a>" * 300, "too_deep"),
    ],
)
def test_refuses_the_whole_file_and_says_why(old: str, new: str, code: str) -> None:
    reading = changed(old, new)
    assert (reading.statements, codes(reading), reading.severity) == ((), {code}, "refuse")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("950.25", "950.26", "does_not_balance"),
        ('Ccy="EUR">100.00', 'Ccy="USD">100.00', "other_currency"),
        (">100.00<", ">0.00<", "amount_out_of_bounds"),
        (">100.00<", ">1234567890.12<", "amount_out_of_bounds"),
        ("<BookgDt><Dt>2026", "<BookgDt><Dt>1899", "improbable_date"),
        ("<ValDt><Dt>2026", "<ValDt><Dt>2046", "improbable_value_date"),
        ("<Sts>BOOK</Sts>", "", "status_missing"),
        ("<BookgDt><Dt>2026-03-05</Dt></BookgDt>", "", "booking_date_missing"),
        ("<Cd>CLBD</Cd>", "<Cd>CLXX</Cd>", "balance_missing"),
        ("<GrpHdr>", "<!-- </Ntry> --><GrpHdr>", "lines_lost"),
    ],
)
def test_holds_what_a_person_must_look_at(old: str, new: str, code: str) -> None:
    reading = changed(old, new)
    assert code in codes(reading)
    assert reading.severity == "hold"
    assert reading.statements[0].lines == 2


def test_counts_lines_a_second_time_only_where_they_are_written_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(camt, "closing_tags", lambda _, tag: calls.append(tag) or 2)
    assert (changed("<GrpHdr>", "<GrpHdr>").problems, calls) == ((), [])
    assert (changed("</Ntry>", "</Ntry >").problems, calls) == ((), ["Ntry"])


def test_holds_a_day_that_is_still_to_come() -> None:
    written = camt053([OUT, IN])
    assert read(written, on=date(2026, 3, 6)).problems == ()
    assert codes(read(written, on=date(2026, 2, 1))) == {"improbable_date"}


def test_holds_a_file_whose_control_totals_differ() -> None:
    totals = "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries></TtlNtries><TtlCdtNtries><Sum>{}</Sum></TtlCdtNtries>"
    totals += "<TtlDbtNtries><Sum>100.00</Sum></TtlDbtNtries></TxsSummry><Ntry>"
    assert changed("<Ntry>", totals.format("2", "50.25"), facts=[IN, OUT]).severity in {"", "hold"}
    once = camt053([OUT, IN]).decode()
    for count, credit, expected in (
        ("2", "50.25", set()),
        ("3", "50.25", {"control_total"}),
        ("2", "51.25", {"control_total"}),
    ):
        written = once.replace("<Ntry>", totals.format(count, credit), 1)
        assert codes(read(written.encode())) == expected


def test_imports_a_statement_that_is_twice_in_one_file_once() -> None:
    written = camt053([OUT]).decode()
    start, end = written.index("<Stmt>"), written.index("</Stmt>") + len("</Stmt>")
    reading = read((written[:end] + written[start:end] + written[end:]).encode())
    assert (len(reading.statements), codes(reading)) == (1, {"statement_repeated"})


def test_keeps_two_equal_payments_of_one_day() -> None:
    assert len(read(camt053([IN, IN])).statements[0].entries) == 2


def test_keeps_the_banks_own_day_whatever_its_offset() -> None:
    reading = changed("<BookgDt><Dt>2026-03-05</Dt>", "<BookgDt><DtTm>2026-03-05T23:30:00-11:00</DtTm>", facts=[IN])
    assert reading.statements[0].entries[0].booking_date == date(2026, 3, 5)


def test_refuses_a_file_cut_off_at_any_byte() -> None:
    written = camt053([OUT, IN])
    for length in range(len(written) - 1):
        reading = read(written[:length])
        assert reading.severity == "refuse", length
        assert reading.statements == (), length


def test_names_what_it_was_given_instead() -> None:
    assert codes(read(b"")) == codes(read(b"\xef\xbb\xbf")) == codes(read(b" \r\n ")) == {"empty"}
    assert codes(read(b"\x1f\x8b\x08rest")) == {"packed"}
    assert codes(read(b"%PDF-1.7")) == codes(read(b"MZ\x90")) == codes(read(b"\x89PNG\r\n")) == {"not_a_statement"}
    assert codes(read(camt053([OUT]), limit=100)) == {"too_big"}
    assert codes(read(camt053([OUT]).replace(b"Energie", b"Ener\xffgie"))) == {"charset"}
    assert codes(read(camt053([OUT]).replace(b"Energie", b"Ener\0gie"))) == {"control_character"}
