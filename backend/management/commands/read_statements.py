"""Reads bank files and prints what they say; stores nothing."""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accessibility.problems import told
from budgeting.core.readers import read
from budgeting.core.statement import Balance, Entry, Problem, Reading, Statement


class Command(BaseCommand):
    help = "Reads bank files and prints what they say; exit code 1 when one could not be read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        files = [(name, read_file(name, on=timezone.localdate())) for name in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps({"files": [answer(name, reading) for name, reading in files]}))
        else:
            for name, reading in files:
                self.stdout.write("\n".join(_lines(name, reading)))
        if any(reading.severity == "refuse" for _, reading in files):
            sys.exit(1)


def read_file(name: str, *, on: date) -> Reading:
    """The reading of a file on disk, on the day; a file that cannot be opened is a problem like any other."""
    try:
        return read(Path(name).read_bytes(), on=on)
    except OSError as error:
        return Reading("", problems=(Problem("cannot_open", name, {"why": error.strerror or ""}),))


def answer(name: str, reading: Reading) -> dict[str, object]:
    """One file of the JSON answer."""
    return {
        "file": name,
        "format": reading.format,
        "version": reading.version,
        "statements": [_statement(statement) for statement in reading.statements],
        "problems": [problem_answer(problem) for problem in reading.problems],
    }


def problem_answer(problem: Problem) -> dict[str, str]:
    """A problem with its sentence."""
    return {"code": problem.code, "where": problem.where, "message": told(problem)}


def euro(amount: Decimal | None) -> str | None:
    """An amount as text with two decimals."""
    return None if amount is None else f"{amount:.2f}"


def _statement(statement: Statement) -> dict[str, object]:
    return {
        "account": statement.account,
        "currency": statement.currency,
        "identification": statement.identification,
        "sequence": statement.sequence,
        "opening": _balance(statement.opening),
        "closing": _balance(statement.closing),
        "balances": statement.balances,
        "entries": [_entry(entry) for entry in statement.entries],
    }


def _balance(balance: Balance | None) -> str | None:
    return None if balance is None else euro(balance.amount)


_TEXTS = (
    "currency", "status", "counterparty_name", "counterparty_iban", "remittance", "structured_reference",
    "end_to_end_id", "mandate_id", "creditor_id", "batch_id", "bank_reference", "bank_code", "proprietary_code",
    "where",
)  # fmt: skip


def _entry(entry: Entry) -> dict[str, object]:
    texts = {name: getattr(entry, name) for name in _TEXTS}
    return {
        "amount": euro(entry.amount),
        "booking_date": entry.booking_date.isoformat(),
        "value_date": entry.value_date.isoformat() if entry.value_date else None,
        **texts,
        "details": entry.details,
        "reversal": entry.reversal,
        "return_reason": entry.return_reason,
    }


def _lines(name: str, reading: Reading) -> list[str]:
    lines = [f"{name}: {reading.format} {reading.version}".rstrip()]
    for statement in reading.statements:
        sums = {True: "balances", False: "DOES NOT BALANCE", None: "has no balances"}[statement.balances]
        lines.append(f"  {statement.account} {statement.sequence}: {len(statement.entries)} entries, {sums}")
    return lines + [f"  {problem.where} {told(problem)}" for problem in reading.problems]
