"""Books new entries: what is certain where it belongs, everything else in suspense, waiting for a person."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.db import connection

from budgeting.actions.agreement_facts import index_around
from budgeting.actions.bulk import copy_columns, copy_rows, some_at_a_time
from budgeting.actions.ledger import post
from budgeting.core import ledger
from budgeting.core.ledger import AccountKey, Movement
from budgeting.core.matching import RULE_VERSION, Candidate, Index, Match, Reason, match
from budgeting.core.money import ZERO
from budgeting.core.statement import Entry
from budgeting.models import User

OWN_ID_RULE = "own id 1"
NewRow = tuple[int, int, Entry]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry's money goes and why; `suggestions` are for a person when it goes to suspense."""

    account: AccountKey
    resident: int | None = None
    agreement: int | None = None
    category: str = ""
    reference: str = ""
    rule: str = ""
    reasons: tuple[Reason, ...] = ()
    suggestions: tuple[Mapping[str, object], ...] = ()


def book_entries(rows: Sequence[NewRow], *, by: User | None, doubted: Mapping[int, str] | None = None) -> int:
    """Books the new entries (number, bank account, entry); returns how many found their place without a person.

    `doubted`: entries, by identity, that no rule may book by itself, with the code of why (`core.doubts`).
    """
    entries = [entry for _, _, entry in rows]
    own = _own_places(entries)
    index = index_around([entry for number, entry in enumerate(entries) if number not in own])
    why, booked = doubted or {}, 0
    for numbered in some_at_a_time(list(enumerate(rows))):
        places = [
            own.pop(number) if number in own else _matched(index, row[2], why.get(id(row[2]), ""))
            for number, row in numbered
        ]
        booked += _booked([row for _, row in numbered], places, by)
    return booked


def _booked(rows: Sequence[NewRow], places: Sequence[Place], by: User | None) -> int:
    numbers = post([_movement(row, place) for row, place in zip(rows, places, strict=True)], by=by)
    _keep_allocations(rows, places, numbers)
    _keep_waiting(rows, places)
    return sum(place.account != ledger.SUSPENSE for place in places)


def plain_reasons(reasons: Iterable[Reason]) -> list[dict[str, object]]:
    """Reasons as JSON can keep them."""
    return [
        {"code": reason.code, "values": {k: str(v) for k, v in reason.values.items()}, "against": reason.against}
        for reason in reasons
    ]


def _movement(row: NewRow, place: Place) -> Movement:
    number, bank_account, entry = row
    lines = ledger.entry_booked(bank_account, entry.amount, [(place.account, entry.amount)], place.reference)
    return Movement("entry", entry.booking_date, f"entry:{number}", lines, entry=number)


def _own_places(entries: Sequence[Entry]) -> dict[int, Place]:
    """Our own payments, then what came back: whatever the order of the lines, nothing comes back before it went."""
    ours = _OwnIds(entries)
    ordered = sorted(range(len(entries)), key=lambda number: entries[number].amount > ZERO)
    return {number: place for number in ordered if (place := ours.place(entries[number]))}


def _matched(index: Index, entry: Entry, doubt: str) -> Place:
    """A certain match goes to its resident. Money that others draw from our account never does by itself."""
    found = match(index, entry)
    if doubt:
        why = Reason(doubt, {"amount": abs(entry.amount)}, against=True)
        return Place(ledger.SUSPENSE, reasons=(why, *found.reasons), suggestions=_suggestions(found, why))
    if found.outcome == "certain" and entry.amount > 0:
        return _of_agreement(found.candidates[0])
    if found.doubt is not None and not found.plans and not found.doubt.values:
        return _waits(found.doubt.code, against=found.doubt.against)
    return Place(ledger.SUSPENSE, reasons=found.reasons, suggestions=_suggestions(found))


@lru_cache(maxsize=64)
def _waits(code: str, *, against: bool) -> Place:
    """The place of entries of which no more can be said than this; a file brings thousands of them."""
    reasons = (Reason(code, against=against),)
    return Place(ledger.SUSPENSE, reasons=reasons, suggestions=({"code": "why", "reasons": plain_reasons(reasons)},))


def _of_agreement(chosen: Candidate) -> Place:
    facts = chosen.plan.facts
    resident = int(facts.resident)
    account = ledger.resident(resident)
    return Place(account, resident, int(facts.id), facts.category, "", RULE_VERSION, chosen.reasons)


def _suggestions(found: Match, *doubts: Reason) -> tuple[Mapping[str, object], ...]:
    why = {"code": "why", "reasons": plain_reasons((*doubts, *found.reasons))}
    candidates = (
        {"agreement": candidate.agreement_id, "score": candidate.score, "reasons": plain_reasons(candidate.reasons)}
        for candidate in found.candidates
    )
    return (why, *candidates)


class _OwnIds:
    """Entries that carry an end-to-end id of ours: what is in transit under it is settled, or comes back (I-25)."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        ids = {entry.end_to_end_id for entry in entries if entry.end_to_end_id}
        self.in_transit: dict[str, Decimal] = defaultdict(Decimal)
        self.owners: dict[str, int] = {}
        self.paid: dict[str, Decimal] = {}
        for end_to_end_id, kind, owner, amount in _postings_of(ids):
            self._take(end_to_end_id, AccountKey(kind, owner), amount)

    def _take(self, end_to_end_id: str, account: AccountKey, value: Decimal) -> None:
        if account == ledger.IN_TRANSIT:
            self.in_transit[end_to_end_id] -= value
        elif account.kind == "resident" and account.owner is not None and value > 0:
            self.owners[end_to_end_id] = account.owner
            self.paid[end_to_end_id] = value
        elif account.kind == "resident":
            self.paid.pop(end_to_end_id, None)

    def place(self, entry: Entry) -> Place | None:
        """In transit for our own payment, the resident for one that came back; None when the id is not ours."""
        found = entry.end_to_end_id
        if found not in self.owners:
            return None
        if entry.amount < 0 and self.in_transit[found] == -entry.amount:
            self.in_transit[found] = ZERO
            return self._certain(entry, ledger.IN_TRANSIT, "own_payment")
        if entry.amount > 0 and self.in_transit[found] == ZERO and self.paid.get(found) == entry.amount:
            del self.paid[found]
            return self._certain(entry, ledger.resident(self.owners[found]), "own_payment_returned")
        return Place(ledger.SUSPENSE, reasons=(Reason("own_id_other_amount", {"id": found}, against=True),))

    def _certain(self, entry: Entry, account: AccountKey, code: str) -> Place:
        values = {"id": entry.end_to_end_id, "reason": entry.return_reason}
        owner = self.owners[entry.end_to_end_id]
        return Place(account, owner, None, "", entry.end_to_end_id, OWN_ID_RULE, (Reason(code, values),))


def _postings_of(ids: set[str]) -> list[tuple[str, str, int | None, Decimal]]:
    """Id, kind and owner of the account, and amount of every posting under these ids, as they were made.

    The ids go as one value: a statement brings thousands, nearly all of them other people's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.end_to_end_id, l.kind, coalesce(l.resident_id, l.bank_account_id), p.amount
               FROM posting p JOIN ledger_account l ON l.id = p.account_id
               WHERE p.end_to_end_id = ANY(%s) ORDER BY p.id""",
            [sorted(ids)],
        )
        return list(cursor.fetchall())


def _keep_allocations(rows: Sequence[NewRow], places: Sequence[Place], numbers: Sequence[int]) -> None:
    columns = (
        "entry_id", "journal_entry_id", "resident_id", "agreement_id", "category", "amount", "due_on", "rule_version",
        "reasons", "decided_by_id",
    )  # fmt: skip
    chosen = [
        (row[0], number, place.resident, place.agreement, place.category, row[2].amount, row[2].booking_date,
         place.rule, json.dumps(plain_reasons(place.reasons)), None)
        for row, place, number in zip(rows, places, numbers, strict=True)
        if place.account != ledger.SUSPENSE
    ]  # fmt: skip
    copy_rows("allocation", columns, chosen)


def _keep_waiting(rows: Sequence[NewRow], places: Sequence[Place]) -> None:
    waiting = [(row[0], place) for row, place in zip(rows, places, strict=True) if place.account == ledger.SUSPENSE]
    # Most entries share their place, so that one text serves them all.
    texts = {id(place): _suggested(place) for place in {id(place): place for _, place in waiting}.values()}
    columns: dict[str, Sequence[object]] = {
        "entry_id": [number for number, _ in waiting],
        "suggestions": [texts[id(place)] for _, place in waiting],
    }
    copy_columns("waiting_entry", columns)


def _suggested(place: Place) -> str:
    return json.dumps(list(place.suggestions) or [{"code": "why", "reasons": plain_reasons(place.reasons)}])
