"""Entries of the bank, found by day, amount, way, state and words: what waits, and what is of one's own residents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery

from backend.desk.entry_places import Between, Day, Place, Stretch, days_with_entries, latest, next_later
from budgeting.models import Allocation, Entry, WaitingEntry
from budgeting.models.people import ResidentQuerySet

PER_PAGE = 50
MOST_COUNTED = 1000
LOOKS_BACK = timedelta(days=92)
_TEXTS = ("counterparty_name", "remittance", "counterparty_iban", "end_to_end_id", "structured_reference")


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """A page of what was found, the latest first, each with its `parts` that hold.

    `count` is of all that was found, of no more than `MOST_COUNTED`; there are `more` then. `newer` and `older` are the
    places from which the pages before and behind this one begin; None at either end.
    """

    rows: list[Entry] = field(default_factory=list)
    count: int = 0
    more: bool = False
    newer: Place | None = None
    older: Place | None = None


def found_entries(
    asked: Mapping[str, Any],
    *,
    visible: ResidentQuerySet,
    on: date,
    older_than: Place | None = None,
    newer_than: Place | None = None,
) -> FoundEntries:
    """The latest, or those next to a place; `asked` holds what was filled in, whole amounts in euro.

    Without a first day it looks three months back: nobody waits for years of entries.
    """
    until = asked.get("until")
    days = days_with_entries(asked.get("since") or (until or on) - LOOKS_BACK, until)
    mine = Allocation.objects.standing().filter(resident__in=visible)
    rows = _between(asked, mine)
    first = latest(rows, days, most=MOST_COUNTED + 1)
    shown, at_the_end = _shown(rows, days, first, older_than, newer_than)
    if not shown:
        return FoundEntries()
    return FoundEntries(
        rows=_fetched(shown, mine),
        count=min(len(first), MOST_COUNTED),
        more=len(first) > MOST_COUNTED,
        newer=None if shown[0] == first[0] else shown[0],
        older=None if at_the_end else shown[-1],
    )


def _shown(
    rows: Between, days: Sequence[Day], first: Sequence[Place], older_than: Place | None, newer_than: Place | None
) -> tuple[list[Place], bool]:
    """The places of the page, and whether nothing lies behind them; taken from the `first` when they reach so far."""
    if older_than:
        found = [one for one in first if one < older_than]
        if len(found) <= PER_PAGE and len(first) > MOST_COUNTED:
            found = latest(rows, days, most=PER_PAGE + 1, below=older_than)
        if found:
            return found[:PER_PAGE], len(found) <= PER_PAGE
    elif newer_than:
        found = [one for one in first if one > newer_than][-PER_PAGE:]
        if len(first) > MOST_COUNTED and newer_than < first[-1]:
            found = next_later(rows, days, most=PER_PAGE, above=newer_than)[::-1]
        if len(found) == PER_PAGE:
            return found, False
    return list(first[:PER_PAGE]), len(first) <= PER_PAGE


def _fetched(places: Sequence[Place], mine: QuerySet[Allocation]) -> list[Entry]:
    """The entries of these places, in their order."""
    parts = mine.select_related("resident", "decided_by").order_by("pk")
    rows = Entry.objects.filter(pk__in=[one.number for one in places]).select_related("waiting")
    shown = rows.prefetch_related(Prefetch("allocations", queryset=parts, to_attr="parts"))
    return list(shown.order_by("-booking_date", "-pk"))


def _between(asked: Mapping[str, Any], mine: QuerySet[Allocation]) -> Between:
    """What is looked for, of the days of one stretch."""
    wanted, state = _asked(asked), str(asked.get("state", ""))

    def rows(days: Stretch, also: Q) -> QuerySet[Any, Any]:
        of_days = Q(booking_date__range=(days.first, days.last))
        return _of_state(state, mine, days, Entry.objects.filter(of_days, also, wanted))

    return rows


def _of_state(state: str, mine: QuerySet[Allocation], days: Stretch, entries: QuerySet[Entry]) -> QuerySet[Any, Any]:
    """Waiting, booked by a rule, booked by a person; or any of them. Day and number; no day when it is not wanted.

    The entry is asked for one at a time: the database cannot know how few are wanted, and would read all of those days.
    """
    waits = WaitingEntry.objects.filter(closed_at=None, pk__gte=days.lowest, pk__lte=days.highest).order_by()
    booked = mine.filter(entry__gte=days.lowest, entry__lte=days.highest).order_by()
    if state == "waits":
        return _with_day(waits, entries)
    if state in {"rule", "person"}:
        return _with_day(booked.filter(decided_by__isnull=state == "rule"), entries).distinct()
    return _with_day(waits, entries).union(_with_day(booked, entries))


def _with_day(rows: QuerySet[Any, Any], entries: QuerySet[Entry]) -> QuerySet[Any, Any]:
    day = entries.filter(pk=OuterRef("entry_id")).order_by().values("booking_date")[:1]
    told: QuerySet[Any, Any] = rows.annotate(day=Subquery(day), number=F("entry_id")).values_list("day", "number")
    return told


def _asked(asked: Mapping[str, Any]) -> Q:
    """Way, amounts and words; both amounts count themselves."""
    found = Q()
    if way := asked.get("way"):
        found &= Q(amount__gt=0) if way == "in" else Q(amount__lt=0)
    if (least := asked.get("least")) is not None:
        found &= Q(amount__gte=least) | Q(amount__lte=-least)
    if (most := asked.get("most")) is not None:
        found &= Q(amount__range=(-most, most))
    for word in str(asked.get("q") or "").split():
        found &= _with_word(word)
    return found


def _with_word(word: str) -> Q:
    found = Q()
    for name in _TEXTS:
        found |= Q(**{f"{name}__icontains": word})
    return found
