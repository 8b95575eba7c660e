"""Every address, method and role, and what is expected of each."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.access_matrix import rows
from backend.web.guards import UnguardedPage


class Command(BaseCommand):
    help = "Lists who may open what; exit code 1 when a page does not say whom it lets in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        try:
            listed = list(rows())
        except UnguardedPage as page:
            raise CommandError(f"{page} does not say whom it lets in") from None
        if options["json"]:
            self.stdout.write(json.dumps({"rows": [asdict(row) for row in listed]}))
            return
        for row in listed:
            self.stdout.write(f"{row.method:7} {row.pattern:50} {row.role:22} {row.expect}")
