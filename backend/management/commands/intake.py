"""One household's own bank files → the regular incomes and charges found in them; stores nothing."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accessibility.problems import told
from backend.management.commands.evaluate_recognition import reason_text
from budgeting.core.intake import Intake, Proposal, read_history
from budgeting.core.readers import read
from budgeting.core.recognition import untaught
from budgeting.core.statement import Entry


class Command(BaseCommand):
    help = "Reads the history of one household and proposes its regular incomes and charges."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        entries = [entry for name in options["files"] for entry in self._entries(name)]
        found = read_history(entries, untaught())
        if options["json"]:
            self.stdout.write(json.dumps(answer(found)))
        else:
            self.stdout.write("\n".join(_line(proposal) for proposal in found.proposals))

    def _entries(self, name: str) -> list[Entry]:
        """The entries of one file; ends with code 1 and the reason when it cannot be read."""
        try:
            reading = read(Path(name).read_bytes(), on=timezone.localdate())
        except OSError as error:
            self.stderr.write(f"{name}: {error.strerror}")
            sys.exit(1)
        if reading.severity == "refuse":
            for problem in reading.problems:
                self.stderr.write(f"{name}: {told(problem)}")
            sys.exit(1)
        return [entry for statement in reading.statements for entry in statement.entries if entry.currency == "EUR"]


def answer(found: Intake) -> dict[str, object]:
    """The JSON answer."""
    return {
        "household": {
            "from": found.begins.isoformat() if found.begins else None,
            "to": found.ends.isoformat() if found.ends else None,
            "entries": found.entries,
        },
        "proposals": [_proposal(proposal) for proposal in found.proposals],
        "missing": list(found.missing),
    }


def _proposal(proposal: Proposal) -> dict[str, object]:
    stream = proposal.stream
    low, high = sorted((stream.amount_low, stream.amount_high))
    return {
        "direction": "in" if stream.amount > 0 else "out",
        "counterparty": proposal.counterparty,
        "iban": proposal.iban,
        "category": stream.category,
        "amount": f"{stream.amount:.2f}",
        "amount_range": [f"{low:.2f}", f"{high:.2f}"],
        "recurrence": {"every": stream.rhythm.every, "unit": stream.rhythm.unit, "on": stream.on},
        "next_expected": stream.next_expected.isoformat(),
        "seen": stream.seen,
        "confidence": proposal.confidence,
        "reason": reason_text(proposal.reasons),
    }


def _line(proposal: Proposal) -> str:
    told_as = _proposal(proposal)
    keys = ("direction", "category", "amount", "counterparty", "recurrence", "next_expected", "seen", "confidence")
    return "  ".join(str(told_as[key]) for key in keys)
