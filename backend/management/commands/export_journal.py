"""Writes the journal of a period for the town's financial system, with its checksum beside it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accessibility.letters.press import write_private
from backend.journal import FORMS, Period, digest
from budgeting.actions.audit import record


class Command(BaseCommand):
    help = "Writes OUT and OUT.sha256; the same question with --up-to and --codes-up-to gives the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="first day")
        parser.add_argument("--until", type=date.fromisoformat, required=True, help="the day after the last")
        parser.add_argument("--form", choices=sorted(FORMS), default="csv")
        parser.add_argument("--up-to", type=int, default=0, help="last journal entry that is counted")
        parser.add_argument("--codes-up-to", type=int, default=0, help="last change of a ledger code that is counted")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if options["until"] <= options["since"]:
            raise CommandError("--until lies after --since", returncode=2)
        period = Period(options["since"], options["until"], options["up_to"], options["codes_up_to"]).fixed()
        data, out = FORMS[options["form"]](period), options["out"]
        sha256 = digest(data)
        record(action="journal.exported", subject=f"journal:{period.since}", by=None, until=period.until, sha256=sha256)
        write_private(out, data)
        write_private(out.with_name(out.name + ".sha256"), f"{sha256}  {out.name}\n".encode())
        told = {"file": str(out), "bytes": len(data), "sha256": sha256, "up_to": period.up_to, "codes": period.codes}
        self.stdout.write(json.dumps(told) if options["json"] else "  ".join(f"{k}: {v}" for k, v in told.items()))
