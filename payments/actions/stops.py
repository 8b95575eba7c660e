"""An account that a bank refuses: nothing more goes there until a person lifts the stop, or gives another account."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.core.endings import PERHAPS_DIED, held_because
from budgeting.models import Account, AccountStop, Resident, User
from payments.actions.death import stop, stop_orders
from payments.actions.orders import hold_payments, move_orders
from payments.core.returns import CODE_OF_DEATH, means_death, stops_account
from payments.models import PaymentOrder


class NoReason(ValueError):
    """A stop is lifted for a reason in words."""


class AlreadyLifted(Exception):
    """A colleague lifted this stop before."""


def stop_accounts(failed: Iterable[tuple[PaymentOrder, str]], *, on: date, by: User | None) -> int:
    """Stops the account of every failed order whose code says so, and holds what would go there; returns how many.

    A bank that says a resident died stops all of theirs, until a person knows. The caller holds the payments.
    """
    count = 0
    for order, code in failed:
        if stops_account(code):
            count += _stop_account(order, code, on=on, by=by)
        if means_death(code) and order.account.resident_id is not None:
            _stop_resident(order.resident_id, by=by)
    return count


@transaction.atomic
def stop_who_perhaps_died(*, by: User | None) -> int:
    """Residents of whose own account a bank says that they died, and who are not stopped yet; returns how many.

    What came with a statement is stopped at once, unless a colleague was busy with the resident just then.
    """
    hold_payments()
    ibans = AccountStop.objects.standing().filter(code=CODE_OF_DEATH).values("iban")
    accounts = Account.objects.filter(iban__in=ibans, until=None, resident__stopped_because="")
    return sum(
        _stop_resident(number, by=by) for number in accounts.order_by("resident").values_list("resident", flat=True)
    )


def _stop_resident(number: int, *, by: User | None) -> int:
    """Does not wait for the resident: the audit chain may be held already, and who holds the resident waits for it."""
    rows = Resident.objects.select_for_update(no_key=True, skip_locked=True)
    resident = rows.filter(pk=number, stopped_because="").first()
    if resident is None:
        return 0
    stop(resident, because=PERHAPS_DIED, ends_on=resident.ends_on)
    stop_orders(resident, by=by, held=held_because(PERHAPS_DIED))
    record(action="participation.perhaps_died", subject=f"resident:{number}", by=by, resident_id=number)
    return 1


@transaction.atomic
def lift_stop(*, account_stop: AccountStop, reason: str, on: date, by: User) -> AccountStop:
    """A person found out that the account can be paid after all. Raises `NoReason` or `AlreadyLifted`."""
    access.check_may(by, "confirm_account", on=on)
    if not reason.strip():
        raise NoReason
    hold_payments()
    row = AccountStop.objects.select_for_update(no_key=True).get(pk=account_stop.pk)
    if row.lifted_on is not None:
        raise AlreadyLifted
    row.lifted_on, row.lifted_by, row.lifted_because = on, by, reason.strip()
    row.save(update_fields=["lifted_on", "lifted_by", "lifted_because"])
    held = PaymentOrder.objects.filter(iban=row.iban, state="held", reason=row.code)
    move_orders(list(held.select_for_update(no_key=True).order_by("pk")), "planned", by=by)
    record(action="account.stop_lifted", subject=f"account_stop:{row.pk}", by=by, reason=row.lifted_because)
    return row


def _stop_account(order: PaymentOrder, code: str, *, on: date, by: User | None) -> int:
    facts = {"code": code, "end_to_end_id": order.end_to_end_id, "stopped_on": on}
    row, new = AccountStop.objects.get_or_create(iban=order.iban, lifted_on=None, defaults=facts)
    if new:
        going = PaymentOrder.objects.filter(iban=order.iban, state="planned")
        move_orders(list(going.select_for_update(no_key=True).order_by("pk")), "held", by=by, reason=code)
        record(
            action="account.stopped", subject=f"account_stop:{row.pk}", by=by, resident_id=order.resident_id, code=code
        )
    return int(new)
