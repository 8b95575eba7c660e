"""Gathers the facts of residents from books and orders: four queries, for one home page or some hundred letters."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject
from django.utils import timezone

from accessibility.facts import (
    Arranged,
    Charge,
    ChargeState,
    Expected,
    Facts,
    Help,
    Hours,
    PaymentFacts,
    Payout,
    Thing,
    ThingKind,
)
from accessibility.offered import offer, with_languages
from budgeting.core import ledger
from budgeting.core.money import ZERO
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Agreed, Agreement, Alert, Allocation, Assignment, Posting, Resident, StatementDay, Town
from payments.actions.checks import BY_HAND
from payments.models import PaymentOrder

AHEAD = timedelta(days=35)  # as far as orders are planned
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


class Order(NamedTuple):
    """What the story needs of a payment order; the batch's own bytes stay where they are."""

    number: int
    resident: int
    kind: str
    agreement: int | None
    category: str
    name: str
    iban: str
    amount: Decimal
    due_on: date
    execute_on: date
    state: str
    reason: str
    booked_on: date | None
    released_at: datetime | None

    @classmethod
    def of(cls, rows: QuerySet[PaymentOrder]) -> list[Self]:
        """The orders of a query, in the order of their days."""
        fields = (
            "pk",
            "resident_id",
            "kind",
            "agreement_id",
            "category",
            "name",
            "iban",
            "amount",
            "due_on",
            "execute_on",
        )
        more = ("state", "reason", "booked_on", "batch__released_at")
        return [cls(*row) for row in rows.order_by("execute_on", "attempt", "pk").values_list(*fields, *more)]


def facts_of(resident: Resident, *, on: date) -> Facts:
    """The facts of the home page on a day."""
    return facts_of_many([resident], on=on)[resident.pk]


def facts_of_many(residents: Iterable[Resident], *, on: date) -> dict[int, Facts]:
    """The facts of the home page of each, by the resident's key. Ask for some hundreds at a time."""
    asked = list(residents)
    desk = help_of_town()
    numbers = [resident.pk for resident in asked]
    orders, known, incomes = _orders_around(numbers, on), _known(numbers, on), _main_incomes(numbers, on)
    return {
        resident.pk: _facts(
            resident,
            _latest_attempts(orders[resident.pk]),
            known[resident.pk],
            _expected(incomes.get(resident.pk), on),
            known[resident.pk].arranged,
            desk,
            on=on,
        )
        for resident in asked
    }


def payment_facts_of(resident: Resident, number: int, *, on: date) -> PaymentFacts:
    """One charge of this resident; another's is not found (`PaymentOrder.DoesNotExist`)."""
    rows = PaymentOrder.objects.filter(resident=resident, kind="charge", pk=number).exclude(state="cancelled")
    found = Order.of(rows)
    if not found:
        raise PaymentOrder.DoesNotExist
    return PaymentFacts(resident.language, on, charge_of(found[0], on=on), found[0].iban, help_of_town())


def help_of_town() -> Help:
    """Where the town helps; opening hours only when the town gave them."""
    return help_of(with_languages(Town.objects.all()).get())


def help_of(town: Town) -> Help:
    """The same of a town that was fetched by `accessibility.offered.with_languages`."""
    hours = Hours(**town.opening_hours) if town.opening_hours else None
    return Help(town.name, town.phone, town.address, hours, offer(getattr(town, "decided", ())))


def midnight(day: date) -> datetime:
    """The moment a day begins here."""
    return timezone.make_aware(datetime.combine(day, time()))


def charge_of(order: Order, *, on: date) -> Charge:
    """An order as the resident sees it. What should have left before today leaves today."""
    waits = (order.state, order.reason) == ("held", BY_HAND)
    state = ChargeState.WAITS if waits else _STATES[order.state]
    days = {
        ChargeState.PLANNED: max(order.execute_on, on),
        ChargeState.SENT: timezone.localdate(order.released_at) if order.released_at else order.execute_on,
        ChargeState.PAID: order.booked_on,
    }
    return Charge(order.category, order.name, order.amount, state, days.get(state), str(order.number))


def _facts(
    resident: Resident,
    orders: list[Order],
    known: "_Known",
    expected: Expected | None,
    arranged: tuple[Arranged, ...],
    desk: Help,
    *,
    on: date,
) -> Facts:
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
        help=desk,
        first_name=resident.first_names,
        stopped_on=resident.ends_on if resident.ends_on and resident.ends_on <= on else None,
        expected=expected,
        arranged=arranged,
    )


def _orders_around(residents: Iterable[int], on: date) -> dict[int, list[Order]]:
    days = (on.replace(day=1) - AHEAD, on + AHEAD)
    rows = PaymentOrder.objects.filter(resident__in=residents, execute_on__range=days).exclude(state="cancelled")
    found: dict[int, list[Order]] = defaultdict(list)
    for order in Order.of(rows):
        found[order.resident].append(order)
    return found


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


class _Known(NamedTuple):
    """What the books know: our money for the resident less what was lent, the bank's last day, who looks after them.

    `missing` is the category of an income that has not come, as long as its alert is awake.
    """

    held: Decimal
    last_day: date | None
    case_worker: str
    missing: str
    arranged: tuple[Arranged, ...]


def _known(residents: Iterable[int], on: date) -> dict[int, _Known]:
    rows = Resident.objects.filter(pk__in=residents).values_list(
        "pk",
        _sum_of_postings("resident"),
        _sum_of_postings("advance"),
        _last_statement_day(),
        _case_worker(on),
        _missing_income(on),
        _standing_agreed(),
    )
    return {
        number: _Known(
            ledger.balance(held or ZERO) - (lent or ZERO),
            last_day,
            case_worker or "",
            missing or "",
            tuple(map(_arranged, agreed)),
        )
        for number, held, lent, last_day, case_worker, missing, agreed in rows
    }


def _sum_of_postings(kind: str) -> Subquery:
    rows = Posting.objects.filter(account__kind=kind, account__resident=OuterRef("pk")).order_by()
    return Subquery(rows.values("account__resident").annotate(total=Sum("amount")).values("total"))


def _last_statement_day() -> Subquery:
    return Subquery(StatementDay.objects.standing().order_by("-day").values("day")[:1])


def _case_worker(on: date) -> Subquery:
    rows = Assignment.objects.in_force(on).filter(resident=OuterRef("pk")).order_by("valid_from")
    return Subquery(rows.values("case_worker__full_name")[:1])


def _missing_income(on: date) -> Subquery:
    rows = Alert.objects.awake(on).filter(resident=OuterRef("pk"), kind="income_missing", agreement__isnull=False)
    return Subquery(rows.order_by("period").values("agreement__category")[:1])


def _thing(orders: Iterable[Order], known: "_Known") -> Thing | None:
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


def _standing_agreed() -> ArraySubquery:
    """What was agreed and is not done, what was said first in front."""
    rows = Agreed.objects.standing().filter(resident=OuterRef("pk")).order_by("pk")
    told = JSONObject(words="words", who="who", noted_on="noted_on", by_day="by_day")
    return ArraySubquery(rows.values_list(told))


def _arranged(told: Mapping[str, str | None]) -> Arranged:
    by_day = told["by_day"]
    return Arranged(
        told["words"] or "",
        told["who"] or "",
        date.fromisoformat(told["noted_on"] or ""),
        date.fromisoformat(by_day) if by_day else None,
    )


def _last_day_to_count(expected: Expected | None, on: date) -> date:
    """The day before the next main income; today when that income is awaited, five weeks on when there is none."""
    return max(expected.day - timedelta(days=1), on) if expected else on + AHEAD


def _expected(main: Agreement | None, on: date) -> Expected | None:
    if main is None:
        return None
    day = _next_income(main, getattr(main, "last_received", None), on)
    return Expected(main.category, day) if day else None


def _main_incomes(residents: Iterable[int], on: date) -> dict[int, Agreement]:
    """Of each resident the largest income agreed, with the last day for which it came."""
    received = Allocation.objects.standing().filter(agreement=OuterRef("pk")).exclude(due_on=None).order_by("-due_on")
    rows = Agreement.objects.coming_in().in_force(on).filter(resident__in=residents).with_amount(on)
    rows = rows.annotate(last_received=Subquery(received.values("due_on")[:1]))
    largest_first = rows.order_by("resident", F("amount_on").desc(nulls_last=True), "pk")
    return {main.resident_id: main for main in largest_first.distinct("resident")}


def _next_income(main: Agreement, last_received: date | None, on: date) -> date | None:
    expected = due_dates(
        Recurrence.from_dict(main.recurrence),
        since=on - timedelta(days=main.window_days),
        until=on + 2 * AHEAD,
        valid_from=main.valid_from,
        valid_until=main.valid_until,
    )
    return next((day for day in expected if last_received is None or day > last_received), None)
