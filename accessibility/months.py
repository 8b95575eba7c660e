"""Gathers one month of a resident from the books: what we had, what came in, what we paid, what they got."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Min, Sum

from accessibility.facts import MonthFacts, Movement
from accessibility.known import help_of_town
from budgeting.core.money import ZERO
from budgeting.models import Allocation, JournalEntry, Posting, Resident
from payments.models import PaymentOrder

# What we hold and what was lent are one to the resident: a loan moves money between the two and changes nothing.
KINDS = ("resident", "advance")

_OF_KIND = {"return": "returned_payment", "reversal": "correction", "write_off": "correction", "opening": "correction"}


class NoSuchMonth(LookupError):
    """A month before the resident took part, or one that has not begun."""


@dataclass(slots=True)
class _Moved:
    """One journal entry as the resident sees it: `amount` is positive when money came in."""

    resident: int
    entry: int
    kind: str
    day: date
    name: str
    amount: Decimal = ZERO
    orders: set[str] = field(default_factory=set)


def months_of(resident: Resident, *, on: date) -> list[date]:
    """The first days of the months in which there is something to tell, the latest first."""
    rows = JournalEntry.objects.filter(postings__account__resident=resident)
    first = min(rows.aggregate(first=Min("booked_on"))["first"] or on, on)
    count = (on.year - first.year) * 12 + on.month - first.month
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count, -1, -1)
    ]


def month_facts_of(resident: Resident, month: date, *, on: date) -> MonthFacts:
    """The month that `month` lies in, up to today; raises `NoSuchMonth`."""
    first = month.replace(day=1)
    last = min(first.replace(day=monthrange(first.year, first.month)[1]), on)
    if first > on or first not in months_of(resident, on=on):
        raise NoSuchMonth(month)
    return facts_between(resident, first, last, on=on)


def facts_between(resident: Resident, first: date, last: date, *, on: date) -> MonthFacts:
    """The same of any days, the first and last included: a month, or a whole participation."""
    opening = _held_before(resident, first)
    moved = _moved([resident.pk], first, last)
    parts = _movements(moved)[resident.pk]
    return MonthFacts(
        language=resident.language,
        on=on,
        first_day=first,
        last_day=last,
        opening=opening,
        came_in=parts["came_in"],
        paid=parts["paid"],
        given=parts["given"],
        closing=opening + sum((one.amount for one in moved), ZERO),
        help=help_of_town(),
    )


def movements_of_many(
    residents: Collection[int], first: date, last: date
) -> dict[int, dict[str, tuple[Movement, ...]]]:
    """What moved for each of these residents in these days: `came_in`, `paid` and `given`; three queries in all."""
    return _movements(_moved(residents, first, last)) if residents else {}


def _held_before(resident: Resident, day: date) -> Decimal:
    rows = Posting.objects.filter(account__resident=resident, account__kind__in=KINDS, journal_entry__booked_on__lt=day)
    return -(rows.aggregate(total=Sum("amount"))["total"] or ZERO) + ZERO


def _moved(residents: Collection[int], first: date, last: date) -> list[_Moved]:
    """The journal entries of these days that changed what we have for each of the residents, by day."""
    rows = Posting.objects.filter(
        account__resident__in=residents, account__kind__in=KINDS, journal_entry__booked_on__range=(first, last)
    )
    fields = ("account__resident", "journal_entry_id", "journal_entry__kind", "journal_entry__booked_on")
    more = ("amount", "end_to_end_id", "journal_entry__entry__counterparty_name")
    found: dict[tuple[int, int], _Moved] = {}
    by_day = rows.order_by("journal_entry__booked_on", "journal_entry_id")
    for resident, entry, kind, day, amount, order, name in by_day.values_list(*fields, *more):
        one = found.setdefault((resident, entry), _Moved(resident, entry, kind, day, name or ""))
        one.amount -= amount
        if order:
            one.orders.add(order)
    return [one for one in found.values() if one.amount != ZERO]


def _movements(moved: Iterable[_Moved]) -> defaultdict[int, dict[str, tuple[Movement, ...]]]:
    moved = list(moved)
    orders, allocations = _orders(moved), _allocations(moved)
    parts: dict[int, dict[str, list[Movement]]] = defaultdict(lambda: {"came_in": [], "paid": [], "given": []})
    for one in moved:
        order = next((orders[one.resident, name] for name in one.orders if (one.resident, name) in orders), None)
        place = "came_in" if one.amount > ZERO else "given" if order and order.kind == "remainder" else "paid"
        parts[one.resident][place] += _told(one, order, allocations[one.resident, one.entry])
    told = {number: {place: tuple(rows) for place, rows in places.items()} for number, places in parts.items()}
    return defaultdict(lambda: {"came_in": (), "paid": (), "given": ()}, told)


def _told(one: _Moved, order: PaymentOrder | None, allocations: list[tuple[str, Decimal]]) -> Iterator[Movement]:
    if order is not None:
        category = "returned_payment" if one.amount > ZERO else order.category
        reference = str(order.pk) if order.kind == "charge" else ""
        name = order.name if order.kind == "charge" else ""
        yield Movement(category, name, abs(one.amount), one.day, reference)
    elif sum((amount for _, amount in allocations), ZERO) == one.amount:
        for category, amount in _by_category(allocations):
            yield Movement(category, one.name, abs(amount), one.day)
    else:
        yield Movement(_OF_KIND.get(one.kind, "unknown"), one.name, abs(one.amount), one.day)


def _by_category(allocations: Iterable[tuple[str, Decimal]]) -> Iterator[tuple[str, Decimal]]:
    return ((category or "unknown", amount) for category, amount in allocations)


def _orders(moved: Iterable[_Moved]) -> dict[tuple[int, str], PaymentOrder]:
    ids, residents = {name for one in moved for name in one.orders}, {one.resident for one in moved}
    rows = PaymentOrder.objects.filter(end_to_end_id__in=ids, resident__in=residents)
    named = rows.only("end_to_end_id", "kind", "category", "name", "resident_id")
    return {(row.resident_id, row.end_to_end_id): row for row in named}


def _allocations(moved: Iterable[_Moved]) -> dict[tuple[int, int], list[tuple[str, Decimal]]]:
    """What each journal entry was divided into for whom, with its sign: positive came in."""
    entries, residents = {one.entry for one in moved}, {one.resident for one in moved}
    rows = Allocation.objects.filter(journal_entry__in=entries, resident__in=residents).order_by("pk")
    found: dict[tuple[int, int], list[tuple[str, Decimal]]] = defaultdict(list)
    for resident, entry, category, amount in rows.values_list("resident_id", "journal_entry_id", "category", "amount"):
        found[resident, entry].append((category, amount))
    return found
