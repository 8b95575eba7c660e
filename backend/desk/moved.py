"""What moved in a resident's purse: every movement with its reason, and whether and how it can be put right."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, Sum

from budgeting.actions.ledger import REVERSIBLE
from budgeting.models import Allocation, Entry, JournalEntry, Resident

PER_PAGE = 25
# A write-off took two people: one alone does not take it back.
BY_ONE = REVERSIBLE - {"write_off"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement: positive `amount` came to the resident. What a bank entry did goes back to the waiting list."""

    movement: JournalEntry
    amount: Decimal
    lent: Decimal
    can_reverse: bool
    entry: Entry | None
    can_wait: bool


def moved(resident: Resident, *, page: str | None) -> tuple[Page[Any], list[Moved]]:
    """The movements in the purse of a resident, the latest first, with what stands beside each as lent."""
    of_kind = {kind: Q(postings__account__resident=resident, postings__account__kind=kind) for kind in _KINDS}
    rows = JournalEntry.objects.filter(postings__account__resident=resident).annotate(
        purse=Sum("postings__amount", filter=of_kind["resident"]),
        advance=Sum("postings__amount", filter=of_kind["advance"]),
    )
    related = rows.select_related("entry", "made_by", "reverses", "reversed_by")
    shown = Paginator(related.order_by("-pk"), PER_PAGE).get_page(page)
    said = Allocation.objects.standing().filter(resident=resident, journal_entry__in=[row.pk for row in shown])
    standing = set(said.values_list("journal_entry", flat=True))
    return shown, [_told(row, holds=row.pk in standing) for row in shown]


_KINDS = ("resident", "advance")


def _told(row: JournalEntry, *, holds: bool) -> Moved:
    reversed_already = hasattr(row, "reversed_by")
    return Moved(
        movement=row,
        amount=-(getattr(row, "purse", None) or Decimal("0.00")),
        lent=getattr(row, "advance", None) or Decimal("0.00"),
        can_reverse=row.kind in BY_ONE and row.entry_id is None and not reversed_already,
        entry=row.entry,
        can_wait=holds and row.kind in {"entry", "allocation"},
    )
