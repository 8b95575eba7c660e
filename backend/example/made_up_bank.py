"""Our own small bank: one account, statements in either version of camt.053, a batch line or a line per payment.

Like most Dutch banks it reports on a payment file only what it refuses. It knows nothing of the product but the bytes
of released files, so that its statements answer what was really released.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from backend.example.events import Credit
from backend.example.released import ReleasedFile, ReleasedPayment, read_released
from backend.example.statement_writer import ISSUED, RECEIVED, RETURNED, Line, Page, write_statement
from backend.example.status_report import write_refused_file, write_refused_payments
from backend.example.troubles import Refusal, Trouble
from budgeting.core.money import ZERO
from payments.core.banking_days import is_banking_day, on_or_after, plus

# Payments in one file: what banks advise.
_IN_ONE_FILE = 10_000


class DayIsOver(ValueError):
    """Money cannot arrive on a day whose statement is out."""


class NotOurAccount(ValueError):
    """The payment file pays from an account this bank does not hold."""


@dataclass
class MadeUpBank:
    """The bank of one account.

    `batch_booking`: a block of a payment file is one line with its details. `in_one_line`: whoever pays from these
    accounts pays all of a day in one line with its details, as municipalities and employers do, or in several lines
    where they are more than banks take in one file. `most_payments`: a statement with more is cut, at a line.
    """

    iban: str
    owner: str
    today: date
    balance: Decimal
    refusals: tuple[Refusal, ...] = ()
    version: str = "08"
    batch_booking: bool = False
    in_one_line: frozenset[str] = frozenset()
    most_payments: int = 50_000
    sequence: int = 0
    _due: dict[date, list[Line]] = field(default_factory=lambda: defaultdict(list))
    _seen: set[str] = field(default_factory=set)
    _lines: int = 0

    def arrive(self, credit: Credit) -> None:
        """Sets the money to be booked on its day."""
        if credit.on < self.today:
            raise DayIsOver(credit.on)
        self.book(
            Line(
                amount=credit.amount,
                on=on_or_after(credit.on),
                code=RECEIVED,
                value_date=credit.on,
                name=credit.payer,
                iban=credit.iban,
                remittance=credit.remittance,
            )
        )

    def book(self, line: Line) -> None:
        """Sets any line to be booked on its day: a direct debit drawn on the account, a batch of many payers."""
        self._due[line.on].append(line)

    def send(self, pain001: bytes) -> tuple[bytes, ...]:
        """Takes a payment file: the same message id is refused whole, the other payments are set to be booked."""
        file = read_released(pain001)
        if file.debtor_iban != self.iban:
            raise NotOurAccount(file.debtor_iban)
        if file.message_id in self._seen:
            return (write_refused_file(file, "DUPL", str(self.today)),)
        self._seen.add(file.message_id)
        refused = {
            payment.end_to_end_id: refusal.reason
            for payment in file.payments
            if (refusal := self._refusal(payment)) and refusal.kind is Trouble.REJECTED
        }
        self._set_to_book(file, [payment for payment in file.payments if payment.end_to_end_id not in refused])
        return (write_refused_payments(file, refused, str(self.today)),) if refused else ()

    def end_day(self) -> tuple[bytes, ...]:
        """Books what is due and moves to the next day; a day of many payments comes in several statements."""
        day, self.today = self.today, self.today + timedelta(days=1)
        if not is_banking_day(day):
            return ()
        return tuple(self._statement(day, lines) for lines in _in_parts(self._gathered(day), self.most_payments))

    def _statement(self, day: date, lines: list[Line]) -> bytes:
        self.sequence += 1
        page = Page(self.iban, self.owner, day, self.sequence, self.balance, self._numbered(lines))
        self.balance = page.closing
        return write_statement(page, version=self.version)

    def _gathered(self, day: date) -> list[Line]:
        """The lines of a day; those that one payer sent as one come first, as one."""
        lines = self._due.pop(day, [])
        together: dict[str, list[Line]] = {}
        for line in lines:
            if line.iban in self.in_one_line and line.code == RECEIVED:
                together.setdefault(line.iban, []).append(line)
        several = {iban: group for iban, group in together.items() if len(group) > 1}
        apart = [line for line in lines if line.code != RECEIVED or line.iban not in several]
        files = (
            group[at : at + _IN_ONE_FILE] for group in several.values() for at in range(0, len(group), _IN_ONE_FILE)
        )
        return [_whole(tuple(file), RECEIVED, name=file[0].name) for file in files] + apart

    def _numbered(self, lines: list[Line]) -> tuple[Line, ...]:
        # The bank's own reference counts what it books, and not what it was told to book.
        numbered = []
        for line in lines:
            self._lines += 1
            numbered.append(replace(line, bank_reference=f"NEPB{self._lines:09d}"))
        return tuple(numbered)

    def _set_to_book(self, file: ReleasedFile, payments: list[ReleasedPayment]) -> None:
        for block, group in groupby(payments, key=lambda payment: payment.block):
            lines = [self._line(payment, file.message_id) for payment in group]
            if self.batch_booking:
                lines = [_whole(tuple(lines), ISSUED, message_id=file.message_id, block=block)]
            for line in lines:
                self.book(line)

    def _line(self, payment: ReleasedPayment, message_id: str) -> Line:
        on = on_or_after(max(payment.execution, self.today))
        line = Line(
            amount=-payment.amount,
            on=on,
            code=ISSUED,
            name=payment.name,
            iban=payment.iban,
            remittance=payment.remittance,
            reference=payment.reference,
            end_to_end_id=payment.end_to_end_id,
            message_id=message_id,
            block=payment.block,
        )
        refusal = self._refusal(payment)
        if refusal and refusal.kind is Trouble.RETURNED:
            back = replace(line, amount=payment.amount, on=plus(on, refusal.days), code=RETURNED)
            self.book(replace(back, return_reason=refusal.reason))
        return line

    def _refusal(self, payment: ReleasedPayment) -> Refusal | None:
        return next(
            (rule for rule in self.refusals if rule.hits(payment.iban, payment.amount, payment.execution)), None
        )


def _in_parts(lines: list[Line], most: int) -> Iterator[list[Line]]:
    """The lines in their order, so many payments at a time; a day without any is one empty part."""
    part: list[Line] = []
    count = 0
    for line in lines:
        payments = len(line.details) or 1
        if part and count + payments > most:
            yield part
            part, count = [], 0
        part.append(line)
        count += payments
    yield part


def _whole(
    lines: tuple[Line, ...], code: tuple[str, str, str], *, name: str = "", message_id: str = "", block: str = ""
) -> Line:
    """One line for several of the same day, with them as its details."""
    total = sum((line.amount for line in lines), ZERO)
    return Line(total, lines[0].on, code, name=name, message_id=message_id, block=block, details=lines)
