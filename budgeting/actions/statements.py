"""Takes in a bank's statements: each booking day of each account once ever, a file whole or not at all."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from budgeting.actions.audit import record
from budgeting.actions.closing import keep_open
from budgeting.actions.known_days import AccountNews, news_of
from budgeting.actions.recognition import book_entries
from budgeting.actions.statement_rows import write
from budgeting.core import doubts
from budgeting.core.collecting import many_objects
from budgeting.core.iban import is_account
from budgeting.core.money import ZERO
from budgeting.core.readers import read
from budgeting.core.sequences import Numbered, jumps
from budgeting.core.statement import Balance, Problem, Reading, Statement, check
from budgeting.models import BankAccount, StatementFile, StatementImport, Town, User
from budgeting.models import Statement as StatementRow

REFUSED = "refused"
# How many earlier statements show how a bank counts: two weeks of booking days.
LAST = 10


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file. `status`: imported, already_imported, held or refused; amounts in euro.

    `problems` are what held or refused it, then what is only to be known (severity "note"). `came_in` and `went_out`
    are the new entries' sums, both unsigned. `entry_ids` are the rows made now; `booked` of them found their place,
    `suspense` wait for a person.
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
    came_in: Decimal = ZERO
    went_out: Decimal = ZERO
    opening: Decimal | None = None
    closing: Decimal | None = None
    accounts: tuple[str, ...] = ()
    entry_ids: tuple[int, ...] = ()
    attempt_id: int | None = None


@many_objects()
def import_statement(
    *,
    data: bytes,
    name: str,
    by: User | None,
    on: date,
    account: str = "",
    balances: tuple[Decimal, Decimal] | None = None,
    despite: Collection[str] = (),
) -> ImportResult:
    """Imports one file. `account`: the IBAN expected, if any; `balances`: opening and closing for formats without;
    `despite`: codes of what would hold the file, which a person answers for (`core.held`).

    *Refused* (no statement, another account) keeps nothing; *held* (does not balance, a gap, other content for a known
    day) keeps the bytes and books nothing; *already imported* adds nothing. Two imports at once wait for each other.
    """
    reading = _answered_for(_with_balances(read(data, on=on), balances, on), despite)
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


def _with_balances(reading: Reading, balances: tuple[Decimal, Decimal] | None, on: date) -> Reading:
    """The typed-in balances go to a single statement that lacks one of its own, which is then held to both.

    They are of its first and last booking day; a balance the bank does give must be the one typed in.
    """
    if balances is None or len(reading.statements) != 1 or reading.statements[0].balances is not None:
        return reading
    one = reading.statements[0]
    days = [entry.booking_date for entry in one.entries] or [on]
    typed = (Balance(balances[0], min(days)), Balance(balances[1], max(days)))
    said = (one.opening or typed[0], one.closing or typed[1])
    filled = replace(one, opening=typed[0], closing=replace(typed[1], on=said[1].on))
    others = [problem for problem in reading.problems if problem.code not in {"balance_missing", "does_not_balance"}]
    others += [
        _other_balance(bank, person) for bank, person in zip(said, typed, strict=True) if bank.amount != person.amount
    ]
    return replace(reading, statements=(filled,), problems=(*others, *check(filled, on=on)))


def _other_balance(bank: Balance, person: Balance) -> Problem:
    values = {"said": str(bank.amount), "typed": str(person.amount)}
    return Problem("typed_balance_differs", bank.on.isoformat(), values, "hold")


def _answered_for(reading: Reading, despite: Collection[str]) -> Reading:
    """What a person answers for is only to be known."""
    problems = (
        replace(one, severity="note") if one.severity == "hold" and one.code in despite else one
        for one in reading.problems
    )
    return replace(reading, problems=tuple(problems)) if despite else reading


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
    notes = [problem for problem in reading.problems if problem.severity == "note"]
    notes += [jump for account in news if status == "imported" for jump in _jumps(account)]
    told = (*held, *notes)
    result = _counted(ImportResult(status, reading.format, reading.version, told, new=new), reading, news)
    attempt = _keep_attempt(data, name, result, by=by)
    rows = [row for account in news for row in write(attempt, account)] if status == "imported" else []
    booked = book_entries(rows, by=by, doubted=_doubted(reading, news) if rows else {})
    digest = attempt.file.sha256
    record(
        action=f"statement.{status}", subject=f"import:{attempt.pk}", by=by, file=digest, new=new, known=result.known
    )
    numbers = tuple(number for number, _, _ in rows)
    return replace(result, booked=booked, suspense=len(rows) - booked, entry_ids=numbers, attempt_id=attempt.pk)


def _jumps(account: AccountNews) -> Iterable[Problem]:
    """Numbers that the bank left out since the last statements before these."""
    new = {id(statement): statement for statement, _ in account.new}.values()
    told = [Numbered(one.sequence, one.closing.on) for one in new if one.closing]
    rows = StatementRow.objects.filter(bank_account=account.account, imported_by__undone=None)
    rows = rows.filter(closing_on__lt=told[0].closing_on) if told else rows.none()
    last = rows.order_by("-closing_on", "-pk").values_list("sequence", "closing_on")[:LAST]
    return jumps([Numbered(*row) for row in reversed(last)], told)


def _doubted(reading: Reading, news: Sequence[AccountNews]) -> Mapping[int, str]:
    """Entries (by identity) that no rule may book by itself, with why; only MT940 has such."""
    if doubts.FORMAT not in f"{reading.format} {reading.version}":
        return {}
    large = Town.objects.values_list("order_limit", flat=True).first() or Town().order_limit
    return {
        id(entry): why
        for account in news
        for statement in account.statements
        for entry, why in doubts.doubted(statement, large=large)
    }


def _counted(result: ImportResult, reading: Reading, news: list[AccountNews]) -> ImportResult:
    ordered = [statement for account in news for statement in account.statements]
    first, last = ordered[0].opening, ordered[-1].closing
    moved = [entry.amount for account in news for _, day in account.new for entry in day.entries] if result.new else []
    return replace(
        result,
        entries=sum(len(statement.entries) for statement in reading.statements),
        known=sum(account.known for account in news),
        came_in=sum((value for value in moved if value > 0), ZERO),
        went_out=-sum((value for value in moved if value < 0), ZERO),
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
    problems = [
        {"code": p.code, "where": p.where, "values": dict(p.values), "severity": p.severity} for p in result.problems
    ]
    counts = {"entries": result.entries, "new": result.new, "known": result.known}
    return StatementImport.objects.create(
        file=file, status=result.status, format=result.format, version=result.version, problems=problems, tried_by=by,
        **counts,
    )  # fmt: skip
