"""From agreements to orders: each due date at most one live order, and nothing due is ever skipped silently."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from budgeting.actions.audit import record
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Agreement, User
from payments.actions.orders import hold_payments, move_orders
from payments.core.banking_days import charge_day
from payments.core.payment_file import end_to_end_id
from payments.core.payment_reference import NotAPaymentReference, payment_reference
from payments.core.sepa_text import to_sepa
from payments.models import PaymentOrder

AHEAD = timedelta(days=35)  # residents see what will be paid in the coming five weeks
BEHIND = timedelta(days=31)  # a charge missed while nobody ran the plan is still paid, late

Due = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a planning run did: new orders, changed ones, cancelled ones."""

    new: int
    changed: int
    cancelled: int


@transaction.atomic
def plan_orders(*, on: date, first: date, by: User | None = None) -> Planned:
    """Plans the charges due from a month back to five weeks ahead; `first` is the first day the bank can execute.

    A second run on the same day finds everything planned. Orders not yet in a batch follow their agreement.
    """
    hold_payments()
    due = {(agreement.pk, day): agreement for agreement in _agreements(on) for day in _due(agreement, on)}
    existing = _existing(due, on)
    cancelled = _cancel_undue(existing, due, by=by)
    changed = _follow_agreements(existing, due, first=first)
    fresh = [_order(due[key], key[1], first, attempt) for key, attempt in _missing(due, existing)]
    PaymentOrder.objects.bulk_create(fresh, batch_size=1000)
    if fresh or changed:
        record(action="orders.planned", subject=f"day:{on}", by=by, new=len(fresh), changed=changed)
    return Planned(len(fresh), changed, cancelled)


def _agreements(on: date) -> list[Agreement]:
    rows = Agreement.objects.going_out().filter(valid_from__lt=on + AHEAD).exclude(valid_until__lte=on - BEHIND)
    rows = rows.exclude(resident__ends_on__lte=on).exclude(resident__stopped_because__gt="")
    related = rows.select_related("account", "resident")
    return list(related.prefetch_related("amounts", "pauses", "exceptions"))


def _due(agreement: Agreement, on: date) -> tuple[date, ...]:
    return due_dates(
        Recurrence.from_dict(agreement.recurrence),
        since=on - BEHIND,
        until=_end(agreement, on),
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        exceptions={exception.due_on for exception in agreement.exceptions.all()},
        pauses=[(pause.valid_from, pause.valid_until) for pause in agreement.pauses.all()],
    )


def _end(agreement: Agreement, on: date) -> date:
    ends_on = agreement.resident.ends_on
    return min(on + AHEAD, ends_on) if ends_on else on + AHEAD


def _existing(due: Iterable[Due], on: date) -> dict[Due, list[PaymentOrder]]:
    rows = PaymentOrder.objects.filter(kind="charge", due_on__gte=on - BEHIND, due_on__lt=on + AHEAD)
    rows = rows.filter(resident__stopped_because="")  # of who was stopped, a person decides each charge
    found: dict[Due, list[PaymentOrder]] = defaultdict(list)
    for order in rows.order_by("attempt").select_for_update(no_key=True):
        assert order.agreement_id is not None
        found[(order.agreement_id, order.due_on)].append(order)
    return found


def _open(existing: dict[Due, list[PaymentOrder]]) -> Iterator[tuple[Due, PaymentOrder]]:
    """The orders that may still change: planned or held."""
    for key, orders in existing.items():
        if orders[-1].state in {"planned", "held"}:
            yield key, orders[-1]


def _cancel_undue(existing: dict[Due, list[PaymentOrder]], due: dict[Due, Agreement], *, by: User | None) -> int:
    gone = [order for key, order in _open(existing) if key not in due]
    return move_orders(gone, "cancelled", by=by, reason="no_longer_due")


def _follow_agreements(existing: dict[Due, list[PaymentOrder]], due: dict[Due, Agreement], *, first: date) -> int:
    changed = []
    for key, order in _open(existing):
        if key not in due:
            continue
        wanted = _order(due[key], key[1], first, order.attempt)
        if any(getattr(order, name) != getattr(wanted, name) for name in _FOLLOWED):
            for name in _FOLLOWED:
                setattr(order, name, getattr(wanted, name))
            changed.append(order)
    PaymentOrder.objects.bulk_update(changed, _FOLLOWED, batch_size=1000)
    return len(changed)


_FOLLOWED = ("amount", "account_id", "name", "iban", "remittance", "structured_reference", "execute_on", "category")


def _missing(due: dict[Due, Agreement], existing: dict[Due, list[PaymentOrder]]) -> Iterator[tuple[Due, int]]:
    """Due dates without an order, or whose order was only cancelled because it was not due for a while."""
    for key in due:
        orders = existing.get(key, [])
        if not orders:
            yield key, 1
        elif (orders[-1].state, orders[-1].reason) == ("cancelled", "no_longer_due"):
            yield key, orders[-1].attempt + 1


def _order(agreement: Agreement, day: date, first: date, attempt: int) -> PaymentOrder:
    account = agreement.account
    assert account is not None
    return PaymentOrder(
        kind="charge",
        resident_id=agreement.resident_id,
        agreement=agreement,
        account=account,
        category=agreement.category,
        due_on=day,
        execute_on=charge_day(day, first=first),
        amount=amount_on(agreement, day),
        name=account.name,
        iban=account.iban,
        attempt=attempt,
        end_to_end_id=end_to_end_id(settings.E2E_KEY, "charge", agreement.pk, day, attempt),
        **remittance_of(agreement),
    )


def amount_on(agreement: Agreement, day: date) -> Decimal:
    """The amount agreed for the day, in euro; before the first agreed day, the first amount."""
    terms = sorted(agreement.amounts.all(), key=lambda term: term.valid_from)
    return ([term.amount for term in terms if term.valid_from <= day] or [terms[0].amount])[-1]


def remittance_of(agreement: Agreement) -> dict[str, str]:
    """A structured reference when the agreement's is one with right check digits, else text; never both."""
    try:
        return {"structured_reference": payment_reference(agreement.reference), "remittance": ""}
    except NotAPaymentReference:
        text = f"{agreement.description} {agreement.reference}".strip()
        return {"structured_reference": "", "remittance": to_sepa(text)[:140]}
