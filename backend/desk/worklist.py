"""Today's worklist: what needs a person, why, since when, and the one next step."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Min, Q

from backend.desk.orders import needing_a_person
from backend.desk.purses import AHEAD, Expected, Purse, expected_income, purses
from budgeting import access
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Alert, User, WaitingEntry
from budgeting.models.people import ResidentQuerySet
from payments.models import PaymentBatch, PaymentOrder

MOST = 50
URGENCY = ("short", "returned", "approve", "release", "alert", "waiting", "held")


@dataclass(frozen=True, slots=True)
class Task:
    """One row: its `kind` names the sentence and the step, the rest is what the sentence tells."""

    kind: str
    since: date | None
    orders: tuple[PaymentOrder, ...] = ()
    batch: PaymentBatch | None = None
    purse: Purse | None = None
    income: Expected | None = None
    missing: Decimal = ZERO
    count: int = 0
    alert: Alert | None = None

    @property
    def resident_id(self) -> int | None:
        """Whom it is about, when it is about one resident."""
        return self.order.resident_id if self.order else self.alert.resident_id if self.alert else None

    @property
    def order(self) -> PaymentOrder | None:
        """The first of the orders, all of one resident."""
        return self.orders[0] if self.orders else None

    @property
    def total(self) -> Decimal:
        """What the orders come to, in euro."""
        return sum((order.amount for order in self.orders), ZERO)


@dataclass(frozen=True, slots=True)
class Worklist:
    """Every task in order of urgency; `more` were left off. `people` counts residents, each once."""

    tasks: list[Task]
    more: int
    people: int
    residents: frozenset[int]
    incomes: list[Expected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many entries wait, since when, and how many of the latest import."""

    count: int
    since: datetime | None
    latest: int


def worklist(*, user: User, abilities: Collection[str], waiting: Waiting, on: date) -> Worklist:
    """What this colleague can do something about today."""
    visible = access.visible_residents(user, on=on)
    incomes = _incomes(visible, on) if "see_residents" in abilities else []
    tasks = [*_order_tasks(visible, incomes, abilities), *_batch_tasks(user, abilities)]
    if "see_residents" in abilities:
        tasks += _alert_tasks(visible, on)
    if waiting.count and waiting.since and "decide_entries" in abilities:
        tasks.append(Task("waiting", waiting.since.date(), count=waiting.count))
    tasks.sort(key=lambda task: (URGENCY.index(task.kind), task.since or on))
    residents = frozenset(task.resident_id for task in tasks if task.resident_id is not None)
    return Worklist(tasks[:MOST], max(len(tasks) - MOST, 0), len(residents), residents, incomes)


def what_waits(latest_import: date | None) -> Waiting:
    """Counts the waiting entries, in one query."""
    of_latest = Q(entry__statement__imported_by__tried_at__date=latest_import)
    found = WaitingEntry.objects.filter(closed_at=None).aggregate(
        count=Count("pk"), since=Min("opened_at"), latest=Count("pk", filter=of_latest)
    )
    return Waiting(**found)


def _incomes(visible: ResidentQuerySet, on: date) -> list[Expected]:
    rows = Agreement.objects.coming_in().in_force(on).filter(resident__in=visible).with_amount(on)
    return expected_income(rows.select_related("counterparty"), on=on, until=on + AHEAD)


def _order_tasks(visible: ResidentQuerySet, incomes: Iterable[Expected], abilities: Collection[str]) -> list[Task]:
    if "see_residents" not in abilities or "see_payments" not in abilities:
        return []
    orders = list(needing_a_person().filter(resident__in=visible).order_by("execute_on", "pk")[: MOST + 1])
    money = purses({order.resident_id for order in orders})
    first: dict[int, Expected] = {}
    for income in incomes:
        first.setdefault(income.agreement.resident_id, income)
    groups: dict[tuple[int, str, str], list[PaymentOrder]] = {}
    for order in orders:
        groups.setdefault(_group(order), []).append(order)
    return [_order_task(tuple(group), money, first) for group in groups.values()]


def _group(order: PaymentOrder) -> tuple[int, str, str]:
    """Orders of one resident that are held for one reason are one task; each that came back is one of its own."""
    return order.resident_id, order.kind if order.state == "held" else str(order.pk), order.reason


def _order_task(orders: tuple[PaymentOrder, ...], money: Mapping[int, Purse], first: Mapping[int, Expected]) -> Task:
    order = orders[0]
    purse = money[order.resident_id]
    if order.state in {"returned", "rejected"}:
        return Task("returned", order.booked_on or order.execute_on, orders, purse=purse)
    if order.reason != "short":
        return Task("held", order.execute_on, orders, purse=purse)
    free = purse.balance + (order.resident.advance_limit - purse.lent if order.kind == "charge" else ZERO)
    return Task(
        "short",
        order.execute_on,
        orders,
        purse=purse,
        income=first.get(order.resident_id),
        missing=sum((one.amount for one in orders), ZERO) - max(free, ZERO),
    )


def _alert_tasks(visible: ResidentQuerySet, on: date) -> list[Task]:
    """Alerts that nobody put off, of the residents this colleague looks after."""
    rows = Alert.objects.awake(on).filter(resident__in=visible).select_related("resident", "agreement")
    return [Task("alert", alert.opened_on, alert=alert) for alert in rows[: MOST + 1]]


def _batch_tasks(user: User, abilities: Collection[str]) -> list[Task]:
    """Drafts of other people for who may approve, approved batches for who may release."""
    steps = {"draft": ("approve", "approve_batch"), "approved": ("release", "release_batch")}
    states = [state for state, (_, ability) in steps.items() if ability in abilities]
    if not states:
        return []
    rows = PaymentBatch.objects.filter(state__in=states).select_related("assembled_by").defer("content")
    return [
        Task(steps[batch.state][0], batch.assembled_at.date(), batch=batch)
        for batch in rows.order_by("pk")
        if batch.state != "draft" or batch.assembled_by.person != user.person
    ]
