"""The clock's door: the whole day in order; a second run on the same day changes nothing."""

import json
from datetime import date, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.texting import text_residents
from budgeting.actions.anchors import anchor_chain
from budgeting.models import Town
from payments.actions.day import run_day
from payments.core.banking_days import first_execution_day


class Command(BaseCommand):
    help = "Runs the day: plan, repay, hold what is short, plan remainders, anchor the audit chain."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day, today when left out")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        town = Town.objects.first()
        if town is None:
            raise CommandError("No town is set up yet: there is nothing to run a day for.")
        now = timezone.localtime()
        on = options["on"] or now.date()
        first = first_execution_day(on, now.time() if on == now.date() else time(0, 0), town.cut_off)
        steps = run_day(on=on, first=first) | {"text_residents": text_residents(on=on, now=now)}
        anchor = anchor_chain(on=on)  # last: what the day did is in it
        steps["anchor_audit"] = {"events": anchor.count if anchor else 0}
        if options["json"]:
            self.stdout.write(json.dumps({"on": on.isoformat(), "first": first.isoformat(), "steps": steps}))
        else:
            for name, did in steps.items():
                self.stdout.write(f"{name}: {did}")
