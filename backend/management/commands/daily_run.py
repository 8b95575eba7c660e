"""The clock's door: the whole day in order; a second run on the same day changes nothing."""

import json
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend import exchange
from backend.api.events import send_all
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
        steps = _bank_in(on, now) | run_day(on=on, first=first) | {"text_residents": text_residents(on=on, now=now)}
        steps |= _bank_out(now) | _events(now)
        anchor = anchor_chain(on=on)  # last: what the day did is in it
        steps["anchor_audit"] = {"events": anchor.count if anchor else 0}
        if options["json"]:
            self.stdout.write(json.dumps({"on": on.isoformat(), "first": first.isoformat(), "steps": steps}))
        else:
            for name, did in steps.items():
                self.stdout.write(f"{name}: {did}")


def _bank_in(on: date, now: datetime) -> dict[str, object]:
    """Files that the bank's client put in the inbox, when there is one."""
    if settings.INBOX is None:
        return {}
    did = exchange.take_in(settings.INBOX, on=on, now=now)
    return {"take_in_bank_files": {"taken": did.taken, "left": did.left}}


def _bank_out(now: datetime) -> dict[str, object]:
    """Files that two people let go, placed for the bank's client."""
    if settings.OUTBOX is None:
        return {}
    return {"place_payment_files": {"placed": exchange.place(settings.OUTBOX, now=now).placed}}


def _events(now: datetime) -> dict[str, object]:
    """What happened, told to those who asked to be told."""
    return {"send_events": [asdict(one) for one in send_all(now=now)]}
