"""Writes a payment file: ISO 20022 pain.001.001.09 or .03, for credit transfers in euro inside SEPA.

Our own writer, because the libraries know no structured reference and no message id of ours. The same payments give the
same bytes. Never a postal address (SEPA needs none, and unstructured ones are refused), never a BIC of the
counterparty, batch booking off, `NOTPROVIDED` for our own bank when its BIC is not known.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from lxml import etree

from budgeting.core.money import ZERO
from payments.core.payment_file import Block, Payment, PaymentFile, blocks, debtor
from payments.core.payment_reference import issuer

VERSIONS = ("09", "03")

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."


class NoSuchVersion(ValueError):
    """We write and check pain.001.001.09 and .03 only."""

    def __init__(self, version: str) -> None:
        super().__init__(f"no such version of pain.001.001: {version!r}")
        self.version = version


class NotSchemaValid(AssertionError):
    """What we wrote breaks the ISO schema: a fault of ours, so nothing is handed out."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems[:5]))
        self.problems = problems


def write(file: PaymentFile, *, version: str = "09") -> bytes:
    """The bytes of the file, checked against the ISO schema; raises `CannotBePaid` for what a bank should not see."""
    if version not in VERSIONS:
        raise NoSuchVersion(version)
    document = _Writer(version).document(file, blocks(file))
    if problems := _problems(document, version):
        raise NotSchemaValid(problems)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def schema_problems(data: bytes) -> tuple[str, ...]:
    """What is wrong with a pain.001 by its ISO schema, with line numbers; nothing when it is valid.

    Raises `NoSuchVersion` for another message. A file that is no XML, or that declares a document type, has that
    problem.
    """
    try:
        document = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        return (f"not XML: {error}",)
    if cast("Any", document.getroottree().docinfo).doctype:
        return ("declares a document type",)
    return _problems(document, str(etree.QName(document).namespace).removeprefix(_NAMESPACE))


def _problems(document: etree._Element, version: str) -> tuple[str, ...]:
    schema = _schema(version)
    if schema.validate(document):
        return ()
    return tuple(f"line {error.line}: {error.message}" for error in cast("Any", schema.error_log))


@lru_cache(maxsize=len(VERSIONS))
def _schema(version: str) -> etree.XMLSchema:
    if version not in VERSIONS:
        raise NoSuchVersion(version)
    # The package sepaxml ships the ISO schemas, so that we need not.
    schema = files("sepaxml").joinpath("schemas", f"pain.001.001.{version}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(schema))


class _Writer:
    """Builds the tree of one version; .03 and .09 differ in the execution date and the name of the BIC."""

    # The stubs of lxml do not know the default namespace, nor that a log is a list: hence the casts in this module.

    def __init__(self, version: str) -> None:
        self.version = version
        self.namespace = _NAMESPACE + version
        self.tags: dict[str, str] = {}

    def document(self, file: PaymentFile, parts: tuple[Block, ...]) -> etree._Element:
        document = etree.Element(f"{{{self.namespace}}}Document", nsmap=cast("Any", {None: self.namespace}))
        initiation = self.add(document, "CstmrCdtTrfInitn")
        self.header(self.add(initiation, "GrpHdr"), file, parts)
        for part in parts:
            self.block(self.add(initiation, "PmtInf"), file, part)
        return document

    def header(self, header: etree._Element, file: PaymentFile, parts: tuple[Block, ...]) -> None:
        self.add(header, "MsgId", file.message_id)
        self.add(header, "CreDtTm", file.created_at.replace(microsecond=0, tzinfo=None).isoformat())
        self.add(header, "NbOfTxs", str(len(file.payments)))
        self.add(header, "CtrlSum", str(sum((part.total for part in parts), ZERO)))
        self.add(self.add(header, "InitgPty"), "Nm", debtor(file)[0])

    def block(self, block: etree._Element, file: PaymentFile, part: Block) -> None:
        self.add(block, "PmtInfId", part.block_id)
        self.add(block, "PmtMtd", "TRF")
        self.add(block, "BtchBookg", "false")  # one statement line per payment, where the bank heeds it
        self.add(block, "NbOfTxs", str(len(part.payments)))
        self.add(block, "CtrlSum", str(part.total))
        self.add(self.add(self.add(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
        self.execution_date(block, part)
        self.debtor(block, file)
        self.add(block, "ChrgBr", "SLEV")
        for payment in part.payments:
            self.payment(self.add(block, "CdtTrfTxInf"), payment)

    def execution_date(self, block: etree._Element, part: Block) -> None:
        day = part.execution_date.isoformat()
        if self.version == "03":
            self.add(block, "ReqdExctnDt", day)
        else:
            self.add(self.add(block, "ReqdExctnDt"), "Dt", day)

    def debtor(self, block: etree._Element, file: PaymentFile) -> None:
        name, account, bic = debtor(file)
        self.add(self.add(block, "Dbtr"), "Nm", name)
        self.add(self.add(self.add(block, "DbtrAcct"), "Id"), "IBAN", account)
        bank = self.add(self.add(block, "DbtrAgt"), "FinInstnId")
        if bic:
            self.add(bank, "BIC" if self.version == "03" else "BICFI", bic)
        else:
            self.add(self.add(bank, "Othr"), "Id", "NOTPROVIDED")

    def payment(self, transfer: etree._Element, payment: Payment) -> None:
        self.add(self.add(transfer, "PmtId"), "EndToEndId", payment.end_to_end_id)
        self.add(self.add(transfer, "Amt"), "InstdAmt", str(payment.amount)).set("Ccy", "EUR")
        self.add(self.add(transfer, "Cdtr"), "Nm", payment.name)
        self.add(self.add(self.add(transfer, "CdtrAcct"), "Id"), "IBAN", payment.iban)
        if payment.remittance:
            self.add(self.add(transfer, "RmtInf"), "Ustrd", payment.remittance)
        elif payment.reference:
            self.reference(self.add(self.add(transfer, "RmtInf"), "Strd"), payment.reference)

    def reference(self, structured: etree._Element, reference: str) -> None:
        information = self.add(structured, "CdtrRefInf")
        kind = self.add(information, "Tp")
        self.add(self.add(kind, "CdOrPrtry"), "Cd", "SCOR")
        self.add(kind, "Issr", issuer(reference))
        self.add(information, "Ref", reference)

    def add(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        tag = self.tags.get(name) or self.tags.setdefault(name, f"{{{self.namespace}}}{name}")
        element = etree.SubElement(parent, tag)
        element.text = text
        return element
