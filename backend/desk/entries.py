"""Entries of the bank, found by day, amount, way, state and words: what waits, and what is of one's own residents."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from budgeting.models import Allocation, Entry, WaitingEntry
from budgeting.models.people import ResidentQuerySet

PER_PAGE = 50
LAST = 2**62
LOOKS_BACK = timedelta(days=92)
_TEXTS = ("counterparty_name", "remittance", "counterparty_iban", "end_to_end_id", "structured_reference")


def found_entries(asked: Mapping[str, Any], *, visible: ResidentQuerySet, page: str | None, on: date) -> Page[Any]:
    """The latest first, each with its `parts` that hold; `asked` holds what was filled in, whole amounts in euro.

    Without a first day it looks three months back: nobody waits for years of entries.
    """
    since = asked.get("since") or (asked.get("until") or on) - LOOKS_BACK
    mine = Allocation.objects.standing().filter(resident__in=visible)
    parts = mine.select_related("resident", "decided_by").order_by("pk")
    first = first_entry_since(since)
    rows = Entry.objects.filter(_state(asked.get("state", ""), mine.filter(entry__gte=first)), _asked(asked, since))
    shown = rows.prefetch_related(Prefetch("allocations", queryset=parts, to_attr="parts")).select_related("waiting")
    return Paginator(shown.order_by("-booking_date", "-pk"), PER_PAGE).get_page(page)


def first_entry_since(day: date) -> int:
    """The lowest number of any entry booked on or after the day; a number above all when there is none.

    Asked day by day, each in the index: what came in before may be millions of entries, and may be of later days.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT min(first.id) FROM generate_series(
                   greatest(%s::date, (SELECT min(booking_date) FROM entry)),
                   (SELECT max(booking_date) FROM entry), interval '1 day') told (day),
               LATERAL (SELECT id FROM entry WHERE booking_date = told.day::date ORDER BY id LIMIT 1) first""",
            [day],
        )
        (found,) = cursor.fetchone()
    return LAST if found is None else int(found)


def _state(state: str, mine: QuerySet[Allocation]) -> Q:
    """Waiting, booked by a rule, booked by a person; or any of them."""
    waits = WaitingEntry.objects.filter(closed_at=None).order_by().values("pk")
    booked = mine.order_by().values("entry")
    wanted: QuerySet[Any, Any] = {
        "waits": waits,
        "rule": booked.filter(decided_by=None),
        "person": booked.exclude(decided_by=None),
    }.get(state, waits.union(booked))
    return Q(pk__in=wanted)


def _asked(asked: Mapping[str, Any], since: date) -> Q:
    """Both days and both amounts count themselves."""
    found = Q(booking_date__gte=since)
    if until := asked.get("until"):
        found &= Q(booking_date__lte=until)
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
