"""What stands in the town, counted in one query: what the bank brought, what waits, what goes out, who has no sheet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Trunc, TruncDate

from backend.desk.bank import undecided_files
from budgeting.actions.participation import who_has_not_signed
from budgeting.core.closing import month_of
from budgeting.core.money import ZERO
from budgeting.models import AuditEvent, Resident, StatementImport, WaitingEntry
from budgeting.models.people import ResidentQuerySet
from payments.models import PaymentBatch, PaymentOrder

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)
_COLUMNS = ("what", "day", "count", "number", "total")


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of one kind, since (or for) a day; `number` is one more count or the first row, `total` is euro."""

    what: str
    day: date | None
    count: int
    number: int
    total: Decimal


Counts = Mapping[str, list[Counted]]


def counted(*, abilities: Collection[str], on: date, visible: ResidentQuerySet | None = None) -> Counts:
    """Everything a colleague with these abilities is told as a count, by kind; within a kind the earliest first.

    Of `visible` residents, when they are given, it is told who has not signed.
    """
    parts = [_imported(), _waiting()]
    if "import_statements" in abilities:
        parts.append(_files())
    if "see_payments" in abilities:
        parts += [_orders(), _drafts()]
    if "change_settings" in abilities:
        parts.append(_letters(on))
    if visible is not None and "change_residents" in abilities:
        parts.append(_sheets(visible, on))
    found: dict[str, list[Counted]] = {}
    for row in sorted((Counted(*row) for row in parts[0].union(*parts[1:], all=True)), key=_earliest):
        found.setdefault(row.what, []).append(row)
    return found


def one(counts: Counts, what: str) -> Counted | None:
    """The earliest of a kind that counts anything."""
    return next((row for row in counts.get(what, ()) if row.count), None)


def _earliest(row: Counted) -> date:
    return row.day or date.min


def _imported() -> QuerySet[Any, Any]:
    """The latest day on which statements came in, and how many entries were new."""
    days = StatementImport.objects.filter(status="imported").annotate(at=TruncDate("tried_at")).order_by("-at")
    return _row(days, "imported", day=F("at"), count=Sum("new"))[:1]


def _waiting() -> QuerySet[Any, Any]:
    """Entries that wait, since when, and how many of the latest day on which statements came in.

    No entry waits from before it came in, so that only those that began to wait on that day or later are looked up.
    """
    came_in = StatementImport.objects.filter(status="imported").order_by("-tried_at")
    latest = Subquery(came_in.annotate(began=Trunc("tried_at", "day")).values("began")[:1])
    rows = WaitingEntry.objects.filter(closed_at=None)
    fresh = rows.filter(opened_at__gte=latest, entry__statement__imported_by__tried_at__gte=latest)
    fresh_count = Subquery(fresh.order_by().values("closed_at").annotate(n=Count("*")).values("n"))
    return _row(rows, "waiting", day=TruncDate(Min("opened_at")), count=Count("*"), number=Coalesce(fresh_count, 0))


def _files() -> QuerySet[Any, Any]:
    """Files that were kept and nobody decided about; `number` is the oldest attempt."""
    count = Count("file", distinct=True)
    return _row(undecided_files(), "file", day=TruncDate(Min("tried_at")), count=count, number=Min("pk"))


def _orders() -> QuerySet[Any, Any]:
    """The planned orders of the first day on which something goes, and the held ones of each day."""
    planned = PaymentOrder.objects.filter(state="planned").order_by("execute_on")
    first = Q(state="planned", execute_on=planned.values("execute_on")[:1])
    rows = PaymentOrder.objects.filter(first | Q(state="held"), state__in=["planned", "held"]).order_by()
    return _row(rows, F("state"), day=F("execute_on"), count=Count("*"), total=Sum("amount"))


def _drafts() -> QuerySet[Any, Any]:
    rows = PaymentBatch.objects.filter(state=PaymentBatch.State.DRAFT).order_by()
    return _row(rows, "draft", day=Max("execute_on"), count=Count("pk"))


def _sheets(visible: ResidentQuerySet, on: date) -> QuerySet[Any, Any]:
    """Of their own residents, who has no signed participation sheet; since the first day one of them takes part."""
    return _row(who_has_not_signed(visible, on=on), "sheet", day=Min("starts_on"), count=Count("pk"))


def _letters(on: date) -> QuerySet[Any, Any]:
    """Who gets a letter, when those to everybody (of this month or of the last) were not made this month."""
    first = month_of(on)
    months = [f"month:{day:%Y-%m}" for day in (first, first - timedelta(days=1))]
    made = AuditEvent.objects.filter(subject__in=months, action="letters.made", at__date__gte=first)
    everybody = made.filter(body__contains='"kind":"month"').filter(body__contains='"everybody":true')
    rows = Resident.objects.filter(~Exists(everybody), starts_on__lt=first)
    return _row(rows, "letters", day=Value(first), count=Count("*"))


def _row(
    rows: QuerySet[Any, Any],
    what: str | F,
    *,
    day: Combinable,
    count: Combinable,
    number: Combinable | None = None,
    total: Combinable | None = None,
) -> QuerySet[Any, Any]:
    """The rows counted, in the columns that all kinds share; grouped by nothing but what `what` and `day` name."""
    named = Cast(what if isinstance(what, F) else Value(what), CharField())
    columns = {
        "day": Cast(day, DateField()),
        "count": Cast(count, IntegerField()),
        "number": Cast(number or Value(0), IntegerField()),
        "total": Cast(total or Value(ZERO), _MONEY),
    }
    told: QuerySet[Any, Any] = rows.annotate(what=named).values("what").annotate(**columns)
    return told.values_list(*_COLUMNS)
