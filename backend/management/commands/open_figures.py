"""The town's figures with small numbers hidden, as a file that may be given to everybody."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from backend.open_figures import as_json, as_rows, open_figures
from backend.sheets import as_csv


class Command(BaseCommand):
    help = "The figures of the twelve months that are over: what fewer than ten people are behind is hidden."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day, today when left out")
        parser.add_argument("--json", action="store_true", help="JSON instead of CSV")

    def handle(self, **options: Any) -> None:
        figures = open_figures(on=options["on"] or timezone.localdate())
        if options["json"]:
            self.stdout.write(json.dumps(as_json(figures, town=settings.MUNICIPALITY), ensure_ascii=False))
            return
        self.stdout.write(as_csv(as_rows(figures)).decode("utf-8-sig"), ending="")
