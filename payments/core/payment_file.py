"""What a payment file is to say, and whether a bank should ever see it.

A payment that breaks a rule is refused here, one by one, so that a batch can leave it out and say why. Texts come
back as they will be written: SEPA characters, IBANs and references without spaces.
"""

import base64
import hmac
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from budgeting.core.iban import NotAnIban, iban
from budgeting.core.money import CENT, ZERO, NotAnAmount, amount
from payments.core.banking_days import is_banking_day
from payments.core.payment_reference import NotAPaymentReference, payment_reference
from payments.core.sepa_text import is_identifier, says_something, to_sepa

LARGEST = Decimal("999999999.99")
MOST_PAYMENTS = 100_000
NAME_LENGTH = 70
REMITTANCE_LENGTH = 140
# Leaves room for "-" and the number of a block, so that a block's id fits 35 too.
MESSAGE_ID_LENGTH = 28
SHORTEST_KEY = 32

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_OUR_IDS = "HHB"
_ID_CHARACTERS = 26


@dataclass(frozen=True, slots=True)
class Payment:
    """One credit transfer. `reference` is a betalingskenmerk or RF reference and excludes `remittance`; neither is
    fine.

    `name` is the counterparty as its bank knows it; it is written in SEPA characters and cut at 70.
    """

    end_to_end_id: str
    execution_date: date
    amount: Decimal
    name: str
    iban: str
    remittance: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """What one file says. `created_at` is local time as on the wall; a time zone on it is left out of the file."""

    message_id: str
    created_at: datetime
    debtor_name: str
    debtor_iban: str
    payments: tuple[Payment, ...]
    debtor_bic: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """The payments of one execution date: what the bank calls a payment information, with an id of its own."""

    block_id: str
    execution_date: date
    payments: tuple[Payment, ...]
    total: Decimal


class Debtor(NamedTuple):
    """Our own side; `bic` is "" when unknown."""

    name: str
    iban: str
    bic: str


class CannotBePaid(ValueError):
    """A payment or file that no bank should see: which `field`, why, and the payment's `end_to_end_id` ("" is the
    file).

    `end_to_end_id`: shape, twice · `execution_date`: passed, bank_closed · `amount`: not_an_amount, range · `name`,
    `debtor_name`: empty · `iban`, `debtor_iban`: as `NotAnIban`, own · `remittance`: empty, length, two_kinds ·
    `reference`: as `NotAPaymentReference` · `message_id`: shape, length · `payments`: none, too_many · `debtor_bic`:
    shape.
    """

    def __init__(self, field: str, reason: str, end_to_end_id: str = "") -> None:
        super().__init__(f"cannot be paid: {field} ({reason}) {end_to_end_id}".rstrip())
        self.field = field
        self.reason = reason
        self.end_to_end_id = end_to_end_id


class KeyTooShort(ValueError):
    """A key for end-to-end ids has at least 32 bytes."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a key of {length} bytes is too short")


def checked(payment: Payment, *, debtor_iban: str, on: date) -> Payment:
    """The payment as it will be written, or `CannotBePaid`; `on` is the day the file is made."""
    try:
        _check_identity(payment, on)
        return Payment(
            payment.end_to_end_id,
            payment.execution_date,
            _amount(payment.amount),
            _name(payment.name, "name"),
            _account(payment.iban, debtor_iban),
            _remittance(payment),
            _reference(payment.reference),
        )
    except CannotBePaid as refusal:
        raise CannotBePaid(refusal.field, refusal.reason, payment.end_to_end_id) from refusal.__cause__


def blocks(file: PaymentFile) -> tuple[Block, ...]:
    """The checked payments of a file, a block for each execution date in order, each block in the order given."""
    _check_header(file)
    debtor_iban, on = _iban(file.debtor_iban, "debtor_iban"), file.created_at.date()
    of_day: dict[date, list[Payment]] = defaultdict(list)
    for payment in file.payments:
        of_day[payment.execution_date].append(checked(payment, debtor_iban=debtor_iban, on=on))
    _check_ids(payment.end_to_end_id for payment in file.payments)
    return tuple(
        Block(f"{file.message_id}-{number}", day, tuple(payments), sum((one.amount for one in payments), ZERO))
        for number, (day, payments) in enumerate(sorted(of_day.items()), 1)
    )


def debtor(file: PaymentFile) -> Debtor:
    """Who pays, as it will be written, or `CannotBePaid`."""
    if file.debtor_bic and not _BIC.fullmatch(file.debtor_bic):
        raise CannotBePaid("debtor_bic", "shape")
    return Debtor(_name(file.debtor_name, "debtor_name"), _iban(file.debtor_iban, "debtor_iban"), file.debtor_bic)


def end_to_end_id(key: bytes, *parts: str | int | date) -> str:
    """The id of one attempt to pay one due date: the same parts always give the same 29 characters (I-20).

    Keyed, so that nobody can guess it or read from it whose payment it is. Parts are told apart by kind and length:
    ("ab", "c") and ("a", "bc") differ, 1 and "1" too. Raises `KeyTooShort` for a key under 32 bytes.
    """
    if len(key) < SHORTEST_KEY:
        raise KeyTooShort(len(key))
    written = "".join(f"{type(part).__name__}:{len(str(part))}:{part}," for part in parts)
    digest = hmac.digest(key, written.encode(), "sha256")
    return _OUR_IDS + base64.b32encode(digest).decode()[:_ID_CHARACTERS]


def _check_identity(payment: Payment, on: date) -> None:
    if not is_identifier(payment.end_to_end_id):
        raise CannotBePaid("end_to_end_id", "shape")
    if payment.execution_date < on:
        raise CannotBePaid("execution_date", "passed")
    if not is_banking_day(payment.execution_date):
        raise CannotBePaid("execution_date", "bank_closed")


def _amount(value: Decimal) -> Decimal:
    try:
        exact = amount(value)
    except NotAnAmount as error:
        raise CannotBePaid("amount", "not_an_amount") from error
    if not CENT <= exact <= LARGEST:
        raise CannotBePaid("amount", "range")
    return exact


def _name(text: str, field: str) -> str:
    name = to_sepa(text)[:NAME_LENGTH].rstrip()
    if not says_something(name):
        raise CannotBePaid(field, "empty")
    return name


def _account(text: str, debtor_iban: str) -> str:
    account = _iban(text, "iban")
    if account == debtor_iban:
        raise CannotBePaid("iban", "own")
    return account


def _iban(text: str, field: str) -> str:
    try:
        return iban(text)
    except NotAnIban as error:
        raise CannotBePaid(field, error.reason) from error


def _remittance(payment: Payment) -> str:
    if not payment.remittance:
        return ""
    if payment.reference:
        raise CannotBePaid("remittance", "two_kinds")
    text = to_sepa(payment.remittance)
    if not says_something(text):
        raise CannotBePaid("remittance", "empty")
    if len(text) > REMITTANCE_LENGTH:
        raise CannotBePaid("remittance", "length")
    return text


def _reference(text: str) -> str:
    try:
        return payment_reference(text) if text else ""
    except NotAPaymentReference as error:
        raise CannotBePaid("reference", error.reason) from error


def _check_header(file: PaymentFile) -> None:
    if not is_identifier(file.message_id):
        raise CannotBePaid("message_id", "shape")
    if len(file.message_id) > MESSAGE_ID_LENGTH:
        raise CannotBePaid("message_id", "length")
    if not file.payments:
        raise CannotBePaid("payments", "none")
    if len(file.payments) > MOST_PAYMENTS:
        raise CannotBePaid("payments", "too_many")


def _check_ids(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for end_to_end in ids:
        if end_to_end in seen:
            raise CannotBePaid("end_to_end_id", "twice", end_to_end)
        seen.add(end_to_end)
