"""One command for every town of an operator, each with its own settings (backend/operate/towns.py)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.operate.towns import Done, NotATownsFile, in_every, towns_in

# What may be done for all: each says by its exit code whether it went well.
COMMANDS = {
    "list": [],
    "check": ["check", "--deploy"],
    "migrate": ["migrate", "--no-input", "--verbosity", "0"],
    "health": ["health", "--json"],
    "daily_run": ["daily_run", "--json"],
    "verify_books": ["verify_books", "--json"],
    "retention": ["retention", "--apply", "--json"],
}


class Command(BaseCommand):
    help = "Migrate, check, run the day of, or ask the health of every town that has a file in a folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=sorted(COMMANDS))
        parser.add_argument("--folder", type=Path, default=Path("/etc/huishoudboekje/towns"))
        parser.add_argument("--at-once", type=int, default=2, help="so many towns at the same time")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, what: str, folder: Path, at_once: int, **options: Any) -> None:
        try:
            towns = towns_in(folder)
        except (NotATownsFile, OSError) as refused:
            raise CommandError(str(refused)) from refused
        if not towns:
            raise CommandError(f"No town has a file NAME.env in {folder}.")
        words = COMMANDS[what]
        done = list(in_every(towns, words, at_once=at_once)) if words else [Done(one.name, 0, "", "") for one in towns]
        told = [_told(one) for one in done]
        self.stdout.write(json.dumps({"towns": told}) if options["json"] else "\n".join(_line(one) for one in told))
        if any(one.code for one in done):
            sys.exit(1)


def _told(done: Done) -> dict[str, Any]:
    told: dict[str, Any] = {"town": done.town, "ok": done.code == 0, "code": done.code}
    try:
        told["answer"] = json.loads(done.printed) if done.printed.strip() else None
    except ValueError:
        told["answer"] = done.printed.strip()
    return told | ({"complaint": done.complaint} if done.complaint else {})


def _line(told: dict[str, Any]) -> str:
    words = [told["town"], "well" if told["ok"] else f"NOT WELL ({told['code']})", told.get("complaint", "")]
    return ": ".join(part for part in words if part)
