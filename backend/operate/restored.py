"""What restored books know of the payments and statements that came after the backup.

An end-to-end id follows from what is paid and no more (I-20): restored books that plan the same day find the same id,
so that a payment which left after the backup is recognised before it could leave a second time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from backend.example.released import ReleasedPayment, read_released
from budgeting.actions.ledger import bank_balance
from budgeting.models import BankAccount, StatementDay
from payments.actions.checks import BY_HAND
from payments.actions.orders import hold_payments, move_orders
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders
from payments.actions.settle import take_in_statement
from payments.models import PaymentOrder


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment that stood in a file, and what the books know of it.

    `known`: they say it was sent. `recognised`: they would pay it again, under the same id. `other_amount`: the same
    id with another amount. `unknown`: they have no reason to pay it (an agreement made after the backup, for example).
    """

    end_to_end_id: str
    execution: date
    amount: Decimal
    known_as: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A statement that was taken in after the backup: its outcome in the restored books."""

    name: str
    status: str
    entries: int
    suspense: int


@dataclass(frozen=True, slots=True)
class TieOut:
    """One account: what its last statement says, what the books say."""

    account: str
    bank: Decimal
    books: Decimal


def recognise(files: Iterable[bytes], *, on: date, first: date, keep_back: bool = False) -> list[Sent]:
    """Each payment of these payment files. Plans the day to know what would be paid.

    With `keep_back` what would be paid again is held for a person, and stays held; otherwise nothing is changed.
    Raises `NotAPaymentFile`.
    """
    payments = [payment for data in files for payment in read_released(data).payments]
    with transaction.atomic():
        hold_payments()
        plan_orders(on=on, first=first, by=None)
        plan_remainders(on=on, first=first, by=None)
        orders = PaymentOrder.objects.filter(end_to_end_id__in=[one.end_to_end_id for one in payments]).order_by("pk")
        found = {order.end_to_end_id: order for order in orders}
        if keep_back:
            move_orders(
                [order for order in found.values() if order.state == "planned"], "held", by=None, reason=BY_HAND
            )
        transaction.set_rollback(not keep_back)
    return [_known(payment, found.get(payment.end_to_end_id)) for payment in payments]


def take_in(files: Iterable[tuple[str, bytes]], *, on: date) -> list[Taken]:
    """Takes the statements in, in this order, as on any other day."""
    taken = []
    for name, data in files:
        result = take_in_statement(data=data, name=name, by=None, on=on).result
        taken.append(Taken(name, result.status, result.entries, result.suspense))
    return taken


def tie_out() -> list[TieOut]:
    """Bank and books of every account that has a statement."""
    rows = BankAccount.objects.order_by("iban")
    last = [
        (row, StatementDay.objects.standing().filter(bank_account=row).order_by("day", "part").last()) for row in rows
    ]
    return [TieOut(row.iban, day.closing, bank_balance(row.pk)) for row, day in last if day]


def _known(payment: ReleasedPayment, order: PaymentOrder | None) -> Sent:
    facts = payment.end_to_end_id, payment.execution, payment.amount
    if order is None:
        return Sent(*facts, known_as="unknown")
    if order.amount != payment.amount:
        return Sent(*facts, known_as="other_amount", state=order.state)
    sent = order.state in {"released", "booked", "returned", "rejected"}
    return Sent(*facts, known_as="known" if sent else "recognised", state=order.state)
