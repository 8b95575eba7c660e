"""A bank for one account: it keeps the balance and writes the statement of each day as bytes."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lxml import etree

from backend.example.elements import add
from backend.example.released import read_released
from backend.example.statement_writer import DIRECT_DEBIT, ISSUED, RECEIVED, RETURNED, Line, Page, write_statement
from backend.example.status_report import write_refused_payments
from budgeting.core.money import ZERO
from payments.models import PaymentBatch, PaymentOrder


@dataclass
class Bank:
    """One account of ours as its bank sees it; `balance` is what is on it after the last statement."""

    iban: str
    balance: Decimal = ZERO
    sequence: int = 0
    pages: list[Page] = field(default_factory=list)

    def day(self, on: date, *lines: Line) -> bytes:
        """The statement of one day, as a camt.053 file."""
        return write_statement(self.page(on, *lines))

    def page(self, on: date, *lines: Line) -> Page:
        """One statement, kept; the next one opens with its closing balance."""
        self.sequence += 1
        page = Page(self.iban, "Gemeente Voorbeeldstad", on, self.sequence, self.balance, lines)
        self.balance = page.closing
        self.pages.append(page)
        return page


def came_in(amount: str, on: date, **facts: object) -> Line:
    """Money someone paid to our account."""
    return Line(Decimal(amount), on, RECEIVED, **facts)


def drawn(amount: str, on: date, **facts: object) -> Line:
    """Money someone drew from our account by direct debit."""
    return Line(-Decimal(amount), on, DIRECT_DEBIT, **facts)


def paid(order: PaymentOrder, on: date, amount: Decimal | None = None) -> Line:
    """One order of ours as the bank books it, or with another amount."""
    told = {"name": order.name, "iban": order.iban, "end_to_end_id": order.end_to_end_id}
    return Line(-(amount or order.amount), on, ISSUED, **told)


def came_back(order: PaymentOrder, on: date, reason: str = "AC04") -> Line:
    """One order of ours that the other bank sent back."""
    told = {"name": order.name, "iban": order.iban, "end_to_end_id": order.end_to_end_id}
    return Line(order.amount, on, RETURNED, return_reason=reason, **told)


def paid_as_one(batch: PaymentBatch, on: date, amount: Decimal | None = None) -> Line:
    """A whole file of ours as one line without its payments; `with_counts` adds how many they were."""
    return Line(-batch.total if amount is None else -amount, on, ISSUED, block=f"{batch.message_id}-1")


def with_counts(data: bytes, counts: dict[str, int]) -> bytes:
    """The statement with, instead of details, how many payments each block's line holds."""
    root = etree.fromstring(data)
    for details in root.iterfind(".//{*}NtryDtls"):
        block = details.findtext("{*}TxDtls/{*}Refs/{*}PmtInfId")
        if block in counts:
            details.clear()
            batch = add(details, "Btch")
            add(batch, "PmtInfId", block)
            add(batch, "NbOfTxs", str(counts[block]))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def refusal(batch: PaymentBatch, reasons: dict[str, str], on: date) -> bytes:
    """The bank's pain.002 of a released batch: `reasons` by end-to-end id; the others are accepted."""
    return write_refused_payments(read_released(bytes(batch.content)), reasons, on.isoformat())
