"""Both banks answer what was really released, day by day, and their statements add up and chain."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree
from mockbank import schema

from backend.example.bank import Bank
from backend.example.events import Credit
from backend.example.loopback_bank import BankSaysNo, CannotPlayTwoReturns, loopback_bank
from backend.example.made_up import made_up_iban
from backend.example.made_up_bank import DayIsOver, MadeUpBank, NotOurAccount
from backend.example.released import NotAPaymentFile, read_released
from backend.example.statement_writer import ISSUED, Line, Page, write_statement
from backend.example.town import EXAMPLE_TOWN
from backend.example.troubles import Refusal, Trouble
from budgeting.core.readers import read
from payments.actions.batches import MOST_TOGETHER
from tests.backend.example.files import payment, payment_file

MONDAY = date(2026, 9, 7)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 9, day) for day in (8, 9, 10, 11))
LANDLORD, ENERGY, RESIDENT, PAYER = (made_up_iban(serial) for serial in (801, 802, 803, 804))
RULES = (
    Refusal(Trouble.RETURNED, ENERGY, MONDAY, FRIDAY, "AC04", Decimal("171.00")),
    Refusal(Trouble.REJECTED, RESIDENT, MONDAY, FRIDAY),
)
WAGE = Credit(MONDAY, Decimal("1684.20"), "Magazijn De Poort BV", PAYER, "SALARIS 0000301 sep 2026")


@contextmanager
def made_up(version: str) -> Iterator[Bank]:
    yield MadeUpBank(EXAMPLE_TOWN.account_iban, EXAMPLE_TOWN.account_name, MONDAY, Decimal("60000.00"), RULES, version)


@contextmanager
def opened(kind: str) -> Iterator[Bank]:
    if kind == "mock-bank":
        told = {
            "iban": EXAMPLE_TOWN.account_iban,
            "owner": EXAMPLE_TOWN.account_name,
            "start": MONDAY,
            "balance": Decimal("60000.00"),
        }
        with loopback_bank(**told, refusals=RULES) as bank:
            yield bank
    else:
        with made_up(kind) as bank:
            yield bank


@pytest.fixture(params=["mock-bank", "08", "02"])
def bank(request: pytest.FixtureRequest) -> Iterator[Bank]:
    with opened(request.param) as found:
        yield found


def entries(statement: bytes) -> list[tuple[str, Decimal, str, str]]:
    """Direction, amount, end-to-end id and return reason of each entry, read without the product's readers."""
    root = etree.fromstring(statement)
    return [
        (
            entry.findtext("{*}CdtDbtInd"),
            Decimal(entry.findtext("{*}Amt")),
            entry.findtext("{*}NtryDtls/{*}TxDtls/{*}Refs/{*}EndToEndId"),
            entry.findtext("{*}NtryDtls/{*}TxDtls/{*}RtrInf/{*}Rsn/{*}Cd") or "",
        )
        for entry in root.iter("{*}Ntry")
    ]


def balances(statement: bytes) -> tuple[Decimal, ...]:
    signs = {"CRDT": 1, "DBIT": -1}
    return tuple(
        signs[told.findtext("{*}CdtDbtInd")] * Decimal(told.findtext("{*}Amt"))
        for told in etree.fromstring(statement).iter("{*}Bal")
    )


def standing(answer: bytes) -> dict[str, tuple[str, str]]:
    return {
        told.findtext("{*}OrgnlEndToEndId"): (
            told.findtext("{*}TxSts"),
            told.findtext("{*}StsRsnInf/{*}Rsn/{*}Cd") or "",
        )
        for told in etree.fromstring(answer).iter("{*}TxInfAndSts")
    }


def week(bank: Bank) -> tuple[list[bytes], tuple[bytes, ...]]:
    """A wage comes in on Monday; rent, energy and leefgeld go out, of which one comes back and one is refused."""
    bank.arrive(WAGE)
    file = payment_file(
        "HHB-1",
        MONDAY,
        payment("Woonstichting De Linde", LANDLORD, "689.00", MONDAY, "E2E-RENT"),
        payment("Energiebedrijf Zonnewind BV", ENERGY, "171.00", TUESDAY, "E2E-ENERGY"),
        payment("K. Postma", RESIDENT, "120.00", MONDAY, "E2E-REMAINDER"),
    )
    answers = bank.send(file)
    return [statement for _ in range(7) for statement in bank.end_day()], answers


def test_tells_each_banking_day_what_was_booked(bank: Bank) -> None:
    statements, _ = week(bank)
    assert len(statements) == 5
    assert [sorted(entries(one)) for one in statements] == [
        [("CRDT", Decimal("1684.20"), "NOTPROVIDED", ""), ("DBIT", Decimal("689.00"), "E2E-RENT", "")],
        [("DBIT", Decimal("171.00"), "E2E-ENERGY", "")],
        [],
        [("CRDT", Decimal("171.00"), "E2E-ENERGY", "AC04")],
        [],
    ]


def test_opens_each_day_where_the_one_before_closed(bank: Bank) -> None:
    statements, _ = week(bank)
    told = [balances(one) for one in statements]
    assert told[0] == (Decimal("60000.00"), Decimal("60995.20"))
    assert [opening for opening, _ in told[1:]] == [closing for _, closing in told[:-1]]
    assert told[-1][1] == Decimal("60995.20")


def test_refuses_the_payment_to_a_closed_account_at_once(bank: Bank) -> None:
    _, answers = week(bank)
    assert len(answers) == 1
    assert standing(answers[0])["E2E-REMAINDER"] == ("RJCT", "AC04")
    assert standing(answers[0])["E2E-RENT"] == ("ACCP", "")


def test_refuses_a_file_it_has_seen(bank: Bank) -> None:
    file = payment_file("HHB-1", MONDAY, payment("De Linde", LANDLORD, "689.00", MONDAY, "E2E-RENT"))
    bank.send(file)
    (answer,) = bank.send(file)
    assert etree.fromstring(answer).findtext(".//{*}GrpSts") == "RJCT"
    assert etree.fromstring(answer).findtext(".//{*}OrgnlGrpInfAndSts/{*}StsRsnInf/{*}Rsn/{*}Cd") == "DUPL"
    (statement,) = bank.end_day()
    assert len(entries(statement)) == 1


def test_books_weekend_money_on_the_monday(bank: Bank) -> None:
    bank.arrive(Credit(date(2026, 9, 12), Decimal("10.00"), "P. Zonderling", PAYER, "zaterdag"))
    statements = [statement for _ in range(8) for statement in bank.end_day()]
    assert [len(entries(one)) for one in statements] == [0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("version", ["03", "09"])
def test_reads_either_version_of_a_released_file_back(version: str) -> None:
    sent = payment("Woonstichting De Linde", LANDLORD, "689.00", TUESDAY, "E2E-RENT", "Huur september")
    file = read_released(payment_file("HHB-1", MONDAY, sent, version=version))
    assert (file.message_id, file.message_name) == ("HHB-1", f"pain.001.001.{version}")
    assert file.debtor_iban == EXAMPLE_TOWN.account_iban
    (read,) = file.payments
    assert (read.end_to_end_id, read.execution, read.amount) == ("E2E-RENT", TUESDAY, Decimal("689.00"))
    assert (read.name, read.iban, read.remittance) == ("Woonstichting De Linde", LANDLORD, "Huur september")


@pytest.mark.parametrize("data", [b"", b"no", b"<a/>", b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001'/>"])
def test_does_not_take_something_else_for_a_payment_file(data: bytes) -> None:
    with pytest.raises(NotAPaymentFile):
        read_released(data)


def test_writes_statements_that_the_other_bank_finds_in_order() -> None:
    with made_up("08") as bank:
        statements, answers = week(bank)
    for told in (*statements, *answers):
        root = schema.ET.fromstring(told)
        findings = schema.check(schema.identify(root), root)
        assert [one for one in findings if one.severity == "error"] == []


def test_books_a_block_in_one_line_when_it_books_in_batches() -> None:
    bank = MadeUpBank(
        EXAMPLE_TOWN.account_iban, EXAMPLE_TOWN.account_name, MONDAY, Decimal("1000.00"), batch_booking=True
    )
    rents = [payment("De Linde", LANDLORD, "100.00", MONDAY, f"E2E-{number}") for number in range(3)]
    bank.send(payment_file("HHB-1", MONDAY, *rents))
    (statement,) = bank.end_day()
    root = etree.fromstring(statement)
    (entry,) = root.iter("{*}Ntry")
    assert entry.findtext("{*}Amt") == "300.00"
    assert entry.findtext("{*}NtryDtls/{*}Btch/{*}NbOfTxs") == "3"
    assert [one.text for one in entry.iter("{*}EndToEndId")] == ["E2E-0", "E2E-1", "E2E-2"]


def test_is_read_when_it_books_the_largest_file_of_the_house_as_one_line() -> None:
    long = {"name": "N" * 70, "remittance": "R" * 140, "iban": LANDLORD}
    file = tuple(
        Line(Decimal("-1.00"), MONDAY, ISSUED, end_to_end_id=f"E{number:034}", message_id="M" * 35, **long)
        for number in range(MOST_TOGETHER)
    )
    line = Line(Decimal("-1.00") * MOST_TOGETHER, MONDAY, ISSUED, block="B" * 35, details=file)
    page = Page(EXAMPLE_TOWN.account_iban, EXAMPLE_TOWN.account_name, MONDAY, 1, Decimal("0.00"), (line,))
    (statement,) = read(write_statement(page)).statements
    assert len(statement.entries) == len({entry.end_to_end_id for entry in statement.entries}) == MOST_TOGETHER


def test_cuts_a_day_of_many_payments_at_a_line_and_goes_on_where_the_part_before_closed() -> None:
    bank = MadeUpBank(
        EXAMPLE_TOWN.account_iban, EXAMPLE_TOWN.account_name, MONDAY, Decimal("1000.00"), batch_booking=True,
        most_payments=3,
    )  # fmt: skip
    for file, count in enumerate((2, 2, 1, 4)):
        rents = [payment("De Linde", LANDLORD, "10.00", MONDAY, f"E2E-{file}-{number}") for number in range(count)]
        bank.send(payment_file(f"HHB-{file}", MONDAY, *rents))
    statements = bank.end_day()
    assert [[amount for _, amount, _, _ in entries(one)] for one in statements] == [
        [Decimal("20.00")], [Decimal("20.00"), Decimal("10.00")], [Decimal("40.00")],
    ]  # fmt: skip
    assert [balances(one) for one in statements] == [
        (Decimal("1000.00"), Decimal("980.00")),
        (Decimal("980.00"), Decimal("950.00")),
        (Decimal("950.00"), Decimal("910.00")),
    ]
    assert [etree.fromstring(one).findtext(".//{*}ElctrncSeqNb") for one in statements] == ["1", "2", "3"]
    assert len(bank.end_day()) == 1, "a day without payments has a statement of its own"


def test_takes_no_money_for_a_day_that_is_over_and_no_file_of_another_account() -> None:
    bank = MadeUpBank(LANDLORD, EXAMPLE_TOWN.account_name, TUESDAY, Decimal("1000.00"))
    with pytest.raises(DayIsOver):
        bank.arrive(WAGE)
    with pytest.raises(NotOurAccount):
        bank.send(payment_file("HHB-1", MONDAY, payment("De Vork", ENERGY, "1.00", TUESDAY, "E2E-1")))


def test_can_be_silent_and_can_leave_an_entry_off_a_statement() -> None:
    with opened("mock-bank") as bank:
        bank.behave("silent")
        file = payment_file("HHB-1", MONDAY, payment("De Linde", LANDLORD, "689.00", MONDAY, "E2E-RENT"))
        assert bank.send(file) == ()
        bank.behave("statement-gap")
        (statement,) = bank.end_day()
        assert entries(statement) == []
        assert balances(statement) == (Decimal("60000.00"), Decimal("59311.00"))


def test_says_what_it_did_not_understand() -> None:
    with opened("mock-bank") as bank, pytest.raises(BankSaysNo, match="no-such-behaviour"):
        bank.behave("no-such-behaviour")


def test_does_not_pretend_to_return_two_payments_at_once() -> None:
    with opened("mock-bank") as bank, pytest.raises(CannotPlayTwoReturns):
        bank.send(
            payment_file(
                "HHB-1", MONDAY, *(payment("Zonnewind", ENERGY, "171.00", TUESDAY, f"E2E-{n}") for n in range(2))
            )
        )


def test_stops_when_the_play_is_over() -> None:
    with opened("mock-bank") as bank:
        pass
    with pytest.raises(ConnectionRefusedError):
        bank.end_day()
