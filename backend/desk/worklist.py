"""Today's worklist: what needs a person, why, since when, and the one next step."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from backend.desk.counted import Counts, one
from backend.desk.orders import needing_a_person
from backend.desk.purses import AHEAD, Expected, Purse, expected_income, purses
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Alert, User
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
# Reasons told in one row beside the first; who has more opens the file.
MOST_BESIDE = 3
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
    "sheet",
)
# Whoever was not told of a decision by then was told in another way.
TELL_WITHIN = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Task:
    """One row: its `kind` names the sentence and the step, the rest is what the sentence tells.

    `also` is what the same resident needs beside it, the most urgent first; `beyond` counts what did not fit there.
    """

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
    also: tuple["Task", ...] = ()
    beyond: int = 0

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
    """A row for each resident and thing of the town, by urgency; `more` were left off. `people` counts residents."""

    tasks: list[Task]
    more: int
    people: int
    residents: frozenset[int]
    incomes: list[Expected] = field(default_factory=list)


def worklist(
    *, user: User, visible: ResidentQuerySet, abilities: Collection[str], counts: Counts, on: date
) -> Worklist:
    """What this colleague can do something about today, of the residents they may see and of the town."""
    incomes = _incomes(visible, on) if "see_residents" in abilities else []
    tasks = [*_order_tasks(visible, incomes, abilities), *_batch_tasks(user, abilities)]
    if "see_residents" in abilities:
        tasks += _alert_tasks(visible, on)
    if "decide_shortage" in abilities:
        tasks = [*_proposal_tasks(tasks, visible, on), *_objection_tasks(visible, on)]
    tasks = _once(tasks)
    if "approve_write_off" in abilities:
        tasks += _write_off_tasks(user)
    tasks += _counted_tasks(abilities, counts)
    tasks.sort(key=lambda task: (URGENCY.index(task.kind), task.since or on))
    residents = frozenset(task.resident_id for task in tasks if task.resident_id is not None)
    rows = _together(tasks)
    return Worklist(rows[:MOST], max(len(rows) - MOST, 0), len(residents), residents, incomes)


def _together(tasks: Iterable[Task]) -> list[Task]:
    """Who needs a person for more than one reason has one row, at the most urgent of them."""
    groups: dict[object, list[Task]] = {}
    for task in tasks:
        alone = task.resident_id is None or task.kind == "write_off"
        groups.setdefault(id(task) if alone else ("resident", task.resident_id), []).append(task)
    return [
        replace(first, also=tuple(rest[:MOST_BESIDE]), beyond=max(len(rest) - MOST_BESIDE, 0))
        for first, *rest in groups.values()
    ]


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


def _proposal_tasks(tasks: Iterable[Task], visible: ResidentQuerySet, on: date) -> list[Task]:
    """What is to be decided, and what was decided and is to be told; asked at once, what is open in front."""
    rows = ShortageProposal.objects.filter(Q(state="open") | _to_tell(on), resident__in=visible)
    rows = rows.select_related("resident").order_by("-state", "opened_on", "pk")
    found = list(rows[: 2 * (MOST + 1)])
    open_ones = {one.resident_id: one for one in found if one.state == "open"}
    tell = [Task("tell", one.closed_on, proposal=one) for one in found if one.state != "open"]
    return [*_with_proposals(tasks, open_ones), *tell]


def _with_proposals(tasks: Iterable[Task], found: dict[int, ShortageProposal]) -> list[Task]:
    """Charges that cannot be paid lead to their proposal; a proposal without such a row gets one of its own."""
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


def _to_tell(on: date) -> Q:
    """Decisions of which somebody who has to know was not told yet."""
    unpaid = ShortageOutcome.objects.filter(proposal=OuterRef("pk")).exclude(what="paid")
    told = ShortageTold.objects.filter(proposal=OuterRef("pk"), order=None)
    same = ShortageTold.objects.filter(proposal=OuterRef("proposal"), order=OuterRef("order"))
    silent = ~Q(Exists(told)) | Q(Exists(unpaid.exclude(Exists(same))))
    return Q(Exists(unpaid)) & silent & Q(state="decided", closed_on__gt=on - TELL_WITHIN)


def _objection_tasks(visible: ResidentQuerySet, on: date) -> list[Task]:
    """Objections without an answer; one whose day has passed goes before everything else."""
    rows = Objection.objects.unanswered().filter(resident__in=visible).select_related("resident")[: MOST + 1]
    return [Task("late" if one.answer_by < on else "objection", one.made_on, objection=one) for one in rows]


def _write_off_tasks(user: User) -> list[Task]:
    """What other people propose that the town bears."""
    rows = WriteOff.objects.filter(approved_on=None, withdrawn_on=None).select_related("resident", "proposed_by")
    return [Task("write_off", one.proposed_on, write_off=one) for one in rows if one.proposed_by.person != user.person]


def _counted_tasks(abilities: Collection[str], counts: Counts) -> list[Task]:
    """What waits without being about one resident: entries, bank files, and a month whose letters nobody made."""
    tasks = []
    if "decide_entries" in abilities and (waiting := one(counts, "waiting")):
        tasks.append(Task("waiting", waiting.day, count=waiting.count))
    if file := one(counts, "file"):
        tasks.append(Task("file", file.day, count=file.count, file=file.number))
    if letters := one(counts, "letters"):
        tasks.append(Task("letters", letters.day))
    if sheets := one(counts, "sheet"):
        tasks.append(Task("sheet", sheets.day, count=sheets.count))
    return tasks


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
