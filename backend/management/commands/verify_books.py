"""Holds the books against every invariant that live data can show."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from backend.desk.books_checked import check_books
from payments.actions.books import verify


class Command(BaseCommand):
    help = "Checks the books; exit code 1 when an invariant fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--keep", action="store_true", help="keep what was found for the page of the books")

    def handle(self, **options: Any) -> None:
        findings = check_books(now=timezone.localtime()) if options["keep"] else verify()
        if options["json"]:
            self.stdout.write(json.dumps(answer(findings)))
        else:
            for finding in findings:
                mark = "ok  " if finding.ok else "FAIL"
                first = "" if finding.ok else f"  first: {finding.first_violation}, difference {finding.difference}"
                self.stdout.write(f"{mark} {finding.id:5} {finding.checked:>8}  {finding.name}{first}")
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)


def answer(findings: list[Any]) -> dict[str, object]:
    """The one JSON object of this command."""
    return {
        "ok": all(finding.ok for finding in findings),
        "on": timezone.localdate().isoformat(),
        "invariants": [
            {
                "id": finding.id,
                "name": finding.name,
                "ok": finding.ok,
                "checked": finding.checked,
                "difference": f"{finding.difference:.2f}",
                "first_violation": finding.first_violation,
            }
            for finding in findings
        ],
    }
