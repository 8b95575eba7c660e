"""Writes bank statements as a Dutch bank does: camt.053.001.02 or .08, with batch lines, returns and direct debits.

Amounts of lines are signed euro as seen from the account. A line with details is one line of a batch; its amount must
be the sum of them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from backend.example.elements import add, document
from budgeting.core.money import ZERO

VERSIONS = ("02", "08")
BANK_BIC = "NEPBNL2A"
RECEIVED = ("PMNT", "RCDT", "ESCT")
ISSUED = ("PMNT", "ICDT", "ESCT")
RETURNED = ("PMNT", "ICDT", "RRTN")
DIRECT_DEBIT = ("PMNT", "RDDT", "ESDD")
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement, or one detail of a batch line."""

    amount: Decimal
    on: date
    code: tuple[str, str, str]
    value_date: date | None = None
    name: str = ""
    iban: str = ""
    remittance: str = ""
    reference: str = ""
    end_to_end_id: str = ""
    bank_reference: str = ""
    message_id: str = ""
    block: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    return_reason: str = ""
    reversal: bool = False
    details: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The statement of one account and one day."""

    account: str
    owner: str
    on: date
    sequence: int
    opening: Decimal
    lines: tuple[Line, ...]

    @property
    def closing(self) -> Decimal:
        """What is on the account at the end of the day."""
        return sum((line.amount for line in self.lines), self.opening)


class DetailsDoNotAddUp(ValueError):
    """A batch line whose details do not sum to it."""


def write_statement(*pages: Page, version: str = "08") -> bytes:
    """One camt.053 file of one or more pages; the same pages give the same bytes."""
    if version not in VERSIONS or not pages:
        raise ValueError(version)
    space = f"{_NAMESPACE}{version}"
    root = document(space)
    message = add(root, "BkToCstmrStmt")
    head = add(message, "GrpHdr")
    add(head, "MsgId", _identification(pages[0]))
    add(head, "CreDtTm", f"{pages[-1].on}T23:59:59")
    for page in pages:
        _write_page(add(message, "Stmt"), page, version)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _identification(page: Page) -> str:
    return f"{page.account[-10:]}-{page.on:%Y%m%d}-{page.sequence}"


def _write_page(into: etree._Element, page: Page, version: str) -> None:
    add(into, "Id", _identification(page))
    add(into, "ElctrncSeqNb", str(page.sequence))
    add(into, "CreDtTm", f"{page.on}T23:59:59")
    account = add(into, "Acct")
    add(account, "Id/IBAN", page.account)
    add(account, "Ccy", "EUR")
    add(account, "Ownr/Nm", page.owner)
    add(account, "Svcr/FinInstnId/" + ("BICFI" if version == "08" else "BIC"), BANK_BIC)
    for code, balance in (("OPBD", page.opening), ("CLBD", page.closing)):
        told = add(into, "Bal")
        add(told, "Tp/CdOrPrtry/Cd", code)
        _write_amount(told, balance)
        add(told, "Dt/Dt", str(page.on))
    for line in page.lines:
        _write_line(add(into, "Ntry"), line, version)


def _write_line(into: etree._Element, line: Line, version: str) -> None:
    if line.details and sum((detail.amount for detail in line.details), ZERO) != line.amount:
        raise DetailsDoNotAddUp(line.bank_reference)
    _write_amount(into, line.amount)
    if line.reversal:
        add(into, "RvslInd", "true")
    add(into, "Sts/Cd" if version == "08" else "Sts", "BOOK")
    add(into, "BookgDt/Dt", str(line.on))
    add(into, "ValDt/Dt", str(line.value_date or line.on))
    if line.bank_reference:
        add(into, "AcctSvcrRef", line.bank_reference)
    _write_code(add(into, "BkTxCd"), line.code)
    details = add(into, "NtryDtls")
    if line.details:
        _write_batch(add(details, "Btch"), line)
    for detail in line.details or (line,):
        _write_detail(add(details, "TxDtls"), detail, version)


def _write_batch(into: etree._Element, line: Line) -> None:
    if line.block:
        add(into, "PmtInfId", line.block)
    add(into, "NbOfTxs", str(len(line.details)))


def _write_detail(into: etree._Element, line: Line, version: str) -> None:
    _write_references(add(into, "Refs"), line)
    if version == "08":
        _write_amount(into, line.amount)
    else:
        add(into, "AmtDtls/TxAmt/Amt", f"{abs(line.amount)}", {"Ccy": "EUR"})
    _write_code(add(into, "BkTxCd"), line.code)
    _write_party(into, line, version)
    if line.remittance or line.reference:
        told = add(into, "RmtInf")
        if line.remittance:
            add(told, "Ustrd", line.remittance)
        if line.reference:
            add(told, "Strd/CdtrRefInf/Ref", line.reference)
    if line.return_reason:
        back = add(into, "RtrInf")
        _write_code(add(back, "OrgnlBkTxCd"), ISSUED)
        add(back, "Rsn/Cd", line.return_reason)


def _write_references(into: etree._Element, line: Line) -> None:
    if line.message_id:
        add(into, "MsgId", line.message_id)
    if line.block:
        add(into, "PmtInfId", line.block)
    add(into, "EndToEndId", line.end_to_end_id or "NOTPROVIDED")
    if line.mandate_id:
        add(into, "MndtId", line.mandate_id)


def _write_party(into: etree._Element, line: Line, version: str) -> None:
    if not (line.name or line.iban):
        return
    # The other side of money in is who paid; of money out, and of our own payment coming back, who was paid.
    role = "Dbtr" if line.amount > 0 and not line.return_reason else "Cdtr"
    parties = add(into, "RltdPties")
    if line.name:
        party = add(parties, f"{role}/Pty" if version == "08" else role)
        add(party, "Nm", line.name)
        if line.creditor_id:
            add(party, "Id/PrvtId/Othr/Id", line.creditor_id)
    if line.iban:
        add(parties, f"{role}Acct/Id/IBAN", line.iban)


def _write_amount(into: etree._Element, value: Decimal) -> None:
    add(into, "Amt", f"{abs(value):.2f}", {"Ccy": "EUR"})
    add(into, "CdtDbtInd", "CRDT" if value >= 0 else "DBIT")


def _write_code(into: etree._Element, code: tuple[str, str, str]) -> None:
    domain = add(into, "Domn")
    add(domain, "Cd", code[0])
    family = add(domain, "Fmly")
    add(family, "Cd", code[1])
    add(family, "SubFmlyCd", code[2])
