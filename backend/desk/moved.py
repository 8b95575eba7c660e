"""What moved in a resident's purse: every movement with its reason, and whether and how it can be put right."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum

from budgeting.actions.ledger import REVERSIBLE
from budgeting.core.money import ZERO
from budgeting.models import Allocation, Entry, JournalEntry, Posting, Resident

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
    of_resident = Posting.objects.filter(account__resident=resident)
    # First the numbers: what goes with a movement is fetched for those on the page only.
    all_numbers = of_resident.order_by("-journal_entry").values_list("journal_entry", flat=True).distinct()
    shown = Paginator(all_numbers, PER_PAGE).get_page(page)
    numbers = list(shown.object_list)
    rows = JournalEntry.objects.filter(pk__in=numbers).select_related("entry", "made_by", "reverses", "reversed_by")
    sums = _sums(of_resident.filter(journal_entry__in=numbers))
    said = Allocation.objects.standing().filter(resident=resident, journal_entry__in=numbers)
    standing = set(said.values_list("journal_entry", flat=True))
    return shown, [_told(row, sums, holds=row.pk in standing) for row in rows.order_by("-pk")]


def _sums(postings: QuerySet[Posting]) -> dict[tuple[int, str], Decimal]:
    """Of each movement and kind of account, only of what is on the page."""
    rows = postings.values_list("journal_entry", "account__kind").annotate(total=Sum("amount"))
    return {(movement, kind): total for movement, kind, total in rows}


def _told(row: JournalEntry, sums: Mapping[tuple[int, str], Decimal], *, holds: bool) -> Moved:
    reversed_already = hasattr(row, "reversed_by")
    return Moved(
        movement=row,
        amount=-sums.get((row.pk, "resident"), ZERO),
        lent=sums.get((row.pk, "advance"), ZERO),
        can_reverse=row.kind in BY_ONE and row.entry_id is None and not reversed_already,
        entry=row.entry,
        can_wait=holds and row.kind in {"entry", "allocation"},
    )
