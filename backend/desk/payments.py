"""What goes out: orders by day, files with their orders and what changed since the month before, one order's way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from payments.core import lifecycle
from payments.models import LIVE, BankAnswer, PaymentBatch, PaymentOrder, ShortageProposal

PER_PAGE = 100
MOST_BATCHES = 20
GONE = ("released", "booked", "returned")


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Orders of one execution day and state, counted; euro."""

    day: date
    state: str
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is planned by day, what is held and why, and the latest files."""

    days: list[DayGroup]
    held: list[PaymentOrder]
    held_count: int
    batches: list[PaymentBatch]


@dataclass(frozen=True, slots=True)
class Line:
    """One order of a file beside the last one of the same agreement that went out; `changes` are codes."""

    order: PaymentOrder
    before: Decimal | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """One file: its orders on this page, and all that changed since the month before."""

    batch: PaymentBatch
    page: Page[PaymentOrder]
    lines: list[Line]
    changed: list[Line]
    answers: list[BankAnswer]


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order with everything that was tried for the same due date, and what is to be decided when it lacks money."""

    order: PaymentOrder
    attempts: list[PaymentOrder]
    answers: list[BankAnswer]
    proposal: ShortageProposal | None = None

    @property
    def may_be_paid_again(self) -> bool:
        """Whether it came back or was refused, and nothing for the same due date is underway or done."""
        failed = self.order.state in lifecycle.STATES_FOR_A_NEW_ATTEMPT
        return failed and not any(one.state in LIVE for one in self.attempts)


def ahead(*, most_held: int = PER_PAGE) -> Ahead:
    """Four queries, however many orders there are."""
    open_orders = PaymentOrder.objects.filter(state__in=["planned", "held"])
    groups = open_orders.values("execute_on", "state").annotate(count=Count("*"), total=Sum("amount"))
    rows = [DayGroup(g["execute_on"], g["state"], g["count"], g["total"]) for g in groups.order_by("execute_on")]
    held = open_orders.filter(state="held").select_related("resident").order_by("execute_on", "pk")
    return Ahead(
        days=[row for row in rows if row.state == "planned"],
        held=list(held[:most_held]),
        held_count=sum(row.count for row in rows if row.state == "held"),
        batches=list(_batches().order_by("-pk")[:MOST_BATCHES]),
    )


def orders_of(day: date, *, page: str | None) -> Page[PaymentOrder]:
    """The planned and held orders of one execution day, residents together."""
    rows = PaymentOrder.objects.filter(execute_on=day, state__in=["planned", "held"]).select_related("resident")
    return Paginator(rows.order_by("resident__last_name", "resident", "pk"), PER_PAGE).get_page(page)


def batch_facts(number: int, *, page: str | None) -> BatchFacts | None:
    """One file; None when it does not exist. Its bytes are not fetched."""
    batch = _batches().filter(pk=number).first()
    if batch is None:
        return None
    orders = _with_before(batch.orders.select_related("resident")).order_by("name", "pk")
    shown = Paginator(orders, PER_PAGE).get_page(page)
    said = Q(order=None) | Q(status="RJCT")
    answers = BankAnswer.objects.filter(said, batch=batch).select_related("order").order_by("pk")
    return BatchFacts(batch, shown, _lines(shown.object_list), _lines(_changed(batch)), list(answers[:PER_PAGE]))


def order_facts(number: int) -> OrderFacts | None:
    """One order; None when it does not exist."""
    related = ("resident", "agreement__counterparty", "account", "batch")
    order = PaymentOrder.objects.select_related(*related).defer("batch__content").filter(pk=number).first()
    if order is None:
        return None
    same = Q(agreement=order.agreement_id) if order.agreement_id else Q(resident=order.resident_id, kind=order.kind)
    attempts = PaymentOrder.objects.filter(same, due_on=order.due_on).order_by("attempt")
    is_short = order.state == "held" and order.reason == "short"
    proposal = ShortageProposal.objects.filter(resident=order.resident_id, state="open").first() if is_short else None
    return OrderFacts(order, list(attempts), list(order.answers.order_by("pk")), proposal)


def _batches() -> QuerySet[PaymentBatch]:
    related = ("bank_account", "assembled_by", "approval__approved_by", "released_by")
    return PaymentBatch.objects.select_related(*related).defer("content")


def _with_before(orders: QuerySet[PaymentOrder]) -> QuerySet[PaymentOrder]:
    """Adds `before` and `iban_before`: what went out last for the same agreement, or as the last remainder."""
    same = Q(agreement=OuterRef("agreement")) | Q(agreement=None, resident=OuterRef("resident"), kind=OuterRef("kind"))
    earlier = PaymentOrder.objects.filter(same, state__in=GONE, due_on__lt=OuterRef("due_on")).order_by(
        "-due_on", "-pk"
    )
    return orders.annotate(
        before=Subquery(earlier.values("amount")[:1]), iban_before=Subquery(earlier.values("iban")[:1])
    )


def _changed(batch: PaymentBatch) -> QuerySet[PaymentOrder]:
    """Orders that are not what they were: new, another amount, another account. Remainders differ every time."""
    rows = _with_before(PaymentOrder.objects.filter(batch=batch).select_related("resident"))
    other = Q(before=None) | ~Q(iban_before=F("iban")) | (Q(kind="charge") & ~Q(before=F("amount")))
    return rows.filter(other).order_by("-amount")[:PER_PAGE]


def _lines(orders: Iterable[PaymentOrder]) -> list[Line]:
    return [Line(order, getattr(order, "before", None), _changes(order)) for order in orders]


def _changes(order: PaymentOrder) -> tuple[str, ...]:
    before, iban = getattr(order, "before", None), getattr(order, "iban_before", None)
    if before is None:
        return ("new",)
    found = ["other_account"] if iban != order.iban else []
    if order.kind == "charge" and before != order.amount:
        found.append("higher" if order.amount > before else "lower")
    return tuple(found)
