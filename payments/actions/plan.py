"""From agreements to orders: each due date at most one live order, and nothing due is ever skipped silently."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from budgeting.actions.audit import record
from budgeting.actions.bulk import write_changes, write_new
from budgeting.actions.terms import terms_of
from budgeting.core.terms import Terms
from budgeting.models import Account, Agreement, Resident, User
from budgeting.models.among import among
from payments.actions.orders import hold_payments_of, move_orders
from payments.actions.parts import Day, Spread, Told, one_after_another, together
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

    new: int = 0
    changed: int = 0
    cancelled: int = 0


def plan_orders(*, on: date, first: date, by: User | None = None, spread: Spread = one_after_another) -> Planned:
    """Plans the charges due from a month back to five weeks ahead; `first` is the first day the bank can execute.

    A second run on the same day finds everything planned. Orders not yet in a batch follow their agreement. Each part
    of the residents is a transaction.
    """
    return together(Planned, spread(charges_of_part, Day(on, first, by)))


@transaction.atomic
def charges_of_part(residents: range, day: Day) -> Told:
    """Plans the charges of a part of the residents; returns the counts of `Planned`."""
    on, first, by = day
    hold_payments_of(residents)
    wanted = _Wanted(residents, on, first)
    existing = _existing(residents, on)
    open_ones = {key: order for key, order in existing.items() if order.state in _OPEN}
    cancelled = _cancel([order for key, order in open_ones.items() if key not in wanted.due], by=by)
    changed = _follow({order.pk: key for key, order in open_ones.items() if wanted.differs(key, order)}, wanted)
    fresh = [wanted.order(key, attempt) for key, attempt in _missing(wanted.due, existing)]
    write_new(fresh)
    if fresh or changed:
        record(action="orders.planned", subject=f"day:{on}", by=by, new=len(fresh), changed=changed)
    return [len(fresh), changed, cancelled]


# What an order not yet in a batch takes over from its agreement.
_FOLLOWED = ("amount", "account_id", "name", "iban", "remittance", "structured_reference", "execute_on", "category")
_OPEN = frozenset({"planned", "held"})


class _Order(NamedTuple):
    """The last order of a due date as it stands; `followed` are the values of `_FOLLOWED`."""

    pk: int
    attempt: int
    state: str
    reason: str
    followed: tuple[object, ...]


class _Wanted:
    """What every due date asks for, from agreements and accounts fetched at once."""

    def __init__(self, residents: range, on: date, first: date) -> None:
        rows = _agreements(residents, on)
        agreed, self.first = terms_of(rows), first
        self.due = {(terms.number, day): terms for terms in agreed for day in terms.due_dates(*_window(terms, on))}
        accounts = Account.objects.filter(pk__in=rows.order_by().values("account"))
        self.accounts = {number: (name, iban) for number, name, iban in accounts.values_list("pk", "name", "iban")}
        self.execute_on = {day: charge_day(day, first=first) for day in {day for _, day in self.due}}
        self.paid_to = {terms.number: self._paid_to(terms) for terms in agreed}

    def differs(self, key: Due, order: _Order) -> bool:
        """Whether the order of a due date is to follow its agreement."""
        terms = self.due.get(key)
        return terms is not None and order.followed != self.followed(key, terms)

    def followed(self, key: Due, terms: Terms) -> tuple[object, ...]:
        """The values of `_FOLLOWED` for a due date."""
        day = key[1]
        return (terms.amount_on(day), *self.paid_to[key[0]], self.execute_on[day], terms.category)

    def order(self, key: Due, attempt: int) -> PaymentOrder:
        """The order of a due date, not yet saved."""
        (number, day), terms = key, self.due[key]
        return PaymentOrder(
            kind="charge",
            resident_id=terms.resident,
            agreement_id=number,
            due_on=day,
            attempt=attempt,
            end_to_end_id=end_to_end_id(settings.E2E_KEY, "charge", number, day, attempt),
            **dict(zip(_FOLLOWED, self.followed(key, terms), strict=True)),
        )

    def _paid_to(self, terms: Terms) -> tuple[object, ...]:
        """Account, name, IBAN, and what the counterparty reads: those of `_FOLLOWED` that hang on no day."""
        assert terms.account is not None
        return (terms.account, *self.accounts[terms.account], *remittance_of(terms.description, terms.reference))


def _agreements(residents: range, on: date) -> QuerySet[Agreement]:
    whose = Resident.objects.filter(among("pk", residents), stopped_because="").exclude(ends_on__lte=on)
    rows = Agreement.objects.going_out().filter(among("resident", residents), resident__in=whose)
    return rows.filter(valid_from__lt=on + AHEAD).exclude(valid_until__lte=on - BEHIND)


def _window(terms: Terms, on: date) -> tuple[date, date]:
    return on - BEHIND, min(on + AHEAD, terms.ends_on) if terms.ends_on else on + AHEAD


def _existing(residents: range, on: date) -> dict[Due, _Order]:
    """The last order of each due date. Who holds payments may read them unlocked: nobody else moves any."""
    rows = PaymentOrder.objects.filter(kind="charge", due_on__gte=on - BEHIND, due_on__lt=on + AHEAD)
    whose = Resident.objects.filter(among("pk", residents), stopped_because="")
    rows = rows.filter(among("resident", residents), resident__in=whose)  # of who was stopped, a person decides each
    found = rows.order_by("attempt").values_list("agreement", "due_on", "pk", "attempt", "state", "reason", *_FOLLOWED)
    return {(row[0] or 0, row[1]): _Order(row[2], row[3], row[4], row[5], row[6:]) for row in found}


def _cancel(orders: Sequence[_Order], *, by: User | None) -> int:
    rows = PaymentOrder.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk")
    return move_orders(list(rows.select_for_update(no_key=True)), "cancelled", by=by, reason="no_longer_due")


def _follow(changed: dict[int, Due], wanted: _Wanted) -> int:
    """Writes what each of these orders takes over from its agreement."""
    rows = PaymentOrder.objects.filter(pk__in=changed, state__in=_OPEN)
    orders = list(rows.order_by("pk").select_for_update(no_key=True))
    for order in orders:
        key = changed[order.pk]
        for name, value in zip(_FOLLOWED, wanted.followed(key, wanted.due[key]), strict=True):
            setattr(order, name, value)
    write_changes(orders, _FOLLOWED)
    return len(orders)


def _missing(due: Iterable[Due], existing: dict[Due, _Order]) -> Iterator[tuple[Due, int]]:
    """Due dates without an order, or whose order was only cancelled because it was not due for a while."""
    for key in due:
        order = existing.get(key)
        if order is None:
            yield key, 1
        elif (order.state, order.reason) == ("cancelled", "no_longer_due"):
            yield key, order.attempt + 1


@lru_cache(maxsize=16_384)
def remittance_of(description: str, reference: str) -> tuple[str, str]:
    """Text and structured reference: the second when the agreement's is one with right check digits, else the first;
    never both."""
    try:
        return "", payment_reference(reference)
    except NotAPaymentReference:
        return to_sepa(f"{description} {reference}".strip())[:140], ""
