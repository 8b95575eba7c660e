"""Today's worklist: what needs a person, why, since when, and the one next step."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from backend.desk.bank import held_files
from backend.desk.orders import needing_a_person
from backend.desk.purses import AHEAD, Expected, Purse, expected_income, purses
from budgeting import access
from budgeting.core.closing import month_of
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Alert, AuditEvent, Resident, User, WaitingEntry
from budgeting.models.people import ResidentQuerySet
from payments.models import (
    Objection,
    PaymentBatch,
    PaymentOrder,
    ShortageOutcome,
    ShortageProposal,
    ShortageTold,
    WriteOff,
)

MOST = 50
RUNS_OUT = "balance_going_negative"
URGENCY = (
    "late",
    "short",
    "returned",
    "objection",
    "approve",
    "release",
    "write_off",
    "alert",
    "tell",
    "file",
    "waiting",
    "held",
    "letters",
)
# Whoever was not told of a decision by then was told in another way.
TELL_WITHIN = timedelta(days=62)


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
    proposal: ShortageProposal | None = None
    objection: Objection | None = None
    write_off: WriteOff | None = None
    file: int | None = None

    @property
    def resident_id(self) -> int | None:
        """Whom it is about, when it is about one resident."""
        about = self.order or self.alert or self.objection or self.proposal or self.write_off
        return about.resident_id if about else None

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
    if "decide_shortage" in abilities:
        tasks = [*_with_proposals(tasks, visible), *_tell_tasks(visible, on), *_objection_tasks(visible, on)]
    tasks = _once(tasks)
    if "approve_write_off" in abilities:
        tasks += _write_off_tasks(user)
    if waiting.count and waiting.since and "decide_entries" in abilities:
        tasks.append(Task("waiting", waiting.since.date(), count=waiting.count))
    tasks += _town_tasks(abilities, on)
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


def _with_proposals(tasks: Iterable[Task], visible: ResidentQuerySet) -> list[Task]:
    """Charges that cannot be paid lead to their proposal; a proposal without such a row gets one of its own."""
    rows = ShortageProposal.objects.filter(state="open", resident__in=visible).select_related("resident")
    found = {one.resident_id: one for one in rows.order_by("opened_on", "pk")[: MOST + 1]}
    told = []
    for task in tasks:
        is_charge = task.kind == "short" and task.order is not None and task.order.kind == "charge"
        proposal = found.pop(task.resident_id, None) if is_charge and task.resident_id else None
        told.append(replace(task, proposal=proposal) if proposal else task)
    return [*told, *(Task("short", one.opened_on, proposal=one, missing=one.missing) for one in found.values())]


def _once(tasks: Collection[Task]) -> list[Task]:
    """Who cannot be paid for today needs no second row that says that the money runs out."""
    short = {task.resident_id for task in tasks if task.kind == "short"}
    return [task for task in tasks if not (task.alert and task.alert.kind == RUNS_OUT and task.resident_id in short)]


def _tell_tasks(visible: ResidentQuerySet, on: date) -> list[Task]:
    """Decisions of which somebody who has to know was not told yet."""
    decided = ShortageProposal.objects.filter(state="decided", resident__in=visible, closed_on__gt=on - TELL_WITHIN)
    unpaid = ShortageOutcome.objects.filter(proposal=OuterRef("pk")).exclude(what="paid")
    told = ShortageTold.objects.filter(proposal=OuterRef("pk"), order=None)
    same = ShortageTold.objects.filter(proposal=OuterRef("proposal"), order=OuterRef("order"))
    rows = decided.filter(Exists(unpaid)).filter(~Exists(told) | Exists(unpaid.exclude(Exists(same))))
    rows = rows.select_related("resident").order_by("closed_on", "pk")[: MOST + 1]
    return [Task("tell", one.closed_on, proposal=one) for one in rows]


def _objection_tasks(visible: ResidentQuerySet, on: date) -> list[Task]:
    """Objections without an answer; one whose day has passed goes before everything else."""
    rows = Objection.objects.unanswered().filter(resident__in=visible).select_related("resident")[: MOST + 1]
    return [Task("late" if one.answer_by < on else "objection", one.made_on, objection=one) for one in rows]


def _write_off_tasks(user: User) -> list[Task]:
    """What other people propose that the town bears."""
    rows = WriteOff.objects.filter(approved_on=None, withdrawn_on=None).select_related("resident", "proposed_by")
    return [Task("write_off", one.proposed_on, write_off=one) for one in rows if one.proposed_by.person != user.person]


def _town_tasks(abilities: Collection[str], on: date) -> list[Task]:
    """Bank files that nobody decided about, and a month whose letters nobody made."""
    tasks = []
    if "import_statements" in abilities:
        files = held_files()
        if files.first is not None and files.since is not None:
            tasks.append(Task("file", timezone.localdate(files.since), count=files.count, file=files.first))
    if "change_settings" in abilities and not letters_were_made(on):
        tasks.append(Task("letters", month_of(on)))
    return tasks


def letters_were_made(on: date) -> bool:
    """Whether the letters to everybody were made this month: its own, or those of the month before."""
    first = month_of(on)
    months = [f"month:{day:%Y-%m}" for day in (first, first - timedelta(days=1))]
    made = AuditEvent.objects.filter(subject__in=months, action="letters.made", at__date__gte=first)
    everybody = made.filter(body__contains='"kind":"month"').filter(body__contains='"everybody":true')
    return everybody.exists() or not Resident.objects.filter(starts_on__lt=first).exists()


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
