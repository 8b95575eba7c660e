"""Writes a payment file: ISO 20022 pain.001.001.09 or .03, for credit transfers in euro inside SEPA.

Our own writer, because the libraries know no structured reference and no message id of ours. The same payments give the
same bytes. Never a postal address (SEPA needs none, and unstructured ones are refused), never a BIC of the
counterparty, batch booking off, `NOTPROVIDED` for our own bank when its BIC is not known.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any, cast
from xml.sax.saxutils import escape

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
    data = _document(file, blocks(file), version).encode()
    if problems := schema_problems(data):
        raise NotSchemaValid(problems)
    return data


def schema_problems(data: bytes) -> tuple[str, ...]:
    """What is wrong with a pain.001 by its ISO schema, with line numbers; nothing when it is valid.

    Raises `NoSuchVersion` for another message. A file that is no XML, or that declares a document type, has that
    problem.
    """
    try:
        document = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        return (f"not XML: {error}",)
    # The stubs of lxml know neither this nor that a log is a list.
    if cast("Any", document.getroottree().docinfo).doctype:
        return ("declares a document type",)
    schema = _schema(str(etree.QName(document).namespace).removeprefix(_NAMESPACE))
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


# Written as text, a line for each payment: twice as fast as building a tree, and the schema then judges the very bytes.


def _document(file: PaymentFile, parts: tuple[Block, ...], version: str) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<Document xmlns="{_NAMESPACE}{version}"><CstmrCdtTrfInitn>\n'
        f"{_header(file, parts)}"
        f"{''.join(_block(file, part, version) for part in parts)}"
        "</CstmrCdtTrfInitn></Document>\n"
    )


def _header(file: PaymentFile, parts: tuple[Block, ...]) -> str:
    return (
        f"<GrpHdr><MsgId>{escape(file.message_id)}</MsgId>"
        f"<CreDtTm>{file.created_at.replace(microsecond=0, tzinfo=None).isoformat()}</CreDtTm>"
        f"<NbOfTxs>{len(file.payments)}</NbOfTxs><CtrlSum>{sum((part.total for part in parts), ZERO)}</CtrlSum>"
        f"<InitgPty><Nm>{escape(debtor(file).name)}</Nm></InitgPty></GrpHdr>\n"
    )


def _block(file: PaymentFile, part: Block, version: str) -> str:
    day = part.execution_date.isoformat()
    # BtchBookg false: one statement line for each payment, where the bank heeds it.
    return (
        f"<PmtInf><PmtInfId>{escape(part.block_id)}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>"
        f"<NbOfTxs>{len(part.payments)}</NbOfTxs><CtrlSum>{part.total}</CtrlSum>"
        "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"
        f"<ReqdExctnDt>{day if version == '03' else f'<Dt>{day}</Dt>'}</ReqdExctnDt>"
        f"{_debtor(file, version)}<ChrgBr>SLEV</ChrgBr>\n"
        f"{''.join(map(_payment, part.payments))}</PmtInf>\n"
    )


def _debtor(file: PaymentFile, version: str) -> str:
    ours = debtor(file)
    bic = "BIC" if version == "03" else "BICFI"
    bank = f"<{bic}>{ours.bic}</{bic}>" if ours.bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    return (
        f"<Dbtr><Nm>{escape(ours.name)}</Nm></Dbtr><DbtrAcct><Id><IBAN>{ours.iban}</IBAN></Id></DbtrAcct>"
        f"<DbtrAgt><FinInstnId>{bank}</FinInstnId></DbtrAgt>"
    )


def _payment(payment: Payment) -> str:
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{escape(payment.end_to_end_id)}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{payment.amount}</InstdAmt></Amt><Cdtr><Nm>{escape(payment.name)}</Nm></Cdtr>'
        f"<CdtrAcct><Id><IBAN>{payment.iban}</IBAN></Id></CdtrAcct>{_remittance(payment)}</CdtTrfTxInf>\n"
    )


def _remittance(payment: Payment) -> str:
    if payment.remittance:
        return f"<RmtInf><Ustrd>{escape(payment.remittance)}</Ustrd></RmtInf>"
    if not payment.reference:
        return ""
    return (
        "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>"
        f"<Issr>{issuer(payment.reference)}</Issr></Tp><Ref>{payment.reference}</Ref></CdtrRefInf></Strd></RmtInf>"
    )
