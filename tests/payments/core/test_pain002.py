"""The house hears what the bank says of its payment files, and takes silence for silence."""

import codecs
from types import SimpleNamespace

import mockbank.messages
import mockbank.validate
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.statement import Problem
from payments.core.pain001 import write
from payments.core.pain002 import MOST_BYTES, Outcome, Status, read_status_report
from tests.payments.core.paying import dutch_iban, payment, payment_file
from tests.shared import SHARED, needs_shared

ACCEPTED, REJECTED, WAITING, UNKNOWN = Outcome.ACCEPTED, Outcome.REJECTED, Outcome.WAITING, Outcome.UNKNOWN


def report(body, version="03", group="<GrpSts>PART</GrpSts>", answers="pain.001.001.09"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-11-25T12:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId> HHB-1 </OrgnlMsgId><OrgnlMsgNmId>{answers}</OrgnlMsgNmId>{group}"
        f"</OrgnlGrpInfAndSts>{body}</CstmrPmtStsRpt></Document>"
    ).encode()


def block(payments, code="", block_id="HHB-1-1"):
    status = f"<PmtInfSts>{code}</PmtInfSts>" if code else ""
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{block_id}</OrgnlPmtInfId>{status}{payments}</OrgnlPmtInfAndSts>"


def said(end_to_end_id, code, reason=""):
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>closed</AddtlInf></StsRsnInf>" if reason else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId><TxSts>{code}</TxSts>{why}</TxInfAndSts>"


def codes(problems):
    return [(problem.code, problem.severity) for problem in problems]


@pytest.mark.parametrize("version", [f"{number:02d}" for number in range(3, 15)])
def test_reads_the_rejections_of_every_version(version):
    found = read_status_report(report(block(said("A", "RJCT", "AC04") + said("B", "ACCP"), "PART"), version))
    assert (found.message_id, found.original_message_id, found.original_message_name) == (
        "BANK-1",
        "HHB-1",
        "pain.001.001.09",
    )
    assert found.problems == ()
    assert found.is_usable
    assert found.said_of("A", "HHB-1-1") == Status("RJCT", ("AC04",), "closed")
    assert found.said_of("A", "HHB-1-1").outcome is REJECTED
    assert found.said_of("B", "HHB-1-1").outcome is ACCEPTED
    assert found.said_of("C", "HHB-1-1").outcome is UNKNOWN


@pytest.mark.parametrize(
    ("group", "block_code", "own", "outcome"),
    [
        ("RJCT", "", "", REJECTED),
        ("ACCP", "", "", ACCEPTED),
        ("ACTC", "RJCT", "", REJECTED),
        ("PART", "PART", "", UNKNOWN),
        ("PART", "ACSP", "", ACCEPTED),
        ("PART", "PART", "ACWC", ACCEPTED),
        ("PART", "PART", "RJCT", REJECTED),
        ("ACCP", "ACCP", "RJCT", REJECTED),
        ("RCVD", "", "", WAITING),
        ("ACCP", "", "PDNG", WAITING),
        ("ACCP", "PART", "XXXX", ACCEPTED),
        ("", "", "", UNKNOWN),
    ],
)
def test_lets_the_narrowest_word_count(group, block_code, own, outcome):
    group_status = f"<GrpSts>{group}</GrpSts>" if group else ""
    body = block(said("A", own) if own else "", block_code) if block_code or own else ""
    assert read_status_report(report(body, group=group_status)).said_of("A", "HHB-1-1").outcome is outcome


def test_keeps_words_about_one_block_from_another():
    data = report(block("", "RJCT", "HHB-1-1") + block("", "ACCP", "HHB-1-2"))
    found = read_status_report(data)
    assert found.said_of("A", "HHB-1-1").outcome is REJECTED
    assert found.said_of("A", "HHB-1-2").outcome is ACCEPTED
    assert found.said_of("A", "HHB-1-3").outcome is UNKNOWN


def test_believes_neither_of_two_words_about_one_payment():
    found = read_status_report(report(block(said("A", "ACCP") + said("A", "RJCT", "AC01"))))
    assert found.said_of("A", "HHB-1-1").outcome is UNKNOWN
    assert codes(found.problems) == [("payment_named_twice", "note")]


def test_keeps_all_reasons_and_the_banks_own_codes():
    why = (
        "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>one</AddtlInf><AddtlInf>two</AddtlInf></StsRsnInf>"
        "<StsRsnInf><Rsn><Prtry>B77</Prtry></Rsn></StsRsnInf>"
    )
    found = read_status_report(report("", group=f"<GrpSts>RJCT</GrpSts>{why}"))
    assert found.status == Status("RJCT", ("AC01", "B77"), "one two")


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (b"", [("empty", "refuse")]),
        (b" \n", [("empty", "refuse")]),
        (b"not xml", [("not_well_formed", "refuse")]),
        (b'<!DOCTYPE a [<!ENTITY e "x">]>' + report(""), [("dtd_forbidden", "refuse")]),
        (report("")[:-9], [("cut_off", "refuse")]),
        (report("").replace(b"HHB-1 ", b"HHB\0-1 "), [("control_character", "refuse")]),
        (write(payment_file()), [("not_a_status_report", "refuse")]),
        (b"<Document/>", [("not_a_status_report", "refuse")]),
        (report("").replace(b" HHB-1 ", b""), [("original_message_missing", "refuse")]),
        (report("", answers="pain.008.001.02"), [("answers_no_payment_file", "refuse")]),
        (report("", group="<GrpSts>FINE</GrpSts>"), [("status_not_known", "note")]),
        (report(block("<TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts>")), [("end_to_end_id_missing", "note")]),
        (b"<" * (MOST_BYTES + 1), [("too_big", "refuse")]),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[0][0],
)
def test_names_what_is_wrong_with_an_answer(data, problems):
    found = read_status_report(data)
    assert codes(found.problems) == problems
    assert found.is_usable == (problems[0][1] == "note")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<html><body/></html>", Problem("not_a_status_report", values={"root": "html"})),
        (b"<Document><Else/></Document>", Problem("not_a_status_report", values={"root": "Else"})),
        (b"<Document></Document>", Problem("not_a_status_report", values={"root": ""})),
        (
            report("", answers="camt.055.001.08"),
            Problem("answers_no_payment_file", values={"message": "camt.055.001.08"}),
        ),
        (
            report(block(said("A", "XXXX"))),
            Problem("status_not_known", values={"status": "XXXX"}, severity="note"),
        ),
        (report(block(said("", "RJCT"))), Problem("end_to_end_id_missing", "HHB-1-1", severity="note")),
        (report(block(said("A", "RJCT") + said("A", "RJCT"))), Problem("payment_named_twice", "A", severity="note")),
    ],
)
def test_says_exactly_what_is_wrong_and_where(data, problem):
    assert problem in read_status_report(data).problems


def test_tells_of_which_block_a_payment_is():
    found = read_status_report(report(block(said("A", "RJCT"), block_id="HHB-1-2")))
    assert [(one.end_to_end_id, one.block_id) for one in found.payments] == [("A", "HHB-1-2")]
    assert [one.block_id for one in found.blocks] == ["HHB-1-2"]


def test_reads_utf_16_and_prefixed_names():
    plain = report(block(said("A", "RJCT", "AC04"))).decode()
    prefixed = plain.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?").replace("xmlns=", "xmlns:n=")
    wide = codecs.BOM_UTF16_LE + prefixed.replace("UTF-8", "UTF-16").encode("utf-16-le")
    assert read_status_report(prefixed.encode()) == read_status_report(plain.encode())
    assert read_status_report(wide) == read_status_report(plain.encode())


@given(st.binary(max_size=300))
def test_answers_any_bytes_without_falling_over(data):
    assert not read_status_report(data).is_usable


@given(st.data())
def test_answers_a_damaged_answer_without_falling_over(data):
    whole = bytearray(report(block(said("A", "RJCT", "AC04") + said("B", "ACCP"), "PART")))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))
    assert read_status_report(bytes(whole)).said_of("C", "no block").outcome in set(Outcome)


@given(st.lists(st.sampled_from(["accepted", "AC01", "AC04", "AM05"]), min_size=1, max_size=8))
def test_understands_another_banks_answer_to_its_own_file(verdicts):
    payments = [payment(end_to_end_id=f"HHB{n}", iban=dutch_iban(n + 1)) for n in range(len(verdicts))]
    judged = mockbank.validate.inspect(write(payment_file(*payments)))[0]
    decisions = [
        SimpleNamespace(
            payment=one,
            batch=judged.batches[0],
            outcome="accepted" if verdict == "accepted" else "rejected",
            reason=verdict,
            reason_text="because",
        )
        for one, verdict in zip(judged.batches[0].payments, verdicts, strict=True)
    ]
    decision = SimpleNamespace(payment_file=judged, payments=decisions, status="PART", rejected_outright=False)
    found = read_status_report(mockbank.messages.write_pain002(decision, "BANK-1", "2026-11-25T12:00:00"))
    assert found.problems == ()
    assert found.original_message_id == payment_file().message_id
    block_id = f"{payment_file().message_id}-1"
    for one, verdict in zip(payments, verdicts, strict=True):
        told = found.said_of(one.end_to_end_id, block_id)
        assert told.outcome is (ACCEPTED if verdict == "accepted" else REJECTED)
        assert told.reasons == (() if verdict == "accepted" else (verdict,))


@needs_shared
def test_reads_the_answer_in_the_collection():
    data = (SHARED / "statements" / "hostile" / "own__pain002_uploaded.xml").read_bytes()
    found = read_status_report(data)
    assert found.original_message_id == "MSG-20260824-0007"
    assert found.said_of("SUP-0007-A", "BATCH-0007").outcome is ACCEPTED
    assert found.said_of("SUP-0007-B", "BATCH-0007") == Status("RJCT", ("AC01",), "Creditor account number is invalid")
