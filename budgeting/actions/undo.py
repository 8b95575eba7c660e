"""Undoes an import: every entry of it is reversed, its days may come in again. Only the latest, only unspent."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models.functions import Now

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.closing import closed_until, keep_open
from budgeting.actions.entries import undo_allocations
from budgeting.actions.ledger import BalanceTooLow, key_of, lock_residents, post, resident_balances
from budgeting.actions.locks import hold
from budgeting.core.ledger import AccountKey, Movement, PostingLine
from budgeting.core.money import ZERO
from budgeting.models import BankAccount, ImportUndo, Posting, StatementDay, StatementImport, User, WaitingEntry


class CannotUndo(Exception):
    """Why an import stays. `reason`: `nothing_imported`, `already_undone`, `not_the_latest`, `settled_payments`,
    `month_is_closed`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def undo_import(*, attempt: StatementImport, reason: str, on: date, by: User) -> int:
    """Reverses all entries of an import, dated `on`; returns how many. Raises `CannotUndo`.

    What was paid out since cannot be taken back: a balance below zero raises `BalanceTooLow`, nothing is changed.
    """
    access.check_may(by, "import_statements", on=on)
    _lock(attempt)
    _check(attempt)
    entries = _postings(attempt)
    residents = {key.owner for lines in entries.values() for key in lines if key.kind == "resident"}
    lock_residents(number for number in residents if number is not None)
    post([_reversal(number, lines, on, reason) for number, lines in entries.items()], by=by)
    _check_balances(number for number in residents if number is not None)
    undo_allocations(entries, by=by)
    WaitingEntry.objects.filter(pk__in=entries, closed_at=None).update(closed_at=Now(), closed_by=by)
    ImportUndo.objects.create(attempt=attempt, reason=reason, undone_on=on, undone_by=by)
    record(action="statement.undone", subject=f"import:{attempt.pk}", by=by, reason=reason, entries=len(entries))
    return len(entries)


def _lock(attempt: StatementImport) -> None:
    """No import or undo of these accounts at the same time, and no decision about an entry of this one."""
    accounts = BankAccount.objects.filter(statements__imported_by=attempt).values("pk")
    list(BankAccount.objects.filter(pk__in=accounts).select_for_update(no_key=True).order_by("pk"))
    hold("import", attempt.pk)
    keep_open()


def _check(attempt: StatementImport) -> None:
    if attempt.status != StatementImport.Status.IMPORTED:
        raise CannotUndo("nothing_imported")
    if ImportUndo.objects.filter(attempt=attempt).exists():
        raise CannotUndo("already_undone")
    until = closed_until()
    if until and StatementDay.objects.filter(statement__imported_by=attempt, day__lt=until).exists():
        raise CannotUndo("month_is_closed")
    for account in BankAccount.objects.filter(statements__imported_by=attempt).distinct():
        last = StatementDay.objects.standing().filter(bank_account=account).order_by("day", "part").last()
        if last is None or last.statement.imported_by_id != attempt.pk:
            raise CannotUndo("not_the_latest")


def _postings(attempt: StatementImport) -> dict[int, dict[AccountKey, Decimal]]:
    """Where the money of each entry lies now; an entry that settled a payment of ours keeps its import."""
    rows = Posting.objects.filter(journal_entry__entry__statement__imported_by=attempt)
    found: dict[int, dict[AccountKey, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    related = rows.select_related("account", "journal_entry").order_by("journal_entry__entry", "pk")
    for posting in related.iterator(chunk_size=5000):
        if posting.end_to_end_id:
            raise CannotUndo("settled_payments")
        entry = posting.journal_entry.entry_id
        assert entry is not None
        found[entry][key_of(posting.account)] += posting.amount
    return found


def _reversal(entry: int, lines: dict[AccountKey, Decimal], on: date, reason: str) -> Movement:
    back = tuple(PostingLine(account, -value) for account, value in lines.items() if value != ZERO)
    return Movement("reversal", on, f"undo:{entry}", back, entry=entry, reason=reason)


def _check_balances(residents: Iterable[int]) -> None:
    for number, value in resident_balances(residents).items():
        if value < ZERO:
            raise BalanceTooLow(number, -value)
