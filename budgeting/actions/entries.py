"""A person says whose a waiting entry is: its money leaves suspense, whole, in one or more parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import post
from budgeting.core import ledger
from budgeting.core.ledger import AccountKey, Movement
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Allocation, Entry, Resident, User, WaitingEntry


class NotWaiting(Exception):
    """The entry was decided before, by `who`."""

    def __init__(self, who: str) -> None:
        super().__init__(f"decided by {who}")
        self.who = who


class PartsDoNotAddUp(ValueError):
    """The parts are not the whole entry."""


@dataclass(frozen=True, slots=True)
class Part:
    """A signed part of an entry, in euro: a resident's, for an agreement or category; without one the town's own."""

    amount: Decimal
    resident: Resident | None = None
    agreement: Agreement | None = None
    category: str = ""


@transaction.atomic
def decide_entry(*, entry: Entry, parts: Sequence[Part], on: date, by: User) -> list[Allocation]:
    """Gives the money of a waiting entry to whom the parts say, dated `on`. A second decision raises `NotWaiting`."""
    access.check_may(by, "decide_entries", on=on)
    waiting = WaitingEntry.objects.select_for_update(no_key=True).get(entry=entry)
    if waiting.closed_at is not None:
        raise NotWaiting(str(waiting.closed_by))
    if sum((part.amount for part in parts), ZERO) != entry.amount:
        raise PartsDoNotAddUp
    lines = ledger.suspense_cleared(entry.amount, [(_account(part), part.amount) for part in parts])
    number = post([Movement("allocation", on, f"decision:{entry.pk}", lines, entry=entry.pk)], by=by)[0]
    WaitingEntry.objects.filter(pk=waiting.pk).update(closed_at=Now(), closed_by=by)
    return [_allocate(entry, part, number, by) for part in parts]


def _account(part: Part) -> AccountKey:
    return ledger.OWN if part.resident is None else ledger.resident(part.resident.pk)


def _allocate(entry: Entry, part: Part, journal_entry: int, by: User) -> Allocation:
    agreement, resident = part.agreement, part.resident
    number = resident.pk if resident else None
    record(action="entry.decided", subject=f"entry:{entry.pk}", by=by, resident_id=number, amount=part.amount)
    return Allocation.objects.create(
        entry=entry,
        journal_entry_id=journal_entry,
        resident=resident,
        agreement=agreement,
        category=part.category or (agreement.category if agreement else ""),
        amount=part.amount,
        due_on=entry.booking_date if agreement else None,
        decided_by=by,
    )
