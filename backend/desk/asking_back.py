"""What went wrong at a bank with a payment or a direct debit, and what can be done: stop, recall, dispute."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from budgeting.actions.debits import is_debit
from budgeting.core.debits import NO_MANDATE, NO_QUESTIONS, dispute_until
from budgeting.models import AccountStop, DebitDispute, Entry, Recall, WaitingEntry
from payments.actions.recalls import recall_of
from payments.models import PaymentOrder

MOST = 6


@dataclass(frozen=True, slots=True)
class OrderTrouble:
    """A stop on the account of an order, its recalls, and waiting entries of exactly its amount."""

    stop: AccountStop | None
    recall: Recall | None
    refused: list[Recall]
    can_ask: bool
    fitting: list[Entry]


@dataclass(frozen=True, slots=True)
class DebitTold:
    """A direct debit on our account: until when it can be asked back, how that stands; `fitting` may be its money."""

    dispute: DebitDispute | None
    eight_weeks: date
    thirteen_months: date
    can_ask: bool
    fitting: list[Entry]


def order_trouble(order: PaymentOrder) -> OrderTrouble:
    """All of it for the page of one order."""
    recall = recall_of(order)
    refused = Recall.objects.filter(end_to_end_id=order.end_to_end_id, answer=Recall.Answer.NO).order_by("pk")
    waits = recall is not None and recall.back_entry_id is None and order.state == "booked"
    return OrderTrouble(
        stop=AccountStop.objects.standing().filter(iban=order.iban).first(),
        recall=recall,
        refused=list(refused),
        can_ask=recall is None and order.state in {"released", "booked"},
        fitting=list(_waiting(Entry.objects.filter(amount=order.amount))) if waits else [],
    )


def debit_told(waiting: WaitingEntry, *, on: date) -> DebitTold | None:
    """For the page of a waiting entry; None when it is no direct debit."""
    entry = waiting.entry
    if not is_debit(entry):
        return None
    dispute = DebitDispute.objects.select_related("asked_by").filter(entry=entry).first()
    last = dispute_until(entry.booking_date, NO_MANDATE)
    fits = dispute is not None and dispute.answer != DebitDispute.Answer.NO
    return DebitTold(
        dispute=dispute,
        eight_weeks=dispute_until(entry.booking_date, NO_QUESTIONS),
        thirteen_months=last,
        can_ask=dispute is None and on <= last,
        fitting=list(_waiting(Entry.objects.filter(amount=-entry.amount))) if fits else [],
    )


def _waiting(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.filter(waiting__closed_at=None, waiting__isnull=False).order_by("booking_date", "n")[:MOST]
