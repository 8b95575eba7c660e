"""Takes in a bank's statements: each booking day of each account once ever, a file whole or not at all."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from budgeting.actions.audit import record
from budgeting.actions.closing import keep_open
from budgeting.actions.known_days import AccountNews, news_of
from budgeting.actions.recognition import book_entries
from budgeting.actions.statement_rows import write
from budgeting.core.iban import is_account
from budgeting.core.readers import read
from budgeting.core.statement import Balance, Problem, Reading, Statement, check
from budgeting.models import BankAccount, StatementFile, StatementImport, User

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file. `status`: imported, already_imported, held or refused; amounts in euro.

    `entry_ids` are the rows made now; `booked` of them found their place, `suspense` wait for a person.
    """

    status: str
    format: str = ""
    version: str = ""
    problems: tuple[Problem, ...] = ()
    entries: int = 0
    new: int = 0
    known: int = 0
    booked: int = 0
    suspense: int = 0
    opening: Decimal | None = None
    closing: Decimal | None = None
    accounts: tuple[str, ...] = ()
    entry_ids: tuple[int, ...] = ()
    attempt_id: int | None = None


def import_statement(
    *,
    data: bytes,
    name: str,
    by: User | None,
    on: date,
    account: str = "",
    balances: tuple[Balance, Balance] | None = None,
) -> ImportResult:
    """Imports one file. `account`: the IBAN expected, if any; `balances`: opening and closing for formats without.

    *Refused* (no statement, another account) keeps nothing; *held* (does not balance, a gap, other content for a known
    day) keeps the bytes and books nothing; *already imported* adds nothing. Two imports at once wait for each other.
    """
    reading = _with_balances(read(data, on=on), balances, on)
    ours = _our_statements(reading, account)
    refusals = [problem for problem in reading.problems if problem.severity == "refuse"] + ours.problems
    if refusals:
        entries = sum(len(statement.entries) for statement in reading.statements)
        return ImportResult(REFUSED, reading.format, reading.version, tuple(refusals), entries=entries)
    with transaction.atomic():
        _lock(ours.statements)
        sound = reading.severity != "hold"
        news = [news_of(row, statements, sound=sound) for row, statements in ours.statements.items()]
        return _keep(data, name, reading, news, by=by)


@dataclass(slots=True)
class _Ours:
    statements: dict[BankAccount, list[Statement]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _with_balances(reading: Reading, balances: tuple[Balance, Balance] | None, on: date) -> Reading:
    """The typed-in balances go to a single statement that has none of its own, which is then held to them."""
    if balances is None or len(reading.statements) != 1 or reading.statements[0].balances is not None:
        return reading
    filled = replace(reading.statements[0], opening=balances[0], closing=balances[1])
    others = [problem for problem in reading.problems if problem.code not in {"balance_missing", "does_not_balance"}]
    return replace(reading, statements=(filled,), problems=(*others, *check(filled, on=on)))


def _our_statements(reading: Reading, expected: str) -> _Ours:
    """The statements by account of ours; one of another account refuses the whole file."""
    accounts = list(BankAccount.objects.filter(iban=expected) if expected else BankAccount.objects.all())
    ours = _Ours()
    for statement in reading.statements:
        row = next((row for row in accounts if is_account(statement.account, row.iban)), None)
        if row is None:
            values = {"account": statement.account, "expected": expected}
            ours.problems.append(Problem("another_account", statement.identification, values))
        else:
            ours.statements.setdefault(row, []).append(statement)
    return ours


def _lock(accounts: Iterable[BankAccount]) -> None:
    """One import an account at a time; in the order of their numbers, so that two never wait for each other."""
    numbers = [account.pk for account in accounts]
    list(BankAccount.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk").values("pk"))
    keep_open()


def _keep(data: bytes, name: str, reading: Reading, news: list[AccountNews], *, by: User | None) -> ImportResult:
    """Keeps the bytes and the attempt, and books the new days unless something holds the file."""
    held = [problem for problem in reading.problems if problem.severity == "hold"]
    held += [problem for account in news for problem in account.problems]
    new = 0 if held else sum(len(day.entries) for account in news for _, day in account.new)
    days = 0 if held else sum(len(account.new) for account in news)
    status = "held" if held else "imported" if days else "already_imported"
    result = _counted(ImportResult(status, reading.format, reading.version, tuple(held), new=new), reading, news)
    attempt = _keep_attempt(data, name, result, by=by)
    rows = [row for account in news for row in write(attempt, account)] if status == "imported" else []
    booked = book_entries(rows, by=by)
    digest = attempt.file.sha256
    record(
        action=f"statement.{status}", subject=f"import:{attempt.pk}", by=by, file=digest, new=new, known=result.known
    )
    numbers = tuple(number for number, _, _ in rows)
    return replace(result, booked=booked, suspense=len(rows) - booked, entry_ids=numbers, attempt_id=attempt.pk)


def _counted(result: ImportResult, reading: Reading, news: list[AccountNews]) -> ImportResult:
    ordered = [statement for account in news for statement in account.statements]
    first, last = ordered[0].opening, ordered[-1].closing
    return replace(
        result,
        entries=sum(len(statement.entries) for statement in reading.statements),
        known=sum(account.known for account in news),
        opening=first.amount if first else None,
        closing=last.amount if last else None,
        accounts=tuple(account.account.iban for account in news),
    )


def _keep_attempt(data: bytes, name: str, result: ImportResult, *, by: User | None) -> StatementImport:
    digest = hashlib.sha256(data).hexdigest()
    file = StatementFile.objects.filter(sha256=digest).defer("content").first()
    if file is None:
        file = StatementFile.objects.create(
            sha256=digest, name=name[:255], size=len(data), content=data, received_by=by
        )
    problems = [{"code": p.code, "where": p.where, "values": dict(p.values)} for p in result.problems]
    counts = {"entries": result.entries, "new": result.new, "known": result.known}
    return StatementImport.objects.create(
        file=file, status=result.status, format=result.format, version=result.version, problems=problems, tried_by=by,
        **counts,
    )  # fmt: skip
