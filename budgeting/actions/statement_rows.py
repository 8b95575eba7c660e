"""The rows a statement becomes: the statement, its days, its entries, and what lay on the account before."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Max

from budgeting.actions.bulk import copy_columns, next_ids, some_at_a_time
from budgeting.actions.known_days import AccountNews
from budgeting.actions.ledger import bank_balance, post
from budgeting.core import ledger
from budgeting.core.days import Day
from budgeting.core.ledger import Movement
from budgeting.core.money import ZERO
from budgeting.core.statement import Entry, Statement
from budgeting.models import BankAccount, StatementDay, StatementImport
from budgeting.models import Entry as EntryRow
from budgeting.models import Statement as StatementRow

NewRow = tuple[int, int, Entry]


def write(attempt: StatementImport, news: AccountNews) -> list[NewRow]:
    """Writes statements, days and entries of one account; returns (entry number, bank account, entry) of each."""
    known_from = StatementDay.objects.standing().filter(bank_account=news.account).order_by("day").first()
    statements = _write_statements(attempt, news)
    counted = _Counted(news)
    days = [_NewDay(statements[id(statement)], day, *counted.next(day)) for statement, day in news.new]
    StatementDay.objects.bulk_create(map(_day_row, days))
    written = _write_entries(news.account, days)
    _book_opening(attempt, news, known_from.day if known_from else None)
    return written


class _NewDay(NamedTuple):
    """A day of a statement: which of its parts it is, and the number of the entry before its first."""

    statement: StatementRow
    day: Day
    part: int
    after: int


class _Counted:
    """How many parts and entries each day has had, those of undone imports included: numbers are never used again."""

    def __init__(self, news: AccountNews) -> None:
        days = {day.day for _, day in news.new}
        parts = StatementDay.objects.filter(bank_account=news.account, day__in=days).values_list("day")
        entries = EntryRow.objects.filter(bank_account=news.account, booking_date__in=days).values_list("booking_date")
        self.parts: dict[date, int] = dict(parts.annotate(Max("part")))
        self.entries: dict[date, int] = dict(entries.annotate(Max("n")))

    def next(self, day: Day) -> tuple[int, int]:
        """The number of the next part of a day, and of the entry before its first."""
        part, after = self.parts.get(day.day, 0) + 1, self.entries.get(day.day, 0)
        self.parts[day.day], self.entries[day.day] = part, after + len(day.entries)
        return part, after


def _write_statements(attempt: StatementImport, news: AccountNews) -> dict[int, StatementRow]:
    """The rows of the statements that bring new days, by identity."""
    bringing = {id(statement): statement for statement, _ in news.new}
    made = [_statement_row(attempt, news.account, statement) for statement in bringing.values()]
    return dict(zip(bringing, StatementRow.objects.bulk_create(made), strict=True))


def _statement_row(attempt: StatementImport, account: BankAccount, statement: Statement) -> StatementRow:
    assert statement.opening is not None
    assert statement.closing is not None
    return StatementRow(
        imported_by=attempt,
        bank_account=account,
        identification=statement.identification[:70],
        sequence=statement.sequence[:20],
        opening=statement.opening.amount,
        closing=statement.closing.amount,
        opening_on=min(statement.opening.on, statement.closing.on),
        closing_on=statement.closing.on,
    )


def _day_row(new: _NewDay) -> StatementDay:
    return StatementDay(
        bank_account_id=new.statement.bank_account_id,
        statement=new.statement,
        day=new.day.day,
        part=new.part,
        opening=new.day.opening,
        closing=new.day.closing,
        entries=len(new.day.entries),
    )


_AS_READ = ("booking_date", "amount", "value_date", "reversal", "remittance", "batch_count", "details")
_TEXTS = (
    ("counterparty_name", 140), ("counterparty_iban", 34), ("structured_reference", 70), ("end_to_end_id", 70),
    ("mandate_id", 70), ("creditor_id", 70), ("batch_id", 70), ("bank_reference", 70), ("return_reason", 10),
    ("bank_code", 30), ("proprietary_code", 70),
)  # fmt: skip


def _write_entries(account: BankAccount, days: Sequence[_NewDay]) -> list[NewRow]:
    """Writes the entries of all days: a statement of a year has many days with few entries each."""
    entries = [entry for new in days for entry in new.day.entries]
    statements = [new.statement.pk for new in days for _ in new.day.entries]
    places = [n for new in days for n, _ in enumerate(new.day.entries, new.after + 1)]
    numbers = next_ids("entry", len(entries)) if entries else []
    for some in some_at_a_time(range(len(entries))):
        few = slice(some[0], some[-1] + 1)
        _copy_entries(account, numbers[few], statements[few], places[few], entries[few])
    return [(number, account.pk, entry) for number, entry in zip(numbers, entries, strict=True)]


def _copy_entries(
    account: BankAccount, numbers: Sequence[int], statements: Sequence[int], places: Sequence[int],
    entries: Sequence[Entry],
) -> None:  # fmt: skip
    columns: dict[str, Sequence[object]] = {
        "id": numbers,
        "statement_id": statements,
        "bank_account_id": [account.pk] * len(entries),
        "n": places,
        "place": _cut(entries, "where", 100),
    }
    columns |= {name: list(map(attrgetter(name), entries)) for name in _AS_READ}
    columns |= {name: _cut(entries, name, width) for name, width in _TEXTS}
    copy_columns("entry", columns)


def _cut(entries: Sequence[Entry], name: str, width: int) -> list[str]:
    """One text of each entry, as far as its column has room for it."""
    texts = list(map(attrgetter(name), entries))
    return [text[:width] for text in texts] if max(map(len, texts), default=0) > width else texts


def _book_opening(attempt: StatementImport, news: AccountNews, known_from: date | None) -> None:
    """What lay on the account before its first known day is the town's own, until a person says whose it is.

    An earlier period that comes in later changes what that was. Days that come after known ones change nothing here:
    should books and bank then differ, that must be seen (I-2), not smoothed over.
    """
    if not news.new or (known_from is not None and news.new[0][1].day > known_from):
        return
    last = StatementDay.objects.standing().filter(bank_account=news.account).order_by("day", "part").last()
    assert last is not None
    brought = sum((entry.amount for _, day in news.new for entry in day.entries), ZERO)
    value: Decimal = last.closing - bank_balance(news.account.pk) - brought
    if value != ZERO:
        lines = ledger.moved(value, debit=ledger.bank(news.account.pk), credit=ledger.OWN)
        key = f"opening:{news.account.pk}:{attempt.pk}"
        post([Movement("opening", news.new[0][1].day, key, lines)], by=None)
