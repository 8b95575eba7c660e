"""Writes what our own bank says of a payment file: pain.002.001.10, with the payments it refuses."""

from collections.abc import Mapping
from itertools import groupby

from lxml import etree

from backend.example.elements import add, document
from backend.example.released import ReleasedFile, ReleasedPayment
from backend.example.statement_writer import BANK_BIC

_SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def write_refused_file(file: ReleasedFile, reason: str, created_on: str) -> bytes:
    """The bank refuses the whole file: group status RJCT with its reason."""
    root, group = _report(file, created_on)
    add(group, "GrpSts", "RJCT")
    add(group, "StsRsnInf/Rsn/Cd", reason)
    return _bytes(root)


def write_refused_payments(file: ReleasedFile, reasons: Mapping[str, str], created_on: str) -> bytes:
    """The bank refuses some payments (`reasons` by end-to-end id); those it takes are told as ACCP."""
    root, group = _report(file, created_on)
    add(group, "GrpSts", _status(file.payments, reasons))
    for block, payments in groupby(file.payments, key=lambda payment: payment.block):
        told = add(root[0], "OrgnlPmtInfAndSts")
        group_of_block = tuple(payments)
        add(told, "OrgnlPmtInfId", block)
        add(told, "PmtInfSts", _status(group_of_block, reasons))
        for payment in group_of_block:
            _write_payment(add(told, "TxInfAndSts"), payment, reasons)
    return _bytes(root)


def _report(file: ReleasedFile, created_on: str) -> tuple[etree._Element, etree._Element]:
    root = document(_SPACE)
    message = add(root, "CstmrPmtStsRpt")
    head = add(message, "GrpHdr")
    # An id of the bank's own; what it answers stands in the original group.
    add(head, "MsgId", f"NEPB{file.message_id[-31:]}")
    add(head, "CreDtTm", f"{created_on}T12:00:00")
    add(head, "DbtrAgt/FinInstnId/BICFI", BANK_BIC)
    group = add(message, "OrgnlGrpInfAndSts")
    add(group, "OrgnlMsgId", file.message_id)
    add(group, "OrgnlMsgNmId", file.message_name)
    add(group, "OrgnlNbOfTxs", str(len(file.payments)))
    return root, group


def _status(payments: tuple[ReleasedPayment, ...], reasons: Mapping[str, str]) -> str:
    refused = sum(payment.end_to_end_id in reasons for payment in payments)
    if not refused:
        return "ACCP"
    return "RJCT" if refused == len(payments) else "PART"


def _write_payment(into: etree._Element, payment: ReleasedPayment, reasons: Mapping[str, str]) -> None:
    reason = reasons.get(payment.end_to_end_id)
    add(into, "OrgnlEndToEndId", payment.end_to_end_id)
    add(into, "TxSts", "RJCT" if reason else "ACCP")
    if reason:
        add(into, "StsRsnInf/Rsn/Cd", reason)


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
