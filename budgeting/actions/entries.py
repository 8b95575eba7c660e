"""A person says whose a waiting entry is, or takes that back: its money moves between suspense and residents, whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.closing import closed_until
from budgeting.actions.ledger import key_of, lend_shortfall, lock_residents, post
from budgeting.actions.locks import hold, share
from budgeting.core import ledger
from budgeting.core.closing import booking_day
from budgeting.core.doubts import CANCELS, LARGE
from budgeting.core.ledger import AccountKey, Movement, PostingLine
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Allocation, Entry, JournalEntry, Posting, Resident, User, WaitingEntry


class NotWaiting(Exception):
    """The entry found its place before: `who` decided, or a rule did ("")."""

    def __init__(self, who: str = "") -> None:
        super().__init__(f"decided by {who or 'a rule'}")
        self.who = who


class ReasonNeeded(ValueError):
    """A rule would not book this entry for a doubt: who decides says why it is right (`core.doubts`)."""


class PartsDoNotAddUp(ValueError):
    """The parts are not the whole entry, or one of them is nothing or of the other sign."""


class AgreementOfAnother(ValueError):
    """The agreement of a part is not its resident's."""


class NothingToTakeBack(Exception):
    """The money of the entry lies in suspense already, or follows one of our own payments."""


@dataclass(frozen=True, slots=True)
class Part:
    """A signed part of an entry, in euro: a resident's, for an agreement or category; without one the town's own."""

    amount: Decimal
    resident: Resident | None = None
    agreement: Agreement | None = None
    category: str = ""


@transaction.atomic
def decide_entry(*, entry: Entry, parts: Sequence[Part], on: date, by: User, reason: str = "") -> list[Allocation]:
    """Gives the money of a waiting entry to whom the parts say, dated `on`. A second decision raises `NotWaiting`.

    An entry that a rule doubted needs a `reason`, or `ReasonNeeded` is raised.

    What money drawn from our account takes from a resident who has too little is lent, or `BalanceTooLow` is raised.
    """
    access.check_may(by, "decide_entries", on=on)
    waiting = _locked(entry)
    if waiting is None or waiting.closed_at is not None:
        raise NotWaiting(str(waiting.closed_by or "") if waiting else "")
    if is_doubted(waiting) and not reason.strip():
        raise ReasonNeeded
    _check(entry, parts)
    lines = ledger.suspense_cleared(entry.amount, [(_account(part), part.amount) for part in parts])
    number = _moved(entry, "decision", lines, on=on, by=by)
    WaitingEntry.objects.filter(pk=entry.pk).update(closed_at=Now(), closed_by=by)
    return [_allocate(entry, part, number, by, reason) for part in parts]


def is_doubted(waiting: WaitingEntry) -> bool:
    """Whether a rule kept the entry from being booked by itself for a doubt about the file."""
    reasons = [reason for row in waiting.suggestions if row.get("code") == "why" for reason in row["reasons"]]
    return any(reason["code"] in {CANCELS, LARGE} for reason in reasons)


@transaction.atomic
def take_back(*, entry: Entry, reason: str, on: date, by: User) -> None:
    """What a rule or a person decided was wrong: the money lies in suspense again and the entry waits for a person.

    Nothing is edited: opposite postings and allocations are added. Raises `NothingToTakeBack`, `BalanceTooLow`.
    """
    access.check_may(by, "decide_entries", on=on)
    _locked(entry)
    placed = _placed(entry)
    if not placed:
        raise NothingToTakeBack
    lines = [PostingLine(account, -value) for account, value in placed.items()]
    lines.append(PostingLine(ledger.SUSPENSE, sum(placed.values(), ZERO)))
    _moved(entry, "taken_back", lines, on=on, by=by, reason=reason)
    suggestions = [{"code": "why", "reasons": [{"code": "taken_back", "values": {"reason": reason}, "against": True}]}]
    WaitingEntry.objects.update_or_create(
        pk=entry.pk, defaults={"closed_at": None, "closed_by": None}, create_defaults={"suggestions": suggestions}
    )
    undo_allocations([entry.pk], by=by)
    record(action="entry.taken_back", subject=f"entry:{entry.pk}", by=by, reason=reason)


def _locked(entry: Entry) -> WaitingEntry | None:
    """The entry is held until the end of the transaction, whether it ever waited or not, and its import stays."""
    share("import", entry.statement.imported_by_id)
    hold("entry", entry.pk)
    return WaitingEntry.objects.select_for_update(no_key=True).filter(entry=entry).first()


def _check(entry: Entry, parts: Sequence[Part]) -> None:
    if any(part.amount * entry.amount <= ZERO for part in parts):
        raise PartsDoNotAddUp
    if sum((part.amount for part in parts), ZERO) != entry.amount:
        raise PartsDoNotAddUp
    if any(part.agreement and part.agreement.resident != part.resident for part in parts):
        raise AgreementOfAnother


def _moved(entry: Entry, what: str, lines: Sequence[PostingLine], *, on: date, by: User, reason: str = "") -> int:
    """One journal entry of this entry; its key counts how often this happened to it before."""
    residents = ledger.residents_of(lines)
    lock_residents(residents)
    before = JournalEntry.objects.filter(entry=entry, key__startswith=f"{what}:{entry.pk}:").count()
    key = f"{what}:{entry.pk}:{before + 1}"
    on = booking_day(on, closed_until=closed_until())
    number = post([Movement("allocation", on, key, tuple(lines), entry=entry.pk, reason=reason)], by=by)[0]
    lend_shortfall(residents, on=on, key=key, by=by)
    return number


def _account(part: Part) -> AccountKey:
    return ledger.OWN if part.resident is None else ledger.resident(part.resident.pk)


def _placed(entry: Entry) -> dict[AccountKey, Decimal]:
    """Where the entry's money lies, outside bank and suspense; nothing for what follows our own payments."""
    rows = Posting.objects.filter(journal_entry__entry=entry).select_related("account").order_by("pk")
    moved = [row for row in rows if row.account.kind not in {"bank", "suspense"}]
    if any(row.end_to_end_id for row in moved):
        return {}
    sums: dict[AccountKey, Decimal] = defaultdict(Decimal)
    for row in moved:
        sums[key_of(row.account)] += row.amount
    return {account: value for account, value in sums.items() if value != ZERO}


def undo_allocations(entries: Iterable[int], *, by: User) -> None:
    """Each standing allocation of these entries gets its opposite, which names it and the entry's last movement."""
    rows = list(Allocation.objects.standing().filter(entry__in=list(entries)).order_by("pk"))
    last = JournalEntry.objects.filter(entry__in={row.entry_id for row in rows}).values_list("entry")
    movements = dict(last.annotate(Max("pk")))
    Allocation.objects.bulk_create(
        Allocation(
            entry_id=row.entry_id,
            journal_entry_id=movements[row.entry_id],
            resident_id=row.resident_id,
            agreement_id=row.agreement_id,
            category=row.category,
            amount=-row.amount,
            due_on=row.due_on,
            decided_by=by,
            undoes=row,
        )
        for row in rows
    )


def _allocate(entry: Entry, part: Part, journal_entry: int, by: User, reason: str) -> Allocation:
    agreement, resident = part.agreement, part.resident
    number = resident.pk if resident else None
    why = {"reason": reason} if reason else {}
    record(action="entry.decided", subject=f"entry:{entry.pk}", by=by, resident_id=number, amount=part.amount, **why)
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
