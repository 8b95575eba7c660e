"""Entries that wait for a person: the list, and one entry with its suggestions and their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery

from budgeting.actions.entries import is_doubted
from budgeting.models import Agreement, Entry, WaitingEntry
from budgeting.models.people import ResidentQuerySet

PER_PAGE = 50
MOST = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An agreement the entry may belong to, with what speaks for and against it as it was kept."""

    agreement: Agreement
    for_it: list[Mapping[str, Any]]
    against: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """One waiting entry. `hidden` suggestions are of residents this colleague may not see."""

    waiting: WaitingEntry
    why: list[Mapping[str, Any]]
    suggestions: list[Suggestion]
    hidden: int

    @property
    def entry(self) -> Entry:
        """What the bank wrote."""
        return self.waiting.entry

    @property
    def is_doubted(self) -> bool:
        """Whether a person must say why it is right: a rule would not book it for a doubt about the file."""
        return is_doubted(self.waiting)

    @property
    def direction(self) -> str:
        """`in` when money came in."""
        return "in" if self.entry.amount > 0 else "out"


def waiting_list(*, q: str, page: str | None) -> Page[WaitingEntry]:
    """What waits, the oldest first; `q` is a word in name, text or account number.

    The texts are read once, entry by entry: no index knows them, to count and then to show would read them twice, and
    joined the database would read all that ever waited, with its suggestions.
    """
    rows = _open().select_related("entry")
    if not q:
        return Paginator(rows, PER_PAGE).get_page(page)
    sought = Q()
    for name in ("counterparty_name", "remittance", "counterparty_iban"):
        sought |= Q(**{f"{name}__icontains": q})
    with_word = Subquery(Entry.objects.filter(sought, pk=OuterRef("pk")).values("pk"))
    numbers = list(_open().annotate(found=with_word).filter(found__isnull=False).values_list("pk", flat=True))
    found: Page[Any] = Paginator(numbers, PER_PAGE).get_page(page)
    found.object_list = list(rows.filter(pk__in=list(found.object_list)))
    return found


def next_open(*, after: int | None = None) -> int | None:
    """The entry that waits longest, or the first one behind `after`; None when nothing waits."""
    numbers = _open().values_list("pk", flat=True)
    if after is not None:
        here = WaitingEntry.objects.filter(pk=after).values_list("opened_at", flat=True).first()
        behind = numbers.filter(Q(opened_at__gt=here) | Q(opened_at=here, pk__gt=after)) if here else numbers
        return behind.first() or numbers.exclude(pk=after).first()
    return numbers.first()


def waiting_facts(number: int, *, visible: ResidentQuerySet, on: date) -> WaitingFacts | None:
    """One entry with its suggestions, the best first, in two queries; None when it does not exist."""
    waiting = WaitingEntry.objects.select_related("entry__bank_account", "closed_by").filter(pk=number).first()
    if waiting is None:
        return None
    why = [reason for row in waiting.suggestions if row.get("code") == "why" for reason in row["reasons"]]
    proposed = [row for row in waiting.suggestions if "agreement" in row]
    rows = Agreement.objects.filter(pk__in=[row["agreement"] for row in proposed], resident__in=visible)
    found = {row.pk: row for row in rows.select_related("resident", "counterparty").with_amount(on)}
    shown = [_suggestion(found[int(row["agreement"])], row) for row in proposed if int(row["agreement"]) in found]
    return WaitingFacts(waiting, why, shown[:MOST], len(proposed) - len(shown))


def how_many_wait() -> int:
    """Of the whole municipality."""
    return _open().count()


def _open() -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(closed_at=None).order_by("opened_at", "pk")


def _suggestion(agreement: Agreement, row: Mapping[str, Any]) -> Suggestion:
    reasons = row["reasons"]
    for_it = [reason for reason in reasons if not reason["against"]]
    return Suggestion(agreement, for_it, [reason for reason in reasons if reason["against"]])
