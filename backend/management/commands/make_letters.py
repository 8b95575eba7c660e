"""Makes letters: one tagged PDF per resident, own language in front and Dutch on the back."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accessibility.letters.bundle import bundle
from accessibility.letters.gather import AT_ONCE, MonthToCome, letters_of, on_paper, residents_of
from accessibility.letters.happened import calendars_of, notices
from accessibility.letters.letter import Letter
from accessibility.letters.press import NotAFileName, Printed, print_letters
from accessibility.models import MessageKind
from accessibility.news import TOLD
from budgeting.actions.audit import record
from budgeting.models import Resident, Town
from budgeting.models.people import ResidentQuerySet

KINDS = ("month", "calendar", "notices")
_TELL_EVERY = 100


class Command(BaseCommand):
    help = "Makes the letters of a month, one PDF/UA-1 file per resident; exit code 1 when there is nothing to tell."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", type=_month, required=True, metavar="YYYY-MM")
        parser.add_argument("--resident", metavar="ID", help="one resident: number of the file, or key")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--kind", choices=KINDS, default="month", help="the monthly letter, or another one")
        parser.add_argument("--on", type=date.fromisoformat, help="the day on which it is told (today)")
        parser.add_argument("--page", default="", help="address of the town's page, printed as one square to scan")
        parser.add_argument("--bundle", action="store_true", help="one more file, by postcode, for the printer")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, month: date, out: Path, **options: Any) -> None:
        began = perf_counter()
        printed = self._printed(month, out, options)
        sheets = bundle(printed, out / f"bundle-{month:%Y-%m}.pdf") if options["bundle"] else None
        facts = {"letters": len(printed), "kind": options["kind"], "everybody": options["resident"] is None}
        record(action="letters.made", subject=f"month:{month:%Y-%m}", by=None, **facts)
        told = _answer(printed, perf_counter() - began, sheets)
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join(_lines(told, out)))

    def _printed(self, month: date, out: Path, options: dict[str, Any]) -> list[Printed]:
        on, who = options["on"] or timezone.localdate(), options["resident"]
        asked = _Asked(options["kind"], month, out, on, _page(options["page"]), options["processes"], who is not None)
        residents = _residents(month, who)
        _folder(out)
        printed = list(self._print(asked, residents))
        if who is not None and not printed:
            raise CommandError(f"resident {who} has no letter for {month:%Y-%m}", returncode=1)
        return printed

    def _print(self, asked: "_Asked", residents: ResidentQuerySet) -> Iterator[Printed]:
        total = residents.count()
        # Starting a worker takes as long as some dozens of letters.
        processes = asked.processes if total > _TELL_EVERY // 2 else 1
        prefix = f"{asked.month:%Y-%m}"
        try:
            for number, one in enumerate(
                print_letters(asked.letters(residents), asked.out, prefix=prefix, processes=processes), 1
            ):
                if number % _TELL_EVERY == 0 or number == total:
                    self.stderr.write(f"{number} of {total} letters")
                yield one
        except MonthToCome:
            raise CommandError(f"{prefix} has not begun on {asked.on}", returncode=2) from None
        except NotAFileName as number:
            raise CommandError(f"the number of resident {number} cannot name a file", returncode=1) from None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for."""

    kind: str
    month: date
    out: Path
    on: date
    page: str
    processes: int
    by_name: bool

    def letters(self, residents: ResidentQuerySet) -> Iterator[Letter]:
        """The letters of these residents, each kind for those who get it on paper."""
        if self.kind == "calendar":
            return calendars_of(self._on_paper(residents, MessageKind.PAYOUT), on=self.on)
        if self.kind == "notices":
            return chain.from_iterable(
                notices(kind, self._on_paper(residents, kind), month=self.month, on=self.on) for kind in TOLD
            )
        monthly = self._on_paper(residents, MessageKind.MONTH).iterator(AT_ONCE)
        return letters_of(monthly, month=self.month, on=self.on, page=self.page)

    def _on_paper(self, residents: ResidentQuerySet, kind: MessageKind) -> ResidentQuerySet:
        # Who is asked for by name wants this letter now, whatever they chose for all others.
        return residents if self.by_name else on_paper(residents, kind)


def _month(text: str) -> date:
    if len(text) != len("2026-11"):
        raise ValueError(text)
    return date.fromisoformat(f"{text}-01")


def _page(address: str) -> str:
    """Short enough for a square that a cheap phone reads."""
    if address and not (address.startswith("https://") and len(address) <= 100 and address.isascii()):
        raise CommandError(f"{address} is not a short address that starts with https://", returncode=2)
    return address


def _residents(month: date, asked: str | None) -> ResidentQuerySet:
    if not Town.objects.exists():
        raise CommandError("the town is not set up yet: a letter has no sender", returncode=1)
    if asked is None:
        return residents_of(month)
    rows = Resident.objects.filter(number=asked or None)
    if not rows.exists() and asked.isascii() and asked.isdigit() and len(asked) < 19:
        rows = Resident.objects.filter(pk=int(asked))
    if not rows.exists():
        raise CommandError(f"there is no resident {asked}", returncode=1)
    return rows.order_by("pk")


def _folder(out: Path) -> None:
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{out} cannot be a folder: {error.strerror}", returncode=1) from None


def _answer(printed: list[Printed], seconds: float, sheets: int | None) -> dict[str, Any]:
    found = {
        "letters": len(printed),
        "seconds": round(seconds, 3),
        "files": [str(one.file) for one in printed],
        "pages": sum(one.pages for one in printed),
        "without_address": sum(not (one.to.street and one.to.postcode) for one in printed),
        "unknown_signs": {one.to.number: one.unknown_signs for one in printed if one.unknown_signs},
    }
    return found if sheets is None else found | {"bundle_sheets": sheets}


def _lines(told: dict[str, Any], out: Path) -> Iterator[str]:
    yield f"{told['letters']} letters, {told['pages']} pages in {told['seconds']:.1f} s: {out}"
    if told["without_address"]:
        yield f"{told['without_address']} without an address"
    for number, signs in told["unknown_signs"].items():
        yield f"{number}: no shape for {signs}, printed as ?"
    if "bundle_sheets" in told:
        yield f"bundle of {told['bundle_sheets']} sheets, by postcode"
