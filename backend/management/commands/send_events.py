"""Tells other systems what happened since they were told last; the daily run does this as well."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from backend.api.events import send_all


class Command(BaseCommand):
    help = "Sends events to every subscriber; exit code 1 when one was not told."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        sent = send_all(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"subscribers": [asdict(one) for one in sent]}))
        else:
            for one in sent:
                self.stdout.write(f"{one.subscriber}: {one.events} events {one.error}".rstrip())
        if any(one.error for one in sent):
            raise SystemExit(1)
