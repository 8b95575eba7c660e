"""The house writes payment files that banks can read."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import mockbank.validate
import pytest
from hypothesis import given, settings
from lxml import etree
from sepaxml import SepaTransfer

from payments.core.pain001 import NoSuchVersion, NotSchemaValid, schema_problems, write
from payments.core.payment_file import CannotBePaid, blocks
from tests.payments.core.paying import OURS, dutch_iban, files, payment, payment_file, read_back

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "payments"

EXAMPLE = payment_file(
    payment(),
    payment(
        end_to_end_id="HHB0000000000000000000000002",
        name="Énergie & Warmte B.V.",
        iban=dutch_iban(7654321),
        amount=Decimal("145.00"),
        remittance="",
        reference="5000 0567 8901 2345",
    ),
    payment(
        end_to_end_id="HHB0000000000000000000000003",
        execution_date=date(2026, 12, 1),
        name="Zorgverzekeraar Voorbeeld",
        iban="BE68539007547034",
        amount=Decimal("0.01"),
        remittance="",
        reference="RF18 5390 0754 7034",
    ),
    payment(end_to_end_id="HHB0000000000000000000000004", remittance=""),
)


@pytest.mark.parametrize("version", ["09", "03"])
def test_writes_the_very_bytes_it_wrote_before(version):
    assert write(EXAMPLE, version=version) == (SAMPLES / f"payments-{version}.xml").read_bytes()


@pytest.mark.parametrize("version", ["09", "03"])
@given(file=files())
@settings(max_examples=60)
def test_writes_what_can_be_read_back_whole(version, file):
    data = write(file, version=version)
    assert write(file, version=version) == data
    header, found = read_back(data)
    wanted = blocks(file)
    assert header["MsgId"] == file.message_id
    assert header["NbOfTxs"] == str(len(file.payments))
    assert Decimal(header["CtrlSum"]) == sum(one.amount for one in file.payments)
    assert [(one["id"], one["date"], one["count"], Decimal(one["sum"])) for one in found] == [
        (one.block_id, one.execution_date.isoformat(), str(len(one.payments)), one.total) for one in wanted
    ]
    assert {one["batch_booking"] for one in found} == {"false"}
    assert {one["bank"] for one in found} == {file.debtor_bic or "NOTPROVIDED"}
    read = [one for block in found for one in block["payments"]]
    assert [(one["end_to_end_id"], Decimal(one["amount"]), one["name"], one["iban"]) for one in read] == [
        (one.end_to_end_id, one.amount, one.name, one.iban) for block in wanted for one in block.payments
    ]
    assert [(one["remittance"] or "", one["reference"] or "") for one in read] == [
        (one.remittance, one.reference) for block in wanted for one in block.payments
    ]


@pytest.mark.parametrize("version", ["09", "03"])
@given(file=files())
@settings(max_examples=30)
def test_writes_what_the_schema_and_another_bank_accept(version, file):
    data = write(file, version=version)
    assert schema_problems(data) == ()
    findings = mockbank.validate.validate(data, today=file.created_at.date())
    assert [finding for finding in findings if finding.level == "error"] == []
    assert b"PstlAdr" not in data


@given(file=files())
@settings(max_examples=30)
def test_agrees_with_another_writer_on_what_both_can_say(file):
    plain = blocks(replace(file, payments=tuple(replace(one, reference="") for one in file.payments)))
    payments = [replace(one, remittance=one.remittance or "x") for block in plain for one in block.payments]
    ours = read_back(write(replace(file, payments=tuple(payments))))
    other = SepaTransfer(
        {"name": file.debtor_name, "IBAN": OURS, "BIC": "BNGHNL2G", "batch": True, "currency": "EUR"},
        schema="pain.001.001.09",
        clean=False,
    )
    for one in deepcopy(payments):
        other.add_payment(
            {
                "name": one.name,
                "IBAN": one.iban,
                "amount": int(one.amount * 100),
                "execution_date": one.execution_date,
                "description": one.remittance,
                "endtoend_id": one.end_to_end_id,
            }
        )
    theirs = read_back(other.export(validate=False))

    def told(said):
        header, found = said
        days = {block["date"]: (block["count"], block["sum"], block["debtor"], block["payments"]) for block in found}
        return header["NbOfTxs"], header["CtrlSum"], days

    assert told(ours) == told(theirs)


def test_says_who_made_the_rules_of_a_reference():
    _, (first, second) = read_back(write(EXAMPLE))
    assert [(one["reference"], one["kind"], one["issuer"]) for one in first["payments"]] == [
        (None, None, None),
        ("5000056789012345", "SCOR", "CUR"),
        (None, None, None),
    ]
    assert [(one["reference"], one["kind"], one["issuer"]) for one in second["payments"]] == [
        ("RF18539007547034", "SCOR", "ISO")
    ]


def test_leaves_the_time_zone_and_parts_of_a_second_out():
    made = write(payment_file(created_at=datetime(2026, 11, 25, 10, 30, 15, 999, tzinfo=UTC)))
    assert b"<CreDtTm>2026-11-25T10:30:15</CreDtTm>" in made


def test_writes_nothing_when_one_payment_cannot_be_paid():
    with pytest.raises(CannotBePaid, match="amount"):
        write(payment_file(payment(), payment(end_to_end_id="HHB2", amount=Decimal("0.00"))))


def test_refuses_a_version_it_does_not_know():
    with pytest.raises(NoSuchVersion, match="10"):
        write(EXAMPLE, version="10")
    with pytest.raises(NoSuchVersion, match="002"):
        schema_problems(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"/>')


def test_finds_what_breaks_the_schema():
    data = write(EXAMPLE).replace(b"<PmtMtd>TRF", b"<PmtMtd>XYZ").replace(b"<MsgId>HHB-20261125-01", b"<MsgId>")
    problems = schema_problems(data)
    assert len(problems) >= 2
    assert all(problem.startswith("line ") for problem in problems)
    assert any("PmtMtd" in problem for problem in problems)
    assert schema_problems(data[:-21])[0].startswith("not XML: ")


def test_refuses_a_document_type_before_it_looks_further():
    data = b'<!DOCTYPE Document [<!ENTITY e "x">]>' + etree.tostring(etree.fromstring(write(EXAMPLE)))
    assert schema_problems(data) == ("declares a document type",)


def test_names_the_first_five_things_that_break_the_schema():
    problems = tuple(f"line {number}" for number in range(7))
    broken = NotSchemaValid(problems)
    assert (str(broken), broken.problems) == ("line 0; line 1; line 2; line 3; line 4", problems)
