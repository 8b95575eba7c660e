"""The clock's door: the whole day in order; a second run on the same day changes nothing.

One run at a time, on whichever machine: a second one says so and ends well. Others may help the one
that runs: `--processes` begins some on this machine, `--helps` is one on any. A run that breaks off is
begun again from the start; every step finds what it did before. While the database is away it waits.
"""

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend import exchange
from backend.api.events import send_all
from backend.desk.kept_figures import keep_figures
from backend.operate.away import AWAY, patiently
from backend.operate.leases import DAY, only_one, take_up_left_tasks
from backend.operate.many_hands import MOST, hands, help_out
from backend.texting import text_residents
from budgeting.actions.anchors import anchor_chain
from budgeting.actions.ledger import keep_sums
from budgeting.models import Town
from payments.actions.day import steps_of_day
from payments.actions.parts import Spread
from payments.actions.sharing import shared_day
from payments.core.banking_days import first_execution_day

Step = Callable[[], object]
_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs the day: plan, repay, hold what is short, plan remainders, anchor the audit chain."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day, today when left out")
        parser.add_argument("--patience", type=float, default=300, help="seconds to wait for a database that is away")
        parser.add_argument("--processes", type=int, default=1, help="how many share the parts of the day, 1 to 64")
        parser.add_argument("--helps", action="store_true", help="do parts of the day that another runs, to its end")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        count = options["processes"]
        if not 1 <= count <= MOST:
            raise CommandError(f"--processes must be 1 to {MOST}, not {count}.")
        work = (lambda: {"helped": help_out()}) if options["helps"] else (lambda: _run(options["on"], count))
        try:
            told = patiently(work, seconds=options["patience"])
        except AWAY as error:
            raise CommandError(f"The database stayed away ({error}). Run the day again when it is back.") from error
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join(_lines(told)))
        if "broke_off" in told:
            sys.exit(1)


def _run(asked_for: date | None, processes: int) -> dict[str, Any]:
    """The day from its beginning: what it did, or that another does it."""
    town = Town.objects.first()
    if town is None:
        raise CommandError("No town is set up yet: there is nothing to run a day for.")
    now = timezone.localtime()
    on = asked_for or now.date()
    first = first_execution_day(on, now.time() if on == now.date() else time(0, 0), town.cut_off)
    told: dict[str, Any] = {"on": on.isoformat(), "first": first.isoformat(), "steps": {}}
    with hands(processes) as begin, only_one(DAY) as mine:
        if not mine:
            return told | {"runs_elsewhere": True}
        begin()
        with shared_day() as spread:
            return told | _done(_steps(on, first, now, spread), told["steps"])


def _steps(on: date, first: date, now: datetime, spread: Spread) -> dict[str, Step]:
    """Every step of the day by name, in order."""
    return {
        "take_up_left_tasks": lambda: {"tasks": take_up_left_tasks()},
        **_bank_in(on, now),
        **steps_of_day(on=on, first=first, spread=spread),
        "text_residents": lambda: text_residents(on=on, now=now),
        **_bank_out(now),
        "send_events": lambda: [asdict(one) for one in send_all(now=now)],
        "keep_sums": lambda: {"sums": keep_sums()},
        "keep_figures": lambda: {"kept": keep_figures(on=on, now=now)},
        "anchor_audit": lambda: _anchored(on),  # last: what the day did is in it
    }


def _done(steps: dict[str, Step], did: dict[str, object]) -> dict[str, object]:
    """Does every step; one that goes wrong stops the day, because what follows counts on it."""
    for name, step in steps.items():
        try:
            did[name] = step()
        except AWAY:
            raise  # the lease went with the connection: the whole day is begun again
        except Exception:
            _log.exception("the day broke off in %s after %s steps", name, len(did))
            return {"broke_off": name}
    return {}


def _lines(told: dict[str, Any]) -> list[str]:
    if told.get("runs_elsewhere"):
        return ["The day is being run by another process at this moment: nothing was done here."]
    if "helped" in told:
        return [f"Helped with {told['helped']} parts of the day."]
    lines = [f"{name}: {did}" for name, did in told["steps"].items()]
    broke_off = told.get("broke_off")
    return [*lines, f"BROKE OFF in {broke_off}; run it again when the cause is gone."] if broke_off else lines


def _bank_in(on: date, now: datetime) -> dict[str, Step]:
    """Files that the bank's client put in the inbox, when there is one."""
    inbox = settings.INBOX
    return {"take_in_bank_files": lambda: _taken(exchange.take_in(inbox, on=on, now=now))} if inbox else {}


def _bank_out(now: datetime) -> dict[str, Step]:
    """Files that two people let go, placed for the bank's client."""
    outbox = settings.OUTBOX
    return {"place_payment_files": lambda: {"placed": exchange.place(outbox, now=now).placed}} if outbox else {}


def _taken(did: exchange.Exchanged) -> dict[str, object]:
    return {"taken": did.taken, "left": did.left}


def _anchored(on: date) -> dict[str, object]:
    anchor = anchor_chain(on=on)
    return {"events": anchor.count if anchor else 0}
