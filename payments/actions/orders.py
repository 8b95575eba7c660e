"""Moves orders and batches from state to state: checked by the lifecycle, written with its reason and audit event.

Whoever moves any of them holds the lock on payments first: planning, assembly, release and the bank's news each touch
many orders, and would wait for each other in a circle.
"""

from collections.abc import Collection, Sequence

from budgeting.actions.audit import record
from budgeting.actions.bulk import write_changes
from budgeting.actions.locks import hold, hold_part
from budgeting.models import User
from budgeting.models.among import among
from payments.core import lifecycle
from payments.models import PaymentBatch, PaymentOrder


def hold_payments() -> None:
    """Until the end of the transaction nobody else moves an order; the first thing such an action does."""
    hold("payments")


def hold_payments_of(residents: range) -> None:
    """The same of a part of the residents (`parts.parts`): other parts may be at work, who moves any order waits."""
    hold_part("payments", residents.start)


def move_orders(
    orders: Sequence[PaymentOrder], to: str, *, by: User | None, reason: str = "", fields: Collection[str] = ()
) -> int:
    """Puts every order in a state; `fields` name what else was changed on them. Returns how many."""
    for order in orders:
        lifecycle.check_may_become(lifecycle.ORDER, order.state, to)
        order.state, order.reason = to, reason
    if fields:
        write_changes(orders, ["state", "reason", *fields])
    elif orders:
        PaymentOrder.objects.filter(among("pk", [order.pk for order in orders])).update(state=to, reason=reason)
    if orders:
        numbers = [order.pk for order in orders]
        record(action=f"order.{to}", subject=f"orders:{numbers[0]}", by=by, orders=numbers, reason=reason)
    return len(orders)


def move_batch(
    batch: PaymentBatch, to: str, *, by: User | None, reason: str = "", fields: Collection[str] = ()
) -> None:
    """Puts a batch in a state and writes the audit event; `fields` name what else was set on it.

    Nothing else is saved: bytes sealed once must not be sealed anew.
    """
    lifecycle.check_may_become(lifecycle.BATCH, batch.state, to)
    batch.state, batch.reason = to, reason
    batch.save(update_fields=["state", "reason", *fields])
    subject, digest, total = f"batch:{batch.pk}", batch.digest, batch.total
    record(action=f"batch.{to}", subject=subject, by=by, reason=reason, digest=digest, total=total)


def close_settled(batches: Collection[int], *, by: User | None) -> None:
    """Closes each released batch of which the bank owes us no more news: every order is settled."""
    released = PaymentBatch.objects.filter(pk__in=batches, state="released").select_for_update(no_key=True)
    for batch in released.order_by("pk"):
        if not batch.orders.exclude(state__in=lifecycle.SETTLED_ORDER_STATES).exists():
            move_batch(batch, "closed", by=by)
