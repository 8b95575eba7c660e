"""Other limits on money: one person proposes, another confirms, and nothing else changes them; history is kept."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import lock_residents
from budgeting.actions.persons import check_is_another
from budgeting.core.money import ZERO, amount
from budgeting.models import Resident, Town, User
from payments.actions.orders import hold_payments
from payments.models import LimitChange

# The field of the town that each limit is.
TOWN_LIMITS: dict[str, str] = {
    LimitChange.Limit.ORDER: "order_limit",
    LimitChange.Limit.RESIDENT_DAY: "resident_day_limit",
    LimitChange.Limit.BATCH: "batch_limit",
    LimitChange.Limit.DAY: "day_limit",
}


class NoChange(ValueError):
    """That is the limit already, or no amount a limit can be; `before` is what it is."""

    def __init__(self, before: Decimal) -> None:
        super().__init__(f"the limit is {before}")
        self.before = before


class NoReasonGiven(ValueError):
    """Another limit needs a reason in words."""


class LimitAlreadyProposed(Exception):
    """A change of this limit waits for a second person."""


class LimitDecided(Exception):
    """The change was confirmed or withdrawn before."""


class LimitMoved(Exception):
    """The limit is not what it was when the change was proposed: propose it again."""


@transaction.atomic
def propose_limit(
    *, limit: str, value: Decimal, reason: str, on: date, by: User, resident: Resident | None = None
) -> LimitChange:
    """Asks a second person for another limit; of the town, or of the resident whose advance limit it is.

    Raises `NoChange`, `NoReasonGiven` or `LimitAlreadyProposed`.
    """
    access.check_may(by, "propose_limit", on=on)
    if not reason.strip():
        raise NoReasonGiven
    hold_payments()
    before, wanted = current_limit(limit, resident), amount(value)
    if wanted == before or wanted < ZERO or (resident is None and wanted == ZERO):
        raise NoChange(before)
    if LimitChange.objects.filter(limit=limit, resident=resident, confirmed_on=None, withdrawn_on=None).exists():
        raise LimitAlreadyProposed
    change = LimitChange.objects.create(
        limit=limit, resident=resident, before=before, after=wanted, reason=reason.strip(), proposed_by=by
    )
    _tell("proposed", change, by)
    return change


@transaction.atomic
def confirm_limit(*, change: LimitChange, on: date, by: User) -> LimitChange:
    """A second person says yes, and the limit holds from now on.

    Raises `SamePerson`, `LimitDecided` or `LimitMoved`.
    """
    access.check_may(by, "confirm_limit", on=on)
    change = _open(change)
    check_is_another(by, change.proposed_by)
    if current_limit(change.limit, change.resident) != change.before:
        raise LimitMoved
    change.confirmed_by, change.confirmed_on = by, on
    change.save(update_fields=["confirmed_by", "confirmed_on"])
    _put(change)
    _tell("confirmed", change, by)
    return change


@transaction.atomic
def withdraw_limit(*, change: LimitChange, on: date, by: User) -> LimitChange:
    """Takes a proposal back, by who may propose or confirm. Raises `LimitDecided`."""
    if not access.may(by, "confirm_limit", on=on):
        access.check_may(by, "propose_limit", on=on)
    change = _open(change)
    change.withdrawn_by, change.withdrawn_on = by, on
    change.save(update_fields=["withdrawn_by", "withdrawn_on"])
    _tell("withdrawn", change, by)
    return change


def current_limit(limit: str, resident: Resident | None) -> Decimal:
    """What the limit is now, in euro."""
    if resident is not None:
        return Resident.objects.values_list("advance_limit", flat=True).get(pk=resident.pk)
    return Decimal(getattr(Town.objects.get(), TOWN_LIMITS[limit]))


def _open(change: LimitChange) -> LimitChange:
    """The lock on payments is held first: no batch is checked by one limit and released by another."""
    hold_payments()
    row = LimitChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    if row.confirmed_on or row.withdrawn_on:
        raise LimitDecided
    return row


def _put(change: LimitChange) -> None:
    if change.resident_id is None:
        Town.objects.update(**{TOWN_LIMITS[change.limit]: change.after})
        return
    lock_residents([change.resident_id])
    Resident.objects.filter(pk=change.resident_id).update(advance_limit=change.after)


def _tell(what: str, change: LimitChange, by: User) -> None:
    facts = {"limit": change.limit, "before": change.before, "after": change.after, "reason": change.reason}
    subject = f"limit_change:{change.pk}"
    record(action=f"limit.{what}", subject=subject, by=by, resident_id=change.resident_id, **facts)
