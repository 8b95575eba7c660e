"""Writes movements to the books and says what the books hold."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import psycopg
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from budgeting.actions.audit import record
from budgeting.actions.bulk import copy_rows, next_ids
from budgeting.actions.closing import closed_until
from budgeting.actions.endings import end_again
from budgeting.actions.locks import hold
from budgeting.core import ledger
from budgeting.core.closing import booking_day
from budgeting.core.ledger import AccountKey, Movement, PostingLine
from budgeting.core.money import ZERO
from budgeting.models import JournalEntry, LedgerAccount, Posting, Resident, User
from budgeting.models.among import among

_PURSES = frozenset({"resident", "advance"})
_OWNER_FIELD = {"bank": "bank_account_id", "resident": "resident_id", "advance": "resident_id"}


# What a bank, a release or an answer of the bank did is not undone here: books and bank, or books and orders, would
# part. `entries.take_back` puts such money in suspense again.
REVERSIBLE = frozenset({"allocation", "advance", "repayment", "write_off"})


class AlreadyReversed(ValueError):
    """The journal entry was reversed before."""


class MayNotBeReversed(ValueError):
    """A movement of this kind follows from something outside the books."""


class BalanceTooLow(ValueError):
    """A resident's money would fall below zero by more than may be lent."""

    def __init__(self, resident_id: int, lacking: Decimal) -> None:
        super().__init__(f"resident {resident_id} lacks {lacking}")
        self.resident_id = resident_id
        self.lacking = lacking


class MonthIsClosed(ValueError):
    """The day of a movement lies in a month that is closed; `budgeting.actions.closing` says until when."""


@transaction.atomic
def post(movements: Sequence[Movement], *, by: User | None) -> list[int]:
    """Writes and seals the movements; returns their journal entry numbers, in order. All or nothing.

    Raises `MonthIsClosed`. Money for who has ended makes that participation end once more.
    """
    if not movements:
        return []
    ids = next_ids("journal_entry", len(movements))
    accounts = account_numbers({line.account for movement in movements for line in movement.lines})
    end_again({line.account.owner for move in movements for line in move.lines if line.account.kind in _PURSES}, by=by)
    try:
        copy_rows("journal_entry", _JOURNAL_COLUMNS, _journal_rows(ids, movements, by))
    except psycopg.IntegrityError as error:
        if error.diag.constraint_name != "month_is_closed":
            raise
        raise MonthIsClosed(str(min(move.booked_on for move in movements))) from error
    copy_rows("posting", _POSTING_COLUMNS, _posting_rows(ids, movements, accounts))
    copy_rows("journal_seal", ("journal_entry_id",), ((number,) for number in ids))
    return ids


@transaction.atomic
def reverse(*, journal_entry: JournalEntry, reason: str, by: User | None, on: date) -> int:
    """Books the exact opposite of a journal entry, dated `on` or the first open day after; says which it reverses.

    A second time raises `AlreadyReversed`, another kind of movement `MayNotBeReversed`. What a resident's balance then
    lacks is lent, or `BalanceTooLow` is raised when it may not.
    """
    if journal_entry.kind not in REVERSIBLE:
        raise MayNotBeReversed(journal_entry.kind)
    hold("reverse", journal_entry.pk)
    if JournalEntry.objects.filter(reverses=journal_entry).exists():
        raise AlreadyReversed(journal_entry.key)
    lines = ledger.reversed_lines(lines_of(journal_entry))
    residents = ledger.residents_of(lines)
    lock_residents(residents)
    key = f"reverse:{journal_entry.pk}"
    on = booking_day(on, closed_until=closed_until())
    opposite = Movement("reversal", on, key, lines, journal_entry.entry_id, journal_entry.pk, reason)
    number = post([opposite], by=by)[0]
    lend_shortfall(residents, on=on, key=key, by=by)
    record(action="journal.reversed", subject=f"journal:{journal_entry.pk}", by=by, reason=reason, key=key)
    return number


def lend_shortfall(residents: Iterable[int], *, on: date, key: str, by: User | None) -> None:
    """After money was taken from locked residents: what a balance lacks is lent, within the limit, or `BalanceTooLow`.

    `key` is that of the movement which took the money.
    """
    lacking = {number: -value for number, value in resident_balances(residents).items() if value < ZERO}
    limits = dict(Resident.objects.filter(pk__in=lacking).values_list("pk", "advance_limit"))
    for number, used in advances_used(lacking).items():
        if used + lacking[number] > limits[number]:
            raise BalanceTooLow(number, lacking[number])
    lent = [
        Movement("advance", on, f"lent:{number}:{key}", ledger.given(number, value))
        for number, value in lacking.items()
    ]
    post(lent, by=by)


def lines_of(journal_entry: JournalEntry) -> list[PostingLine]:
    """The lines of a journal entry as they were posted."""
    postings = Posting.objects.filter(journal_entry=journal_entry).select_related("account").order_by("pk")
    return [PostingLine(key_of(posting.account), posting.amount, posting.end_to_end_id) for posting in postings]


def key_of(account: LedgerAccount) -> AccountKey:
    """The core's name of a ledger account."""
    return AccountKey(account.kind, account.bank_account_id or account.resident_id)


def account_numbers(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """The ledger accounts of the keys; those that are new are made."""
    wanted = set(keys)
    found = _known(wanted)
    if missing := wanted - found.keys():
        LedgerAccount.objects.bulk_create(map(_new_account, sorted(missing, key=str)), ignore_conflicts=True)
        found |= _known(missing)
    return found


def resident_balances(residents: Iterable[int]) -> dict[int, Decimal]:
    """What we hold for each resident, in euro, from the postings."""
    return {number: ledger.balance(total) for number, total in _sums("resident", residents).items()}


def advances_used(residents: Iterable[int]) -> dict[int, Decimal]:
    """What each resident was lent and has not paid back, in euro."""
    return _sums("advance", residents)


def bank_balance(bank_account: int) -> Decimal:
    """What the books say is on a bank account."""
    return LedgerAccount.objects.filter(kind="bank", bank_account=bank_account).totals().first() or ZERO


@transaction.atomic
def keep_sums() -> int:
    """Keeps as sums what was posted on the town's own accounts since the last time; returns how many sums are new.

    No sum when somebody is in the middle of a booking: nobody waits for this, and the next time is as good.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('closing'), 0)")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT keep_sums()")
        return int(cursor.fetchone()[0])


def lock_residents(residents: Iterable[int]) -> None:
    """Holds the residents' money for this transaction, always in the same order, so that no two spend it at once."""
    rows = Resident.objects.select_for_update(no_key=True).filter(among("pk", list(residents)))
    list(rows.order_by("pk").values("pk"))


_JOURNAL_COLUMNS = ("id", "kind", "booked_on", "key", "entry_id", "reverses_id", "reason", "made_by_id")
_POSTING_COLUMNS = ("journal_entry_id", "account_id", "amount", "end_to_end_id")


def _journal_rows(ids: list[int], movements: Sequence[Movement], by: User | None) -> Iterable[tuple[object, ...]]:
    maker = by.pk if by else None
    for number, move in zip(ids, movements, strict=True):
        yield number, move.kind, move.booked_on, move.key, move.entry, move.reverses, move.reason, maker


def _posting_rows(
    ids: list[int], movements: Sequence[Movement], accounts: dict[AccountKey, int]
) -> Iterable[tuple[object, ...]]:
    for number, move in zip(ids, movements, strict=True):
        for line in move.lines:
            yield number, accounts[line.account], line.amount, line.reference


def _known(keys: set[AccountKey]) -> dict[AccountKey, int]:
    owners = {key.owner for key in keys if key.owner is not None}
    of_nobody = Q(resident__isnull=True, bank_account__isnull=True)
    rows = LedgerAccount.objects.filter(among("resident", owners) | among("bank_account", owners) | of_nobody)
    # Plain rows: a payday books for every resident.
    told = rows.values_list("kind", Coalesce("bank_account", "resident"), "pk")
    return {key: number for kind, owner, number in told if (key := AccountKey(kind, owner)) in keys}


def _new_account(key: AccountKey) -> LedgerAccount:
    owner = {_OWNER_FIELD[key.kind]: key.owner} if key.owner is not None else {}
    return LedgerAccount(kind=key.kind, **owner)


def _sums(kind: str, residents: Iterable[int]) -> dict[int, Decimal]:
    wanted = list(residents)
    postings = Posting.objects.filter(among("account__resident", wanted), account__kind=kind)
    found = dict(postings.values_list("account__resident").annotate(total=Sum("amount")))
    return {number: found.get(number, ZERO) for number in wanted}
