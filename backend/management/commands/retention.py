"""Destroys what is due and shows that nothing due is left; without --apply only says how much is due."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from budgeting.actions.retention import destroy_what_is_due, overdue


class Command(BaseCommand):
    help = "What is due to be destroyed; with --apply it is, and what is left is counted again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day, today when left out")
        parser.add_argument("--apply", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        on = options["on"] or timezone.localdate()
        if options["apply"]:
            rules = [asdict(one) for one in destroy_what_is_due(on=on, by=None)]
        else:
            rules = [{"id": name, "destroyed": 0, "left": count} for name, count in overdue(on=on).items()]
        if options["json"]:
            self.stdout.write(json.dumps({"on": on.isoformat(), "applied": options["apply"], "rules": rules}))
            return
        for rule in rules:
            self.stdout.write(f"{rule['id']:14} destroyed {rule['destroyed']:6}  due and left {rule['left']:6}")
