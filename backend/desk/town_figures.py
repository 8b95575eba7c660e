"""The town's own figures, month by month: people, money, charges on time, advances, alerts and waiting times.

Each is gathered as a `Figure`: the truth with how many people are behind it and the largest share of one of them, so
that what leaves the desk can be told by `budgeting.core.small_numbers`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Abs, Cast, TruncMonth

from backend.desk.overviews import months_until
from budgeting.core.closing import month_after
from budgeting.core.small_numbers import Figure
from budgeting.models import Alert, Allocation, JournalEntry, Posting, Resident, WaitingEntry
from payments.models import PaymentOrder

# What is counted; everything else is euro. Then all of them in the order of the page.
NUMBERS = ("residents", "joined", "stopped", "on_time", "late", "alerts_opened", "alerts_solved", "entries_by_hand")
ORDER = (
    "residents", "joined", "stopped", "money_in", "charges_paid", "living_money", "on_time", "late", "lent", "repaid",
    "alerts_opened", "alerts_solved", "entries_by_hand",
)  # fmt: skip
_NONE = Figure()


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure, month by month."""

    key: str
    figures: tuple[Figure, ...]

    @property
    def is_money(self) -> bool:
        """Whether it is euro, and not a number."""
        return self.key not in NUMBERS


@dataclass(frozen=True, slots=True)
class Wait:
    """How long half of them waited at most, in days; `people` are residents, or entries whose resident was unknown."""

    key: str
    days: int | None
    people: int


@dataclass(frozen=True, slots=True)
class TownFigures:
    """Every measure of the last months; `incomes` and `costs` are euro by category."""

    months: tuple[date, ...]
    measures: tuple[Measure, ...]
    incomes: tuple[Measure, ...]
    costs: tuple[Measure, ...]
    waits: tuple[Wait, ...]
    as_of: datetime | None = None  # when they were so; now when it is None


TOGETHER = "together"
_Found = dict[tuple[str, date], Figure]


def town_figures(*, on: date) -> TownFigures:
    """The last twelve months, the running one up to today; six queries."""
    months = months_until(on)
    counted = (_orders(months, on), _on_time(months, on), _advances(months, on), *_work(months, on))
    found = _people(months, on) | {key: figure for key, figure in _by_kind(*counted).items() if key[0] != TOGETHER}
    incomes, costs = _by_kind(_allocations(months, on)), _by_kind(_costs(months, on))
    found |= {("money_in", month): incomes.get((TOGETHER, month), _NONE) for month in months}
    measures = tuple(_measure(key, found, months) for key in ORDER)
    return TownFigures(months, measures, _categories(incomes, months), _categories(costs, months), _waits(months, on))


def _measure(key: str, found: _Found, months: Iterable[date]) -> Measure:
    return Measure(key, tuple(found.get((key, month), _NONE) for month in months))


def _categories(found: _Found, months: Iterable[date]) -> tuple[Measure, ...]:
    rows = [_measure(key, found, months) for key in {key for key, _ in found} - {TOGETHER}]
    return tuple(sorted(rows, key=lambda row: (-sum(one.value for one in row.figures), row.key)))


def _people(months: tuple[date, ...], on: date) -> _Found:
    """Who takes part on the last day of each month, who began in it and who stopped in it."""
    asked: dict[str, Any] = {}
    for month in months:
        after = min(month_after(month), on + timedelta(days=1))
        here = Q(starts_on__lt=after) & (Q(ends_on=None) | Q(ends_on__gte=after))
        asked[f"residents_{month}"] = Count("pk", filter=here)
        asked[f"joined_{month}"] = Count("pk", filter=Q(starts_on__gte=month, starts_on__lt=after))
        asked[f"stopped_{month}"] = Count("pk", filter=Q(ends_on__gte=month, ends_on__lt=after))
    counts = Resident.objects.aggregate(**asked)
    return {
        (key, month): Figure(Decimal(number), number)
        for key in ("residents", "joined", "stopped")
        for month in months
        if (number := counts[f"{key}_{month}"])
    }


_EURO: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)


def _orders(months: tuple[date, ...], on: date) -> QuerySet[Any, Any]:
    rows = PaymentOrder.objects.filter(state="booked", booked_on__range=(months[0], on))
    kinds = Case(When(kind="charge", then=Value("charges_paid")), default=Value("living_money"))
    return _grouped(rows, kinds, "booked_on", Sum("amount"))


def _on_time(months: tuple[date, ...], on: date) -> QuerySet[Any, Any]:
    """Charges that the bank carried out on their due day or before, and those carried out later."""
    rows = PaymentOrder.objects.filter(kind="charge", state="booked", due_on__range=(months[0], on))
    kinds = Case(When(booked_on__lte=F("due_on"), then=Value("on_time")), default=Value("late"))
    return _grouped(rows, kinds, "due_on", Cast(Count("pk"), _EURO))


def _advances(months: tuple[date, ...], on: date) -> QuerySet[Any, Any]:
    """Lent and paid back; what was reversed counts for nothing."""
    rows = Posting.objects.filter(account__kind="advance", journal_entry__booked_on__range=(months[0], on))
    reversed_later = JournalEntry.objects.filter(reverses=OuterRef("journal_entry"))
    rows = rows.filter(~Exists(reversed_later)).exclude(journal_entry__kind__in=["reversal", "write_off"])
    kinds = Case(When(amount__gt=0, then=Value("lent")), default=Value("repaid"))
    return _grouped(rows, kinds, "journal_entry__booked_on", Sum(Abs("amount")), of="account__resident")


def _allocations(months: tuple[date, ...], on: date) -> QuerySet[Any, Any]:
    rows = Allocation.objects.standing().filter(resident__isnull=False, amount__gt=0)
    rows = rows.filter(entry__booking_date__range=(months[0], on)).exclude(category="returned_payment")
    return _grouped(rows, F("category"), "entry__booking_date", Sum("amount"))


def _costs(months: tuple[date, ...], on: date) -> QuerySet[Any, Any]:
    rows = PaymentOrder.objects.filter(kind="charge", state="booked", booked_on__range=(months[0], on))
    return _grouped(rows, F("category"), "booked_on", Sum("amount"))


def _work(months: tuple[date, ...], on: date) -> tuple[QuerySet[Any, Any], ...]:
    """Alerts opened and solved, and entries that a person assigned because they waited."""
    opened = Alert.objects.filter(opened_on__range=(months[0], on))
    solved = Alert.objects.filter(closed_on__range=(months[0], on), closed_because__in=["solved", "seen"])
    by_hand = Allocation.objects.standing().filter(resident__isnull=False, decided_by__isnull=False)
    by_hand = by_hand.filter(entry__booking_date__range=(months[0], on))
    count = Cast(Count("pk"), _EURO)
    return (
        _grouped(opened, Value("alerts_opened"), "opened_on", count),
        _grouped(solved, Value("alerts_solved"), "closed_on", count),
        _grouped(by_hand, Value("entries_by_hand"), "entry__booking_date", count),
    )


def _grouped(rows: QuerySet[Any, Any], kind: Any, day: str, total: Any, *, of: str = "resident") -> QuerySet[Any, Any]:
    """Each kind, month and person once, with what is theirs."""
    kinds = Cast(kind, CharField())
    named = rows.order_by().annotate(what=kinds, month=TruncMonth(day), who=F(of)).values("what", "month", "who")
    shared: QuerySet[Any, Any] = named.annotate(share=total)
    return shared


class _Half(Aggregate):
    """The middle one of all values."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def _waits(months: tuple[date, ...], on: date) -> tuple[Wait, ...]:
    """From the opening of an alert to its end, and from an entry that began to wait to the decision."""
    alerts = Alert.objects.filter(closed_on__range=(months[0], on), closed_because__in=["solved", "seen"])
    entries = WaitingEntry.objects.filter(closed_at__date__range=(months[0], on))
    solved = alerts.aggregate(half=_Half(_length("opened_on", "closed_on")), people=Count("resident", distinct=True))
    decided = entries.aggregate(half=_Half(_length("opened_at", "closed_at")), people=Count("pk"))
    return tuple(
        Wait(key, found["half"].days if found["half"] is not None else None, found["people"])
        for key, found in (("alerts", solved), ("entries", decided))
    )


def _length(begin: str, end: str) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(F(end) - F(begin), DurationField())


_SUMS = """
    WITH shares AS ({inner})
    SELECT what, month::date, sum(share), count(*), max(share) FROM shares GROUP BY what, month
    UNION ALL
    SELECT %s, month::date, sum(share), count(*), max(share)
    FROM (SELECT month, who, sum(share) AS share FROM shares GROUP BY month, who) summed GROUP BY month
"""


def _by_kind(*rows: QuerySet[Any, Any]) -> _Found:
    """Each kind and month with its sum, its people and the largest share; under `TOGETHER` all kinds as one.

    Of several, no two have a kind in common.
    """
    asked = [one.query.sql_with_params() for one in rows]
    inner = " UNION ALL ".join(sql for sql, _ in asked)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(inner=inner), [*(value for _, values in asked for value in values), TOGETHER])
        found = cursor.fetchall()
    return {(what, month): Figure(total, people, largest) for what, month, total, people, largest in found}
