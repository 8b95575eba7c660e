"""Wraps every resident's key with the newest of FIELD_KEYS, so that an older one can be taken away afterwards."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from budgeting.actions.numbers import wrap_anew


class Command(BaseCommand):
    help = "Put the new key first in FIELD_KEYS, restart, and run this."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        count = wrap_anew(by=None)
        self.stdout.write(json.dumps({"wrapped": count}) if options["json"] else f"{count} keys wrapped anew")
