"""What the coming weeks bring one resident: the balance with a range, the first day that hurts, and why."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from accessibility.foreseeing import outlook_sentences
from accessibility.languages import LANGUAGES, language_for
from accessibility.telling import Reader, text_of
from budgeting.core.outlook import FirstShort, NoSuchHorizon, Outlook, Replay
from budgeting.models import Resident
from payments.actions.outlook import outlook_of


class Command(BaseCommand):
    help = "Tells what the coming weeks bring a resident; exit code 1 when there is no such resident."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resident", required=True, metavar="ID", help="the resident's number, or its key")
        parser.add_argument("--weeks", type=int, required=True, metavar="N", help="1 to 26")
        parser.add_argument("--on", type=date.fromisoformat, help="the day, today when left out")
        parser.add_argument("--language", default="nl", choices=sorted(LANGUAGES), help="of the sentence")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        resident, on = _resident(options["resident"]), options["on"] or timezone.localdate()
        try:
            found = outlook_of(resident, weeks=options["weeks"], on=on)
        except NoSuchHorizon as wrong:
            raise CommandError(f"{wrong}: --weeks is 1 to 26", returncode=2) from None
        told = _told(found, options["language"])
        if options["json"]:
            self.stdout.write(json.dumps({"resident": resident.number, **answer(found), "sentence": told}))
        else:
            self.stdout.write("\n".join([*_lines(found), told]))


def answer(found: Outlook) -> dict[str, object]:
    """The one JSON object of this command, but for the resident and the sentence."""
    return {
        "on": found.on.isoformat(),
        "until": found.until.isoformat(),
        "basis": found.basis.value,
        "months": found.months,
        "advance_needed": found.advance_needed,
        "over_a_quarter": found.over_a_quarter,
        "income_too_low": found.income_too_low,
        "reserve": f"{found.reserve:.2f}",
        "wants_a_look": found.wants_a_look,
        "days": [
            {
                "date": day.on.isoformat(),
                "low": f"{day.low:.2f}",
                "expected": f"{day.expected:.2f}",
                "high": f"{day.high:.2f}",
            }
            for day in found.days
        ],
        "first_short": _first(found.first_short) if found.first_short else None,
        "replays": [_replay(replay) for replay in found.replays],
    }


def _resident(wanted: str) -> Resident:
    is_key = Q(pk=int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 18 else Q(pk=None)
    found = Resident.objects.filter(Q(number=wanted)).first() or Resident.objects.filter(is_key).first()
    if found is None:
        raise CommandError(f"there is no resident {wanted}", returncode=1)
    return found


def _first(first: FirstShort) -> dict[str, object]:
    charge = first.charge
    named = charge and {"date": charge.on.isoformat(), "name": charge.name, "amount": f"{charge.amount:.2f}"}
    return {
        "date": first.on.isoformat(),
        "why": first.why.value,
        "missing": f"{first.missing:.2f}",
        "charge": named,
        "next_income": first.next_income.isoformat() if first.next_income else None,
    }


def _replay(replay: Replay) -> dict[str, object]:
    return {
        "months_ago": replay.back,
        "income": f"{replay.income:.2f}",
        "need": f"{replay.need:.2f}",
        "first_short": replay.first_short.isoformat() if replay.first_short else None,
        "left": f"{replay.left:.2f}",
    }


def _told(found: Outlook, language: str) -> str:
    reader = Reader(language_for(language), found.on)
    return " ".join(text_of(spoken, reader) for spoken in outlook_sentences(found)).replace("\u00a0", " ")


def _lines(found: Outlook) -> Iterator[str]:
    for day in found.days:
        yield f"{day.on}  {day.low:>10} {day.expected:>10} {day.high:>10}"
    yield f"advance needed in {found.advance_needed} of {found.months} ({found.basis}), reserve {found.reserve}"
