"""What the data protection impact assessment asks of the data: a line for each field, made from the tables."""

import json
from argparse import ArgumentParser
from dataclasses import asdict, astuple, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.personal_data import Line, assessment, not_annotated
from backend.sheets import as_csv


class Command(BaseCommand):
    help = "Data, purposes, bases, terms and receivers of every field about a person; CSV, or JSON with --json."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if unknown := not_annotated():
            raise CommandError(f"backend/personal_data.tsv does not tell of: {', '.join(unknown)}")
        lines = assessment()
        if options["json"]:
            self.stdout.write(json.dumps({"lines": [asdict(line) for line in lines]}, ensure_ascii=False))
            return
        head = [field.name for field in fields(Line)]
        self.stdout.write(as_csv([head, *(astuple(line) for line in lines)]).decode("utf-8-sig"), ending="")
