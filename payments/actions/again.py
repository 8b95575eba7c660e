"""Pays once more what the bank refused or what came back: a new order, the next attempt, with an id of its own."""

from datetime import date

from django.conf import settings
from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.models import Account, User
from payments.actions.orders import hold_payments
from payments.core import lifecycle
from payments.core.banking_days import charge_day
from payments.core.payment_file import end_to_end_id
from payments.models import LIVE, PaymentOrder


class NotToBePaidAgain(Exception):
    """The order is not one that came back or was refused, or its due date is being paid already; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def pay_again(*, order: PaymentOrder, on: date, first: date, by: User) -> PaymentOrder:
    """Plans the next attempt of a returned or rejected order, to the account that holds now; a person decides this.

    The same account that refused is tried again only when nobody gave a new one. Raises `NotToBePaidAgain`.
    """
    access.check_may(by, "assemble_batch", on=on)
    hold_payments()
    order = PaymentOrder.objects.select_for_update(no_key=True).get(pk=order.pk)
    if order.state not in lifecycle.STATES_FOR_A_NEW_ATTEMPT:
        raise NotToBePaidAgain(order.state)
    alike = _attempts(order)
    if any(other.state in LIVE for other in alike):
        raise NotToBePaidAgain("underway")
    again = _next(order, attempt=max(other.attempt for other in alike) + 1, first=first)
    again.save()
    facts = {"order": again.pk, "after": order.pk, "attempt": again.attempt}
    record(action="order.again", subject=f"order:{order.pk}", by=by, resident_id=order.resident_id, facts=facts)
    return again


def _attempts(order: PaymentOrder) -> list[PaymentOrder]:
    """Every attempt to pay this due date."""
    rows = PaymentOrder.objects.filter(kind=order.kind, resident=order.resident_id, due_on=order.due_on)
    return list(rows.filter(agreement=order.agreement_id).select_for_update(no_key=True).order_by("pk"))


def _next(order: PaymentOrder, *, attempt: int, first: date) -> PaymentOrder:
    account = _account(order)
    owner = order.agreement_id or order.resident_id
    return PaymentOrder(
        kind=order.kind,
        resident_id=order.resident_id,
        agreement_id=order.agreement_id,
        account=account,
        category=order.category,
        due_on=order.due_on,
        execute_on=charge_day(order.due_on, first=first),
        amount=order.amount,
        name=account.name,
        iban=account.iban,
        remittance=order.remittance,
        structured_reference=order.structured_reference,
        attempt=attempt,
        end_to_end_id=end_to_end_id(settings.E2E_KEY, order.kind, owner, order.due_on, attempt),
        explanation=order.explanation,
    )


def _account(order: PaymentOrder) -> Account:
    """The agreement's account now, or the resident's own."""
    if order.agreement is not None and order.agreement.account is not None:
        return order.agreement.account
    return Account.objects.filter(resident=order.resident_id, until=None).first() or order.account
