"""Batches: assemble, a second person's yes to exactly that content, release as bytes made once, or cancel."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, groupby

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from budgeting import access
from budgeting.actions.ledger import advances_used, lock_residents, post, resident_balances
from budgeting.actions.persons import is_one_of
from budgeting.core import ledger
from budgeting.core.collecting import many_objects
from budgeting.core.ledger import Movement
from budgeting.core.money import ZERO
from budgeting.models import Account, BankAccount, Resident, User
from payments.actions.advances import note_advances
from payments.actions.checks import check_still_payable, is_protected, looked_again, stretches
from payments.actions.from_account import check_money_was_there
from payments.actions.limits import advance_limits
from payments.actions.orders import hold_payments, move_batch, move_orders
from payments.core import pain001
from payments.core.payment_file import MESSAGE_ID_LENGTH, Payment, PaymentFile, end_to_end_id
from payments.models import Approval, PaymentBatch, PaymentOrder

# Orders in one file. Banks take at most 100,000 and one of them (ABN AMRO) advises 10,000;
# making, reading and releasing a file takes memory by its orders.
MOST_TOGETHER = 10_000


class NothingToPay(Exception):
    """No planned order is ready for this day."""


class NotTheSecondPerson(Exception):
    """Who assembled the batch, typed an account in it or gets money from it, under whatever name, may not."""


class ContentChanged(Exception):
    """The batch is not what the approver saw: look again."""


class AlreadyDecided(Exception):
    """The batch is past this step; `state` says where it stands."""

    def __init__(self, batch: PaymentBatch) -> None:
        super().__init__(f"batch {batch.pk} is {batch.state}")
        self.state = batch.state


class AdvanceNotAllowed(Exception):
    """Paying this would lend more than was allowed, or lend for a remainder."""

    def __init__(self, order: PaymentOrder | int) -> None:
        super().__init__(f"no advance for {order}")


@many_objects()
def assemble_batches(*, bank_account: BankAccount, on: date, first: date, by: User) -> list[PaymentBatch]:
    """Puts every order ready for `first` (the first day the bank can execute) in draft batches, all of them or none.

    Most days that is one; more than `MOST_TOGETHER` orders become several, and nobody's are divided over two. Orders
    that fail a check are held with their reason, also when none is left and `NothingToPay` is raised. What the town
    lets go at once and on a day holds for all these batches together.
    Raises `MoneyIsElsewhere` when the town has several accounts and too little is on this one.
    """
    access.check_may(by, "assemble_batch", on=on)
    with transaction.atomic():
        hold_payments()
        ready = (_ready(residents, on, first, by) for residents in stretches(first, MOST_TOGETHER))
        batches = [_assembled(bank_account, orders, first, by) for orders in _packed(ready)]
        if batches:
            check_money_was_there(bank_account, sum((batch.total for batch in batches), ZERO))
    if not batches:
        raise NothingToPay(first.isoformat())
    return batches


def _ready(residents: Collection[int], on: date, first: date, by: User) -> list[PaymentOrder]:
    """The orders of these residents that may go, by resident."""
    _, looked_at = looked_again(on=on, first=first, by=by, residents=residents)
    return sorted((order for order in looked_at if order.state == "planned"), key=_whose)


def _packed(ready: Iterable[list[PaymentOrder]]) -> Iterator[list[PaymentOrder]]:
    """The orders of each batch. Those of a resident stay together: the first of two files would spend what the order of
    need gave to an order in the second.
    """
    together: list[PaymentOrder] = []
    for _, orders in groupby(chain.from_iterable(ready), key=_whose):
        own = list(orders)
        if together and len(together) + len(own) > MOST_TOGETHER:
            yield together
            together = []
        together += own
    if together:
        yield together


def _whose(order: PaymentOrder) -> int:
    return order.resident_id


def _as_ready(order: PaymentOrder) -> tuple[date, int]:
    """By execution day, always in the same order."""
    return order.execute_on, order.pk


def _assembled(bank_account: BankAccount, ready: list[PaymentOrder], first: date, by: User) -> PaymentBatch:
    orders = sorted(ready, key=_as_ready)
    for order in orders:
        order.execute_on = max(order.execute_on, first)
    batch = _draft(bank_account, orders, first, by)
    for order in orders:
        order.batch = batch
    move_orders(orders, "batched", by=by, fields=("batch", "execute_on"))
    return batch


def digest_of(orders: Sequence[PaymentOrder]) -> str:
    """SHA-256 over exactly what will be paid: id, counterparty, amount, day and reference of every order, in order."""
    lines = [
        [o.end_to_end_id, o.name, o.iban, f"{o.amount:.2f}", o.execute_on.isoformat(), o.remittance,
         o.structured_reference]
        for o in sorted(orders, key=lambda order: order.end_to_end_id)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(lines, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
@many_objects()
def approve_batch(*, batch: PaymentBatch, digest: str, on: date, by: User) -> PaymentBatch:
    """A second person says yes to the content with this digest; raises when it changed, or for the same person."""
    access.check_may(by, "approve_batch", on=on)
    batch = _locked(batch, "draft")
    orders = list(batch.orders.all())
    if is_one_of(by, _first_persons(batch)):
        raise NotTheSecondPerson
    if not batch.digest == digest == digest_of(orders):
        raise ContentChanged
    Approval.objects.create(batch=batch, assembled_by=batch.assembled_by, approved_by=by, digest=digest)
    move_batch(batch, "approved", by=by)
    return batch


def _first_persons(batch: PaymentBatch) -> list[User | None]:
    """Who is not the second person: who assembled, who typed an account that money goes to, whose money it is."""
    typed = Account.objects.filter(pk__in=batch.orders.values("account")).values("added_by")
    own = Resident.objects.filter(pk__in=batch.orders.values("resident")).values("user")
    return [batch.assembled_by, *User.objects.filter(Q(pk__in=typed) | Q(pk__in=own))]


@transaction.atomic
@many_objects()
def release_batch(*, batch: PaymentBatch, now: datetime, by: User) -> PaymentBatch:
    """Makes the bank's file once and books every order in transit.

    Raises `AlreadyDecided` for a released batch, `NotToBePaid` when an account or limit changed since it was made.
    """
    access.check_may(by, "release_batch", on=now.date())
    batch = _locked(batch, "approved")
    orders = list(batch.orders.order_by("end_to_end_id").select_for_update(no_key=True))
    lock_residents(order.resident_id for order in orders)
    if batch.digest != digest_of(orders):
        raise ContentChanged
    check_still_payable(orders, on=now.date())
    batch.content = _file(batch, orders, now)
    batch.content_sha256 = hashlib.sha256(batch.content).hexdigest()
    batch.released_by, batch.released_at = by, now
    made = ("content", "content_sha256", "released_by", "released_at")
    move_batch(batch, "released", by=by, fields=made)
    move_orders(orders, "released", by=by)
    _book_release(orders, now.date(), by)
    return batch


@transaction.atomic
def cancel_batch(*, batch: PaymentBatch, reason: str, on: date, by: User) -> PaymentBatch:
    """Lets a batch go before its release; its orders are planned again."""
    batch = _locked(batch, "draft", "approved")
    access.check_may(by, "assemble_batch" if batch.state == "draft" else "approve_batch", on=on)
    orders = list(batch.orders.select_for_update(no_key=True))
    for order in orders:
        order.batch = None
    move_orders(orders, "planned", by=by, fields=("batch",))
    move_batch(batch, "cancelled", by=by, reason=reason)
    return batch


def _draft(bank_account: BankAccount, orders: Sequence[PaymentOrder], first: date, by: User) -> PaymentBatch:
    number = PaymentBatch.objects.count() + 1
    return PaymentBatch.objects.create(
        bank_account=bank_account,
        message_id=end_to_end_id(settings.E2E_KEY, "batch", bank_account.iban, number)[:MESSAGE_ID_LENGTH],
        execute_on=first,
        count=len(orders),
        total=sum((order.amount for order in orders), ZERO),
        digest=digest_of(orders),
        assembled_by=by,
    )


def _locked(batch: PaymentBatch, *states: str) -> PaymentBatch:
    hold_payments()
    locked = PaymentBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if locked.state not in states:
        raise AlreadyDecided(locked)
    return locked


def _file(batch: PaymentBatch, orders: Sequence[PaymentOrder], now: datetime) -> bytes:
    account = batch.bank_account
    payments = tuple(
        Payment(o.end_to_end_id, o.execute_on, o.amount, o.name, o.iban, o.remittance, o.structured_reference)
        for o in orders
    )
    file = PaymentFile(batch.message_id, now, account.name, account.iban, payments)
    return pain001.write(file, version=account.pain_version)


def _book_release(orders: Sequence[PaymentOrder], on: date, by: User) -> None:
    """Each order leaves the balance of its (locked) resident; what that lacks is lent, and stands as an advance."""
    balances = resident_balances({order.resident_id for order in orders})
    movements, lent_to = [], set()
    # Money to live on that a person decided to keep apart goes first: it is never lent.
    for order in sorted(orders, key=lambda order: not is_protected(order)):
        lent = _lent(order, balances)
        lent_to |= {order.resident_id} if lent else set()
        balances[order.resident_id] += lent - order.amount
        lines = ledger.released(order.resident_id, order.amount, order.end_to_end_id, lent)
        movements.append(Movement("release", on, f"release:{order.end_to_end_id}", lines))
    journal_entries = post(movements, by=by)
    _check_advances(lent_to, on)
    if lent_to:
        note_advances(on=on, journal_entries=journal_entries)


def _lent(order: PaymentOrder, balances: dict[int, Decimal]) -> Decimal:
    """What must be lent for this order. A remainder is never lent: it should not have been ready (I-8)."""
    short = max(order.amount - max(balances[order.resident_id], ZERO), ZERO)
    if short and order.kind != "charge":
        raise AdvanceNotAllowed(order)
    return short


def _check_advances(lent_to: set[int], on: date) -> None:
    """Nobody is lent more than may be today; who was lent before and pays from own money now is left in peace."""
    limits = advance_limits(lent_to, on=on)
    for number, used in advances_used(lent_to).items():
        if used > limits[number]:
            raise AdvanceNotAllowed(number)
