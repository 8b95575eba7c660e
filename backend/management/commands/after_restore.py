"""What restored books know of payment files that went out and statements that came in after the backup."""

import base64
import json
import sys
from argparse import ArgumentParser
from collections import Counter
from datetime import date, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.example.released import NotAPaymentFile
from backend.management.commands.verify_books import answer
from backend.operate.restored import recognise, take_in, tie_out
from budgeting.models import Town
from payments.actions.books import verify
from payments.core.banking_days import first_execution_day


class Command(BaseCommand):
    help = "Recognises payments of files that went out after the backup; exit code 1 when a person must look at one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("payment_files", nargs="*", type=Path, metavar="PAIN.001")
        parser.add_argument("--on", type=date.fromisoformat, help="the day, today when left out")
        parser.add_argument("--keep-back", action="store_true", help="hold what would be paid again, for a person")
        parser.add_argument("--stdin", action="store_true", help="files and statements as JSON, from the restore drill")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        told = json.load(sys.stdin) if options["stdin"] else {}
        on = options["on"] or timezone.localdate()
        before, files = answer(verify()), _files(options["payment_files"], told)
        found = {"books": before, **_found(files, _statements(told), on, keep_back=options["keep_back"])}
        found["books_after"] = answer(verify())
        self.stdout.write(json.dumps(found) if options["json"] else "\n".join(lines(found)))
        if not _is_well(found):
            sys.exit(1)


def _is_well(found: dict[str, Any]) -> bool:
    """The books hold, bank and books agree, and no payment is one that nobody knows."""
    agree = all(row["difference"] == "0.00" for row in found["tie_out"])
    return bool(found["books"]["ok"] and found["books_after"]["ok"] and agree and not found["to_look_at"])


def _files(paths: list[Path], told: dict[str, Any]) -> list[bytes]:
    try:
        return [path.read_bytes() for path in paths] + [base64.b64decode(one) for one in told.get("payment_files", [])]
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be read: {error.strerror}", returncode=1) from None


def _statements(told: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(name, base64.b64decode(data)) for name, data in told.get("statements", [])]


def _found(files: list[bytes], statements: list[tuple[str, bytes]], on: date, *, keep_back: bool) -> dict[str, Any]:
    town = Town.objects.first()
    if town is None:
        raise CommandError("No town is set up in this database: it is not what was backed up.", returncode=1)
    try:
        first = first_execution_day(on, time(0, 0), town.cut_off)
        sent = recognise(files, on=on, first=first, keep_back=keep_back)
    except NotAPaymentFile as refused:
        raise CommandError(f"one of the files is no payment file: {refused.missing}", returncode=1) from None
    payments = [
        {"id": one.end_to_end_id, "execution": one.execution.isoformat(), "amount": f"{one.amount:.2f}"}
        | {"known_as": one.known_as, "state": one.state}
        for one in sent
    ]
    return {
        "on": on.isoformat(),
        "counts": dict(Counter(one.known_as for one in sent)),
        "payments": payments,
        "to_look_at": [one["id"] for one in payments if one["known_as"] in {"unknown", "other_amount"}],
        "statements": [
            {"status": one.status, "entries": one.entries, "suspense": one.suspense}
            for one in take_in(statements, on=on)
        ],
        "tie_out": [
            {"account": one.account, "bank": f"{one.bank:.2f}", "books": f"{one.books:.2f}"}
            | {"difference": f"{one.bank - one.books:.2f}"}
            for one in tie_out()
        ],
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The same for a person at a terminal."""
    held = {True: "hold", False: "DO NOT HOLD"}
    told = [f"the books {held[found['books']['ok']]}, and after this they {held[found['books_after']['ok']]}"]
    told += ["{id}  {execution}  {amount:>12}  {known_as} {state}".format(**one) for one in found["payments"]]
    told += ["statement: {status}, {entries} entries, {suspense} wait".format(**one) for one in found["statements"]]
    return told + [
        "{account}: bank {bank}  books {books}  difference {difference}".format(**one) for one in found["tie_out"]
    ]
