"""Gathers the facts of residents from what books and orders know, for one home page or some hundred letters."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accessibility.facts import (
    Charge,
    ChargeState,
    Expected,
    Facts,
    PaymentFacts,
    Payout,
    Thing,
    ThingKind,
)
from accessibility.known import AHEAD, Income, Known, Order, help_of_town, known_of, known_of_own
from budgeting.access import OwnFile
from budgeting.core.money import ZERO
from budgeting.core.schedule import due_dates
from budgeting.models import Resident, User
from payments.actions.checks import BY_HAND
from payments.models import PaymentOrder

SHOWN_AHEAD = timedelta(days=14)

_STATES = {
    "planned": ChargeState.PLANNED,
    "batched": ChargeState.PLANNED,
    "released": ChargeState.SENT,
    "booked": ChargeState.PAID,
    "held": ChargeState.UNPAID,
    "rejected": ChargeState.UNPAID,
    "returned": ChargeState.CAME_BACK,
}


def facts_of(resident: Resident, *, on: date) -> Facts:
    """The facts of the home page on a day."""
    return facts_of_many([resident], on=on)[resident.pk]


def facts_of_many(residents: Iterable[Resident], *, on: date) -> dict[int, Facts]:
    """The facts of the home page of each, by the resident's key. Ask for some hundreds at a time."""
    asked = {resident.pk: resident for resident in residents}
    known = known_of(asked, on=on)
    return {number: _facts(resident, known[number], on=on) for number, resident in asked.items()}


def own_facts(user: User, *, on: date, now: datetime) -> tuple[OwnFile, Facts] | None:
    """The same of who may see their own story on the day; whether they may is asked with it."""
    found = known_of_own(user, on=on, now=now)
    if found is None:
        return None
    own, known = found
    return own, _facts(own.resident, known, on=on)


def payment_facts_of(resident: Resident, number: int, *, on: date) -> PaymentFacts:
    """One charge of this resident; another's is not found (`PaymentOrder.DoesNotExist`)."""
    rows = PaymentOrder.objects.filter(resident=resident, kind="charge", pk=number).exclude(state="cancelled")
    found = Order.of(rows)
    if not found:
        raise PaymentOrder.DoesNotExist
    return PaymentFacts(resident.language, on, charge_of(found[0], on=on), found[0].iban, help_of_town())


def midnight(day: date) -> datetime:
    """The moment a day begins here."""
    return timezone.make_aware(datetime.combine(day, time()))


def charge_of(order: Order, *, on: date) -> Charge:
    """An order as the resident sees it. What should have left before today leaves today."""
    waits = (order.state, order.reason) == ("held", BY_HAND)
    state = ChargeState.WAITS if waits else _STATES[order.state]
    days = {
        ChargeState.PLANNED: max(order.execute_on, on),
        ChargeState.SENT: order.released_on or order.execute_on,
        ChargeState.PAID: order.booked_on,
    }
    return Charge(order.category, order.name, order.amount, state, days.get(state), str(order.number))


def _facts(resident: Resident, known: Known, *, on: date) -> Facts:
    orders, expected = _latest_attempts(known.orders), _expected(known.income, on)
    until = _last_day_to_count(expected, on)
    return Facts(
        language=resident.language,
        on=on,
        payout=_next_payout(orders, resident, on=on),
        thing=_thing(orders, known),
        charges=tuple(charge_of(order, on=on) for order in orders if _belongs(order, until=until, on=on)),
        held=known.held,
        until=until,
        right_until=known.last_day,
        help=known.desk,
        first_name=resident.first_names,
        stopped_on=resident.ends_on if resident.ends_on and resident.ends_on <= on else None,
        expected=expected,
        arranged=known.arranged,
    )


def _latest_attempts(orders: Iterable[Order]) -> list[Order]:
    latest = {(order.agreement or order.kind, order.due_on): order for order in orders}
    return sorted(latest.values(), key=lambda order: (order.execute_on, order.number))


def _belongs(order: Order, *, until: date, on: date) -> bool:
    if order.kind != "charge":
        return False
    if order.state in {"planned", "batched", "held", "rejected"}:
        return order.execute_on <= max(until, on + SHOWN_AHEAD)
    return (order.booked_on or order.execute_on) >= on.replace(day=1)


def _next_payout(orders: Iterable[Order], resident: Resident, *, on: date) -> Payout | None:
    if resident.stopped_because:
        return None
    coming = [order for order in orders if order.kind == "remainder" and _is_coming(order, on)]
    return Payout(coming[0].amount, coming[0].execute_on) if coming else None


def _is_coming(order: Order, on: date) -> bool:
    # What the bank has, but should have paid before today, waits for its statement: it is no longer the next money.
    return order.state in {"planned", "batched"} or (order.state == "released" and order.execute_on >= on)


def _thing(orders: Iterable[Order], known: Known) -> Thing | None:
    """The most pressing thing: a charge without money, one that came back, income that stays away, what was lent."""
    caller = known.case_worker
    charges = [order for order in orders if order.kind == "charge"]
    for order in charges:
        if order.state == "held" and order.reason == "short":
            return Thing(ThingKind.SHORT_WE_WAIT, order.category, caller=caller)
    for order in charges:
        if order.state == "returned":
            return Thing(ThingKind.PAYMENT_CAME_BACK, order.category, caller=caller)
    if known.missing:
        return Thing(ThingKind.INCOME_MISSING, known.missing, caller=caller)
    return Thing(ThingKind.SHORT_WE_PAY, caller=caller) if known.held < ZERO else None


def _last_day_to_count(expected: Expected | None, on: date) -> date:
    """The day before the next main income; today when that income is awaited, five weeks on when there is none."""
    return max(expected.day - timedelta(days=1), on) if expected else on + AHEAD


def _expected(main: Income | None, on: date) -> Expected | None:
    day = _next_income(main, on) if main else None
    return Expected(main.category, day) if main and day else None


def _next_income(main: Income, on: date) -> date | None:
    expected = due_dates(
        main.recurrence,
        since=on - timedelta(days=main.window_days),
        until=on + 2 * AHEAD,
        valid_from=main.valid_from,
        valid_until=main.valid_until,
    )
    return next((day for day in expected if main.last_received is None or day > main.last_received), None)
