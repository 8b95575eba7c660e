"""Reads a bank's answer to a payment file: ISO 20022 pain.002.001.03 to .14, by local name.

Dutch banks send one mostly for what they reject, and many send none: what it does not name is unknown, never paid. It
is recorded and nobody waits for it. Of what it says of a file, a block and a payment, the narrowest counts.
"""

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lxml import etree

from budgeting.core.readers.guarded_xml import elements
from budgeting.core.statement import Problem, Unreadable

MOST_BYTES = 50_000_000

# External code lists: what each status means for the money.
_ACCEPTED = frozenset({"ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "ACFC", "ACSC", "ACCC"})
_WAITING = frozenset({"RCVD", "PDNG", "PATC"})
_REJECTED = frozenset({"RJCT", "CANC"})
_MIXED = "PART"
_KNOWN = _ACCEPTED | _WAITING | _REJECTED | {_MIXED, ""}
_WHOLE = "CstmrPmtStsRpt"


class Outcome(StrEnum):
    """What the bank says of one payment; `UNKNOWN` when it says nothing."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Status:
    """A status code as the bank wrote it ("" = none), its reason codes, and the bank's own words."""

    code: str = ""
    reasons: tuple[str, ...] = ()
    text: str = ""

    @property
    def outcome(self) -> Outcome:
        """What the code means for the money; a mixed or unknown code means nothing for one payment."""
        if self.code in _REJECTED:
            return Outcome.REJECTED
        if self.code in _ACCEPTED:
            return Outcome.ACCEPTED
        return Outcome.WAITING if self.code in _WAITING else Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What is said of one payment."""

    end_to_end_id: str
    block_id: str
    status: Status


@dataclass(frozen=True, slots=True)
class BlockStatus:
    """What is said of all payments of one block (the bank's payment information)."""

    block_id: str
    status: Status


@dataclass(frozen=True)
class StatusReport:
    """All that one pain.002 says. `original_message_id` is the id of our file; `status` is about the whole file.

    With a problem of severity `refuse` the rest is not to be used.
    """

    message_id: str = ""
    original_message_id: str = ""
    original_message_name: str = ""
    status: Status = Status()
    blocks: tuple[BlockStatus, ...] = ()
    payments: tuple[PaymentStatus, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether nothing in it is a reason to refuse it."""
        return all(problem.severity != "refuse" for problem in self.problems)

    def said_of(self, end_to_end_id: str, block_id: str) -> Status:
        """The narrowest status that decides: the payment's own, else its block's, else the file's; else an empty one.

        A payment of which two things are said is in doubt, and nothing is said of it.
        """
        own = self._of_payment.get(end_to_end_id, [])
        if len({said.outcome for said in own}) > 1:
            return Status()
        narrowest_first = (*own, self._of_block.get(block_id, Status()), self.status)
        return next((said for said in narrowest_first if said.outcome is not Outcome.UNKNOWN), Status())

    @cached_property
    def _of_payment(self) -> dict[str, list[Status]]:
        said: dict[str, list[Status]] = defaultdict(list)
        for payment in self.payments:
            said[payment.end_to_end_id].append(payment.status)
        return said

    @cached_property
    def _of_block(self) -> dict[str, Status]:
        return {block.block_id: block.status for block in self.blocks}


def read_status_report(data: bytes) -> StatusReport:
    """What the bytes say; what is wrong stands in `problems` with a stable code, and nothing is raised.

    Refused: `empty`, `too_big`, not XML (as the statement readers name it), `not_a_status_report`,
    `original_message_missing`, `answers_no_payment_file`. Noted: `end_to_end_id_missing`, `status_not_known`,
    `payment_named_twice`.
    """
    if not data.strip():
        return StatusReport(problems=(Problem("empty"),))
    if len(data) > MOST_BYTES:
        return StatusReport(problems=(Problem("too_big"),))
    try:
        found = _Found()
        for element, _ in elements(io.BytesIO(data), "GrpHdr", "OrgnlGrpInfAndSts", "TxInfAndSts", "OrgnlPmtInfAndSts"):
            found.take(element)
    except Unreadable as fault:
        return StatusReport(problems=(fault.problem,))
    return found.report()


class _Found:
    """Gathers the parts in the order of the file."""

    def __init__(self) -> None:
        self.root = ""
        self.message_id = ""
        self.original: tuple[str, str, Status] = ("", "", Status())
        self.blocks: list[BlockStatus] = []
        self.payments: list[PaymentStatus] = []
        self.problems: list[Problem] = []

    def take(self, element: etree._Element) -> None:
        name = _name(element)
        if name == "GrpHdr":
            self.message_id = _text(element, "MsgId")
        elif name == "OrgnlGrpInfAndSts":
            self.original = (_text(element, "OrgnlMsgId"), _text(element, "OrgnlMsgNmId"), _status(element, "GrpSts"))
        elif name == "TxInfAndSts":
            self.payments.append(_payment(element))
        elif name == "OrgnlPmtInfAndSts":
            self.blocks.append(BlockStatus(_text(element, "OrgnlPmtInfId"), _status(element, "PmtInfSts")))
        else:
            self.root = next((_name(child) for child in element), "") if name == "Document" else name

    def report(self) -> StatusReport:
        message_id, message_name, status = self.original
        return StatusReport(
            self.message_id,
            message_id,
            message_name,
            status,
            tuple(self.blocks),
            tuple(self.payments),
            tuple(self._problems()),
        )

    def _problems(self) -> Iterator[Problem]:
        message_id, message_name, status = self.original
        if self.root != _WHOLE:
            yield Problem("not_a_status_report", values={"root": self.root})
            return
        if not message_id:
            yield Problem("original_message_missing")
        if message_name and not message_name.startswith("pain.001"):
            yield Problem("answers_no_payment_file", values={"message": message_name})
        yield from _notes(status, self.blocks, self.payments)


def _notes(status: Status, blocks: list[BlockStatus], payments: list[PaymentStatus]) -> Iterator[Problem]:
    for said in (status, *(block.status for block in blocks), *(payment.status for payment in payments)):
        if said.code not in _KNOWN:
            yield Problem("status_not_known", values={"status": said.code}, severity="note")
    seen: set[str] = set()
    for payment in payments:
        if not payment.end_to_end_id:
            yield Problem("end_to_end_id_missing", payment.block_id, severity="note")
        elif payment.end_to_end_id in seen:
            yield Problem("payment_named_twice", payment.end_to_end_id, severity="note")
        seen.add(payment.end_to_end_id)


def _payment(element: etree._Element) -> PaymentStatus:
    block = element.getparent()
    block_id = "" if block is None else _text(block, "OrgnlPmtInfId")
    return PaymentStatus(_text(element, "OrgnlEndToEndId"), block_id, _status(element, "TxSts"))


def _status(element: etree._Element, code: str) -> Status:
    reasons, words = [], []
    for information in _children(element, "StsRsnInf"):
        for reason in _children(information, "Rsn"):
            reasons += [(kind.text or "").strip() for kind in _children(reason, "Cd", "Prtry")]
        words += [(line.text or "").strip() for line in _children(information, "AddtlInf")]
    return Status(_text(element, code), tuple(filter(None, reasons)), " ".join(filter(None, words)))


def _text(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in _children(element, name)), "")


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (child for child in element if _name(child) in names)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname
