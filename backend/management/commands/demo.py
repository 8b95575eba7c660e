"""The example municipality's months, played through the real actions; what came in, was paid and is left."""

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from backend.example.desk import Desk, Done, PlayedDifferently
from backend.example.figures import BankFigures, Figures, HouseholdFigures, figures
from backend.example.load import Loaded, NotTheExample, is_empty, load_or_find
from backend.example.log_ins import LogIn, give_log_ins, letter_codes, log_ins
from backend.example.play import play
from backend.example.script import Script, example_script, first_day
from backend.example.town import EXAMPLE_TOWN
from budgeting.actions.books import Finding
from budgeting.models import AuditEvent, Resident
from payments.actions import books

_COLUMNS = ("came_in", "lent", "charges", "remainder", "left")
_WIDTH = 13


class Command(BaseCommand):
    help = "Load the example municipality if the database is empty, play its months, and show that it adds up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day the play stops (today)")
        parser.add_argument("--codes", action="store_true", help="give the residents new log-in codes")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, on: date | None, **options: Any) -> None:
        fresh = is_empty()
        script, loaded = _prepared(on or timezone.localdate())
        before = _last_event()
        played = _played(script, loaded, self._tell)
        changed = before < _last_event()
        codes = letter_codes(loaded, now=timezone.now()) if fresh or options["codes"] else {}
        table, findings = figures(loaded.bank_account), books.verify()
        told = _Told(script, played, table, findings, log_ins(loaded), codes, changed)
        self.stdout.write(json.dumps(told.as_json()) if options["json"] else "\n".join(told.lines()))
        if not told.ok:
            raise CommandError("the figures do not add up, or the books do not hold", returncode=1)

    def _tell(self, on: date) -> None:
        if on.day == 1:
            self.stderr.write(f"playing {on:%Y-%m} ...")


def _prepared(on: date) -> tuple[Script, Loaded]:
    """The script up to `on` and its rows; refuses a database that is not for examples."""
    if not settings.EMBEDDED and not settings.EXAMPLE_DATA:
        raise CommandError("DATABASE_URL is set: example data goes into an empty database only, with EXAMPLE_DATA=1")
    fresh = is_empty()
    try:
        loaded = load_or_find(EXAMPLE_TOWN, on=first_day(on))
    except NotTheExample:
        raise CommandError("the database is not empty, and what is in it is not the example: left alone") from None
    if fresh:
        give_log_ins(loaded)
    # An example made earlier goes on from its own first day.
    start = Resident.objects.order_by("starts_on").values_list("starts_on", flat=True)[0]
    return example_script(start, max(on, start)), loaded


def _played(script: Script, loaded: Loaded, tell: Callable[[date], None]) -> Done:
    # mock-bank is a development dependency: only who plays needs it.
    try:
        from backend.example.loopback_bank import loopback_bank  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise CommandError(f"the example's bank is not installed ({missing.name}): run `make setup`") from missing
    town = script.town
    with loopback_bank(
        iban=town.account_iban,
        owner=town.account_name,
        start=script.start,
        balance=town.opening_balance,
        refusals=script.refusals,
    ) as bank:
        try:
            return play(Desk(script, loaded), bank, tell=tell)
        except PlayedDifferently as day:
            raise CommandError(f"the bank's statement of {day} is not the one in the books: left alone") from day


def _last_event() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclasses.dataclass(frozen=True, slots=True)
class _Told:
    """All that is told, for people and for programs."""

    script: Script
    played: Done
    figures: Figures
    findings: list[Finding]
    log_ins: tuple[LogIn, ...]
    codes: dict[str, str]
    changed: bool

    @property
    def ok(self) -> bool:
        return self.figures.adds_up and all(finding.ok for finding in self.findings)

    def as_json(self) -> dict[str, object]:
        return {
            "from": str(self.script.start),
            "to": str(self.script.until),
            "changed": self.changed,
            "played": dataclasses.asdict(self.played),
            "households": [_plain(row) for row in self.figures.households],
            "total": _plain(self.figures.total),
            "bank": _plain(self.figures.bank),
            "adds_up": self.figures.adds_up,
            "books": {"ok": all(f.ok for f in self.findings), "invariants": [_plain(f) for f in self.findings]},
            "log_ins": [_plain(one) for one in self.log_ins],
            "letter_codes": self.codes,
        }

    def lines(self) -> Iterator[str]:
        rows, bank = self.figures.households, self.figures.bank
        head = ("came in", "lent", "charges", "leefgeld", "left")
        yield f"Voorbeeldstad, {self.script.start} to {self.script.until}, in euro"
        yield f"{'household':24}" + "".join(f"{name:>{_WIDTH}}" for name in head)
        for row in (*rows, self.figures.total):
            yield _line(row)
        yield ""
        yield f"came in + lent = charges + leefgeld + left: {'yes, in every row' if self.figures.adds_up else 'NO'}"
        yield from _account(bank)
        yield f"Books hold: {_invariants(self.findings)}"
        yield self._what_was_new()
        yield ""
        yield from _ways_in(self.log_ins, self.codes)

    def _what_was_new(self) -> str:
        done = self.played
        if not self.changed:
            return f"Nothing changed: all of these {done.known} days were played before."
        return f"Played {done.days - done.known} days: {done.entries} entries, {done.released} payment files."


def _plain(record: Any) -> dict[str, object]:
    found = dataclasses.asdict(record)
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in found.items()}


def _line(row: HouseholdFigures) -> str:
    return f"{row.name[:23]:24}" + "".join(f"{getattr(row, name):>{_WIDTH},.2f}" for name in _COLUMNS)


def _account(bank: BankFigures) -> Iterator[str]:
    yield (
        f"On the account {bank.closing:,.2f} = left {bank.left:,.2f} - lent {bank.lent:,.2f}"
        f" + waiting {bank.waiting:,.2f} + on its way {bank.in_transit:,.2f} + the town's own {bank.own:,.2f}"
        f": {'yes' if bank.adds_up else 'NO'}"
    )


def _invariants(findings: list[Finding]) -> str:
    wrong = [finding for finding in findings if not finding.ok]
    if not wrong:
        return f"yes, {len(findings)} invariants over {sum(finding.checked for finding in findings)} rows"
    return "NO: " + "; ".join(f"{one.id} {one.name} ({one.first_violation})" for one in wrong)


def _ways_in(found: tuple[LogIn, ...], codes: dict[str, str]) -> Iterator[str]:
    yield f"Log in at {reverse('staff_login')} with a name and password"
    for one in found:
        factor = f"  second factor {one.secret} (now {one.code})" if one.secret else ""
        yield f"  {one.username:18} {one.password}  {', '.join(one.roles)}{factor}"
    yield f"or as a resident at {reverse('login')} with a code from a letter"
    for name, code in codes.items():
        yield f"  {code}  {name}"
    if not codes:
        yield "  (manage.py demo --codes gives new codes)"
