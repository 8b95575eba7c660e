"""Records what a bank's pain.002 says of a file and its orders. No answer means nothing; only a booking means paid."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from budgeting.actions.ledger import post
from budgeting.core import ledger
from budgeting.core.ledger import Movement
from budgeting.core.statement import Problem
from budgeting.models import User
from payments.actions.orders import close_settled, hold_payments, move_orders
from payments.actions.stops import stop_accounts
from payments.core.pain002 import Outcome, Status, StatusReport, read_status_report
from payments.models import BankAnswer, PaymentBatch, PaymentOrder


class NotAnAnswer(ValueError):
    """The file is no usable pain.002, or of a batch we never released; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer changed: orders rejected now, and orders of which something was said."""

    batch: PaymentBatch
    heard: int
    rejected: int


@transaction.atomic
def take_in_answer(*, data: bytes, on: date, by: User | None) -> Answered:
    """Records an answer once; the money of rejected orders goes back to their residents. Raises `NotAnAnswer`."""
    report = read_status_report(data)
    if not report.is_usable:
        raise NotAnAnswer(report.problems)
    hold_payments()
    batch = _batch(report)
    orders = list(batch.orders.select_for_update(no_key=True).order_by("pk"))
    said = [(order, report.said_of(order.end_to_end_id, _block(batch, order))) for order in orders]
    heard = [(order, status) for order, status in said if status.outcome is not Outcome.UNKNOWN]
    new = _record(batch, report, heard, hashlib.sha256(data).hexdigest())
    refused = [pair for pair in heard if pair[1].outcome is Outcome.REJECTED and pair[0].state == "released"]
    for order, status in refused:
        move_orders([order], "rejected", by=by, reason=(status.reasons or ("rejected",))[0])
    post([_given_back(order, on) for order, _ in refused], by=by)
    stop_accounts([(order, order.reason) for order, _ in refused], on=on, by=by)
    close_settled([batch.pk], by=by)
    return Answered(batch, len(heard) if new else 0, len(refused))


def _batch(report: StatusReport) -> PaymentBatch:
    batches = PaymentBatch.objects.filter(message_id=report.original_message_id, state__in=["released", "closed"])
    batch = batches.select_for_update(no_key=True).first()
    if batch is None:
        values = {"message_id": report.original_message_id}
        raise NotAnAnswer([Problem("unknown_batch", "OrgnlMsgId", values)])
    return batch


def _block(batch: PaymentBatch, order: PaymentOrder) -> str:
    """The block an order stands in: the file numbers its execution days."""
    days = sorted(set(batch.orders.values_list("execute_on", flat=True)))
    return f"{batch.message_id}-{days.index(order.execute_on) + 1}"


def _record(
    batch: PaymentBatch, report: StatusReport, heard: Sequence[tuple[PaymentOrder, Status]], digest: str
) -> bool:
    """Keeps what was said; False when this very file was heard before."""
    if BankAnswer.objects.filter(batch=batch, file_sha256=digest).exists():
        return False
    answers = [BankAnswer(batch=batch, status=report.status.code[:4], file_sha256=digest)]
    answers += [
        BankAnswer(
            batch=batch, order=order, status=status.code[:4], reason="".join(status.reasons[:1])[:10],
            file_sha256=digest,
        )
        for order, status in heard
    ]  # fmt: skip
    BankAnswer.objects.bulk_create(answers)
    return True


def _given_back(order: PaymentOrder, on: date) -> Movement:
    lines = ledger.moved(
        order.amount,
        debit=ledger.IN_TRANSIT,
        credit=ledger.resident(order.resident_id),
        reference=order.end_to_end_id,
    )
    return Movement("return", on, f"rejected:{order.end_to_end_id}", lines)
