"""Reads a released payment file back from its bytes, as a bank would: pain.001.001.09 or .03."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from budgeting.core.money import amount as euro


@dataclass(frozen=True, slots=True)
class ReleasedPayment:
    """One credit transfer of a file; `block` is the id of its payment information."""

    end_to_end_id: str
    execution: date
    amount: Decimal
    name: str
    iban: str
    remittance: str
    reference: str
    block: str


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A payment file: who pays from which account, and the payments in their order."""

    message_id: str
    message_name: str
    debtor_iban: str
    payments: tuple[ReleasedPayment, ...]


class NotAPaymentFile(ValueError):
    """The bytes are no pain.001, or lack what a bank needs to pay: `missing` names the element."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"not a payment file: {missing}")
        self.missing = missing


def read_released(data: bytes) -> ReleasedFile:
    """The payments of a pain.001; raises `NotAPaymentFile`."""
    root = _root(data)
    namespace = etree.QName(root).namespace or ""
    blocks = list(root.iterfind("{*}CstmrCdtTrfInitn/{*}PmtInf"))
    if "pain.001" not in namespace or not blocks:
        raise NotAPaymentFile("pain.001")
    return ReleasedFile(
        message_id=_text(root, "{*}CstmrCdtTrfInitn/{*}GrpHdr/{*}MsgId"),
        message_name=namespace.rpartition(":")[2],
        debtor_iban=_text(blocks[0], "{*}DbtrAcct/{*}Id/{*}IBAN"),
        payments=tuple(payment for block in blocks for payment in _payments(block)),
    )


def _root(data: bytes) -> etree._Element:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise NotAPaymentFile("XML") from error


def _payments(block: etree._Element) -> Iterator[ReleasedPayment]:
    # Version 09 wraps the day in an element of its own.
    wanted = "{*}ReqdExctnDt/{*}Dt" if block.find("{*}ReqdExctnDt/{*}Dt") is not None else "{*}ReqdExctnDt"
    execution = date.fromisoformat(_text(block, wanted))
    name = _text(block, "{*}PmtInfId")
    for payment in block.iterfind("{*}CdtTrfTxInf"):
        yield ReleasedPayment(
            end_to_end_id=_text(payment, "{*}PmtId/{*}EndToEndId"),
            execution=execution,
            amount=euro(_text(payment, "{*}Amt/{*}InstdAmt")),
            name=_text(payment, "{*}Cdtr/{*}Nm"),
            iban=_text(payment, "{*}CdtrAcct/{*}Id/{*}IBAN"),
            remittance=payment.findtext("{*}RmtInf/{*}Ustrd") or "",
            reference=payment.findtext("{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref") or "",
            block=name,
        )


def _text(element: etree._Element, path: str) -> str:
    found = element.findtext(path)
    if not found:
        raise NotAPaymentFile(path.replace("{*}", ""))
    return found
