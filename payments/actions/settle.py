"""Hears the bank: statements settle or return what we released, a pain.002 is recorded and never waited for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from django.db import transaction
from django.db.models.functions import Now

from budgeting.actions import held
from budgeting.actions.bulk import some_at_a_time
from budgeting.actions.ledger import post
from budgeting.actions.recognition import OWN_ID_RULE
from budgeting.actions.statements import ImportResult, import_statement
from budgeting.core import ledger
from budgeting.core.collecting import many_objects
from budgeting.core.ledger import Movement
from budgeting.models import Allocation, Entry, StatementImport, User, WaitingEntry
from budgeting.models.among import among, among_texts
from payments.actions.orders import close_settled, hold_payments, move_orders
from payments.actions.recalls import note_recalled
from payments.actions.stops import stop_accounts
from payments.models import PaymentBatch, PaymentOrder


@dataclass(frozen=True, slots=True)
class Settled:
    """How many orders a statement settled and returned."""

    booked: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A statement's import, and what it settled."""

    result: ImportResult
    settled: Settled


@transaction.atomic
@many_objects()
def take_in_statement(
    *,
    data: bytes,
    name: str,
    by: User | None,
    on: date,
    account: str = "",
    balances: tuple[Decimal, Decimal] | None = None,
) -> TakenIn:
    """A door's one call: import the file, then settle what it says of our orders, in one transaction."""
    hold_payments()
    result = import_statement(data=data, name=name, by=by, on=on, account=account, balances=balances)
    return TakenIn(result, settle(entries=result.entry_ids, by=by))


@transaction.atomic
def take_up_statement(
    *, attempt: StatementImport, reason: str, on: date, by: User, balances: tuple[Decimal, Decimal] | None = None
) -> TakenIn:
    """The same for a file that was held and that a person takes in after all (`budgeting.actions.held`)."""
    hold_payments()
    result = held.take_up(attempt=attempt, reason=reason, on=on, by=by, balances=balances)
    return TakenIn(result, settle(entries=result.entry_ids, by=by))


@transaction.atomic
def settle(*, entries: Sequence[int], by: User | None) -> Settled:
    """Orders whose money left our account are booked; those whose money came back are returned, for a person to see."""
    hold_payments()
    booked, returned, batches = 0, 0, set[int]()
    lines = _batch_lines(entries, by=by)
    # All that went before anything that came back, whatever the order of the lines.
    for rows in chain(_a_few(entries, amount__lt=0), [lines]):
        orders = _orders_of(rows)
        booked += _book([(orders[row.end_to_end_id], row) for row in rows if row.end_to_end_id in orders], by=by)
        batches |= {order.batch_id for order in orders.values() if order.batch_id}
    for rows in _a_few(entries, amount__gt=0):
        orders = _orders_of(rows)
        returned += _return([(orders[row.end_to_end_id], row) for row in rows if row.end_to_end_id in orders], by=by)
        batches |= {order.batch_id for order in orders.values() if order.batch_id}
    close_settled(batches, by=by)
    return Settled(booked, returned)


def _a_few(entries: Sequence[int], **which: Decimal | int) -> Iterator[list[Entry]]:
    """Those of the entries that name a payment, in their order, not all at once."""
    rows = Entry.objects.filter(among("pk", entries), **which).exclude(end_to_end_id="")
    for numbers in some_at_a_time(list(rows.order_by("booking_date", "n").values_list("pk", flat=True))):
        few = Entry.objects.filter(among("pk", numbers)).order_by("booking_date", "n")
        yield list(few.only("booking_date", "amount", "end_to_end_id", "return_reason"))


def _orders_of(rows: Iterable[Entry]) -> dict[str, PaymentOrder]:
    ids = {row.end_to_end_id for row in rows} - {""}
    found = PaymentOrder.objects.filter(among_texts("end_to_end_id", ids)).select_for_update(no_key=True).order_by("pk")
    return {order.end_to_end_id: order for order in found}


def _book(paid: Sequence[tuple[PaymentOrder, Entry]], *, by: User | None) -> int:
    """Only what the books settled counts: another amount under our id, or a second time, waits in suspense."""
    days: dict[PaymentOrder, date] = {}
    for order, row in paid:
        if order.state == "released" and order.amount == -row.amount:
            days.setdefault(order, row.booking_date)
    for order, day in days.items():
        order.booked_on = day
    return move_orders(list(days), "booked", by=by, fields=("booked_on",))


def _return(back: Sequence[tuple[PaymentOrder, Entry]], *, by: User | None) -> int:
    count = 0
    for order, row in back:
        if order.state == "booked" and order.amount == row.amount:
            count += move_orders([order], "returned", by=by, reason=row.return_reason or "returned")
            _give_back(order, row, by=by)
            note_recalled([(order, row)], by=by)
            stop_accounts([(order, row.return_reason)], on=row.booking_date, by=by)
    return count


def _give_back(order: PaymentOrder, row: Entry, *, by: User | None) -> None:
    """A return that stood before its payment, or came with the one line of its file, still lies in suspense."""
    waiting = WaitingEntry.objects.filter(entry=row, closed_at__isnull=True)
    if waiting.update(closed_at=Now(), closed_by=by):
        lines = ledger.moved(
            row.amount,
            debit=ledger.SUSPENSE,
            credit=ledger.resident(order.resident_id),
            reference=order.end_to_end_id,
        )
        moved = post([Movement("return", row.booking_date, f"returned:{row.pk}", lines, entry=row.pk)], by=by)
        Allocation.objects.create(
            entry=row,
            journal_entry_id=moved[0],
            resident_id=order.resident_id,
            amount=row.amount,
            due_on=row.booking_date,
            rule_version=OWN_ID_RULE,
        )


def _batch_lines(entries: Sequence[int], *, by: User | None) -> list[Entry]:
    """A bank that books a whole file as one line: when sum and count are the batch's, each order counts as its line."""
    rows = Entry.objects.filter(among("pk", entries), amount__lt=0, end_to_end_id="").exclude(batch_id="")
    lines = {row.batch_id.strip(): row for row in rows.order_by("booking_date", "n").defer("remittance")}
    settled: list[Entry] = []
    for batch in PaymentBatch.objects.filter(message_id__in=_message_ids(lines), state="released"):
        row = next(line for name, line in lines.items() if name.startswith(batch.message_id))
        orders = list(batch.orders.filter(state="released"))
        if row.amount == -sum(order.amount for order in orders) and row.batch_count in {0, len(orders)}:
            _clear_batch_line(row, orders, by=by)
            settled += [_as_entry(row, order) for order in orders]
    return settled


def _message_ids(lines: Iterable[str]) -> set[str]:
    """A block's id is its file's id and a number: both name the batch."""
    return {name for line in lines for name in (line, line.rpartition("-")[0]) if name}


def _clear_batch_line(row: Entry, orders: Sequence[PaymentOrder], *, by: User | None) -> None:
    """The line's money goes from suspense to what was in transit for each order."""
    lines = [ledger.PostingLine(ledger.SUSPENSE, row.amount)]
    lines += [ledger.PostingLine(ledger.IN_TRANSIT, order.amount, order.end_to_end_id) for order in orders]
    post([Movement("allocation", row.booking_date, f"batch-line:{row.pk}", tuple(lines), entry=row.pk)], by=by)
    WaitingEntry.objects.filter(entry=row, closed_at__isnull=True).update(closed_at=Now(), closed_by=by)


def _as_entry(row: Entry, order: PaymentOrder) -> Entry:
    """The batch line as it would have been for this order alone; never saved."""
    return Entry(booking_date=row.booking_date, amount=-order.amount, end_to_end_id=order.end_to_end_id)
