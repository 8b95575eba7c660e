"""How the house is, for an operator without a browser: the same figures as /gezond/klaar/ gives."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from backend.operate import health


class Command(BaseCommand):
    help = "Whether pages can be answered, and what a person should look at; 1 when pages cannot be answered."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        found = health.look(now=timezone.localtime())
        told = {"ready": found.ready, "look_at": found.worries(), **asdict(found)}
        self.stdout.write(
            json.dumps(told) if options["json"] else "\n".join(f"{name}: {value}" for name, value in told.items())
        )
        if not found.ready:
            sys.exit(1)
