"""Imports bank files into the books: each booking day once ever, a file whole or not at all."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accessibility.problems import told
from backend.management.commands.read_statements import euro, problem_answer
from budgeting.actions.ledger import bank_balance
from budgeting.actions.statements import REFUSED, ImportResult
from budgeting.core.iban import normalise
from budgeting.core.statement import Problem
from budgeting.models import BankAccount, StatementDay
from payments.actions.settle import take_in_statement


class Command(BaseCommand):
    help = "Imports bank files; exit code 1 when one was held or refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--account", default="", help="the IBAN the files must be of")
        parser.add_argument("--on", type=date.fromisoformat, help="the day of import, today when left out")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        on = options["on"] or timezone.localdate()
        account = normalise(options["account"])
        _register(account)
        results = [(name, _take_in(name, account, on)) for name in options["files"]]
        tie_out = _tie_out(account, results)
        if options["json"]:
            self.stdout.write(json.dumps({"files": [_answer(*pair) for pair in results], "tie_out": tie_out}))
        else:
            self.stdout.write("\n".join(line for pair in results for line in _lines(*pair)))
            self.stdout.write("bank {bank}  books {books}  difference {difference}".format(**tie_out))
        if any(result.status in {REFUSED, "held"} for _, result in results):
            sys.exit(1)


def _register(account: str) -> None:
    """The account expected must be one of the municipality; outside production it becomes one."""
    if not account or BankAccount.objects.filter(iban=account).exists():
        return
    if settings.PRODUCTION:
        raise CommandError(f"{account} is not an account of this municipality: register it first.")
    BankAccount.objects.create(iban=account[:34], name=settings.MUNICIPALITY)


def _take_in(name: str, account: str, on: date) -> ImportResult:
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        return ImportResult(REFUSED, problems=(Problem("cannot_open", name, {"why": error.strerror or ""}),))
    return take_in_statement(data=data, name=Path(name).name, by=None, on=on, account=account).result


def _tie_out(account: str, results: list[tuple[str, ImportResult]]) -> dict[str, str]:
    """Bank and books of the accounts these files are about, added up."""
    ibans = {account} if account else {iban for _, result in results for iban in result.accounts}
    rows = BankAccount.objects.filter(iban__in=ibans)
    books = sum(bank_balance(row.pk) for row in rows)
    last = [StatementDay.objects.standing().filter(bank_account=row).order_by("day", "part").last() for row in rows]
    bank = sum(day.closing for day in last if day)
    return {"bank": f"{bank:.2f}", "books": f"{books:.2f}", "difference": f"{bank - books:.2f}"}


def _answer(name: str, result: ImportResult) -> dict[str, object]:
    return {
        "file": name,
        "format": result.format,
        "status": result.status,
        "entries": result.entries,
        "new": result.new,
        "known": result.known,
        "booked": result.booked,
        "suspense": result.suspense,
        "opening": euro(result.opening),
        "closing": euro(result.closing),
        "message": " ".join(told(problem) for problem in result.problems),
        "problems": [problem_answer(problem) for problem in result.problems],
    }


def _lines(name: str, result: ImportResult) -> list[str]:
    counts = f"{result.entries} entries, {result.new} new, {result.known} known"
    placed = f"{result.booked} booked, {result.suspense} wait for a person"
    lines = [f"{name}: {result.status} ({counts}, {placed})"]
    return lines + [f"  {problem.where}: {told(problem)}" for problem in result.problems]
