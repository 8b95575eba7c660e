"""Proves that a backup can be restored: beside the live server, to a moment, looked at, and thrown away."""

import json
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.management.commands.after_restore import lines
from backend.operate.backup import MomentNotReached, NoSuchBackup
from backend.operate.drill import Drill, RestoredBooksNotRead, hold_drill


class Command(BaseCommand):
    help = (
        "Restores a backup beside the live server and holds its books against every rule; exit code 1 when one fails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--backup", type=Path, help="a folder with base/ and wal/; one is made now when left out")
        parser.add_argument("--until", type=_moment, help="the moment, with its time zone; all there is when left out")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("DATABASE_URL is set: hold the drill on a computer of its own, see docs/operating.md")
        began, backup = perf_counter(), options["backup"] and options["backup"].resolve()
        home = Path(tempfile.mkdtemp(prefix="drill-", dir=settings.DATA_DIR))
        try:
            drill = hold_drill(backup, home, until=options["until"])
        except NoSuchBackup:
            raise CommandError(f"{backup} has no whole backup in it: base/ and wal/", returncode=1) from None
        except (MomentNotReached, RestoredBooksNotRead) as refusal:
            raise CommandError(f"the backup was not restored. {refusal}", returncode=1) from None
        finally:
            shutil.rmtree(home, ignore_errors=True)
        seconds = perf_counter() - began
        self.stdout.write(json.dumps(_answer(drill, seconds)) if options["json"] else "\n".join(_lines(drill, seconds)))
        if not drill.ok:
            sys.exit(1)


def _moment(text: str) -> datetime:
    """A moment; without a time zone it is meant here."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _answer(drill: Drill, seconds: float) -> dict[str, Any]:
    return {"ok": drill.ok, "seconds": round(seconds, 2), "anchors_later": drill.anchors_later, **drill.found}


def _lines(drill: Drill, seconds: float) -> list[str]:
    return [f"restored in {seconds:.1f} s", *lines(drill.found)]
