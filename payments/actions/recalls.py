"""A payment that we ask back of the other bank (camt.056), written down by hand: asked, answered, and the money once.

The money comes with our own end-to-end id, and then `settle` sees it; or without, and then a person points at it.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.entries import NotWaiting, PartsDoNotAddUp
from budgeting.actions.ledger import post
from budgeting.actions.locks import hold, share
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.models import Allocation, Entry, Recall, User, WaitingEntry
from payments.actions.orders import close_settled, hold_payments, move_orders
from payments.core.returns import AFTER_RECALL
from payments.models import PaymentOrder


class NotToRecall(Exception):
    """The order is not with the other bank (any more); `state` says where it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class AlreadyAsked(Exception):
    """This payment was asked back before, and there is no answer yet, or it was yes."""


class AlreadyAnswered(Exception):
    """The answer was written down before, or the money is back."""


class NoReason(ValueError):
    """A recall needs a reason in words."""


@transaction.atomic
def ask_recall(*, order: PaymentOrder, why: str, reason: str, on: date, by: User) -> Recall:
    """Writes down that a payment was asked back. Raises `NoReason`, `NotToRecall` or `AlreadyAsked`."""
    access.check_may(by, "assemble_batch", on=on)
    if not reason.strip():
        raise NoReason
    row = _locked(order)
    if row.state not in {"released", "booked"}:
        raise NotToRecall(row.state)
    if recall_of(row) is not None:
        raise AlreadyAsked
    asked = Recall.objects.create(
        end_to_end_id=row.end_to_end_id, why=Recall.Why(why), reason=reason.strip(), asked_on=on, asked_by=by
    )
    _tell("asked", asked, row, by, why=why, reason=asked.reason)
    return asked


@transaction.atomic
def answer_recall(*, recall: Recall, answer: str, reason: str, on: date, by: User) -> Recall:
    """Writes down what the other bank said: `yes` (the money comes) or `no`. Raises `AlreadyAnswered`."""
    access.check_may(by, "assemble_batch", on=on)
    order = _locked(PaymentOrder.objects.get(end_to_end_id=recall.end_to_end_id))
    row = _open(recall)
    if row.answer:
        raise AlreadyAnswered
    row.answer, row.answer_reason = Recall.Answer(answer), reason.strip()
    row.answered_on, row.answered_by = on, by
    row.save(update_fields=["answer", "answer_reason", "answered_on", "answered_by"])
    _tell("answered", row, order, by, answer=answer)
    return row


@transaction.atomic
def recalled_money_came(*, recall: Recall, back: Entry, on: date, by: User) -> PaymentOrder:
    """A waiting entry without our id is the money we asked back: it is the resident's again, once.

    Raises `AlreadyAnswered`, `NotToRecall`, `NotWaiting`, or `PartsDoNotAddUp` when it is another amount.
    """
    access.check_may(by, "decide_entries", on=on)
    order = _locked(PaymentOrder.objects.get(end_to_end_id=recall.end_to_end_id))
    row = _open(recall)
    share("import", back.statement.imported_by_id)
    hold("entry", back.pk)
    if order.state != "booked":
        raise NotToRecall(order.state)
    if back.amount != order.amount:
        raise PartsDoNotAddUp
    if WaitingEntry.objects.filter(pk=back.pk, closed_at=None).update(closed_at=Now(), closed_by=by) != 1:
        raise NotWaiting
    _give_back(order, back, on=on, by=by)
    move_orders([order], "returned", by=by, reason=AFTER_RECALL)
    close_settled([order.batch_id] if order.batch_id else [], by=by)
    _mark_back(row, back, on=on, by=by)
    _tell("back", row, order, by, entry=back.pk)
    return order


def note_recalled(back: Iterable[tuple[PaymentOrder, Entry]], *, by: User | None) -> None:
    """Recalls whose money came by itself, with our own id: answered by the money. The caller holds the payments."""
    entries = {order.end_to_end_id: (order, entry) for order, entry in back}
    rows = Recall.objects.filter(end_to_end_id__in=entries, back_entry=None).exclude(answer=Recall.Answer.NO)
    for row in rows.select_for_update(no_key=True).order_by("pk"):
        order, entry = entries[row.end_to_end_id]
        _mark_back(row, entry, on=entry.booking_date, by=by)
        _tell("back", row, order, by, entry=entry.pk)


def recall_of(order: PaymentOrder) -> Recall | None:
    """The recall of this order that stands: no answer yet, or a yes."""
    rows = Recall.objects.filter(end_to_end_id=order.end_to_end_id).exclude(answer=Recall.Answer.NO)
    return rows.select_related("asked_by", "back_entry").first()


def _give_back(order: PaymentOrder, back: Entry, *, on: date, by: User) -> None:
    owner = ledger.resident(order.resident_id)
    lines = ledger.moved(back.amount, debit=ledger.SUSPENSE, credit=owner, reference=order.end_to_end_id)
    number = post([Movement("return", on, f"returned:{back.pk}", lines, entry=back.pk)], by=by)[0]
    Allocation.objects.create(
        entry=back, journal_entry_id=number, resident_id=order.resident_id, amount=back.amount, due_on=on, decided_by=by
    )


def _mark_back(row: Recall, back: Entry, *, on: date, by: User | None) -> None:
    row.answer, row.back_entry = Recall.Answer.YES, back
    row.answered_on, row.answered_by = row.answered_on or on, row.answered_by or by
    row.save(update_fields=["answer", "back_entry", "answered_on", "answered_by"])


def _locked(order: PaymentOrder) -> PaymentOrder:
    hold_payments()
    return PaymentOrder.objects.select_for_update(no_key=True).get(pk=order.pk)


def _open(recall: Recall) -> Recall:
    row = Recall.objects.select_for_update(no_key=True).get(pk=recall.pk)
    if row.back_entry_id is not None or row.answer == Recall.Answer.NO:
        raise AlreadyAnswered
    return row


def _tell(what: str, recall: Recall, order: PaymentOrder, by: User | None, **facts: object) -> None:
    number = order.resident_id
    record(action=f"recall.{what}", subject=f"order:{order.pk}", by=by, resident_id=number, facts=facts)
