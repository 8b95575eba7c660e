"""Moves residents, counterparties and agreements in from a spreadsheet or another system; all of them or none."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from backend.arriving import peer, table
from backend.arriving.columns import RowProblem, Sheets
from backend.arriving.rows import Arrivals, checked
from budgeting import access
from budgeting.actions.moving_in import Moved, hindrances, move_in
from budgeting.models import BankAccount, User


class Command(BaseCommand):
    help = (
        "FILE is the template (XLSX, or a folder with CSV) or a .json of the other Huishoudboekje; exit 1 when refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?")
        parser.add_argument("--template", type=Path, help="writes the empty template here and does nothing else")
        parser.add_argument("--by", default="", help="user name of the colleague who moves them in")
        parser.add_argument("--case-worker", default="", help="who looks after residents that name nobody")
        parser.add_argument("--on", type=date.fromisoformat, help="the day they take part from, today when left out")
        parser.add_argument("--dry-run", action="store_true", help="checks everything and stores nothing")
        parser.add_argument("--leave-out-wrong", action="store_true", help="moves in the rows that are right")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if options["template"]:
            table.write_template(options["template"])
            return
        on = options["on"] or timezone.localdate()
        found = self._read(options, on)
        told = _report(found, stored=False, moved=None)
        if not found.problems or options["leave_out_wrong"]:
            moved = _moved(found, dry=options["dry_run"], on=on, by=_colleague(options["by"], on))
            told = _report(found, stored=not options["dry_run"], moved=moved)
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else "\n".join(_lines(told)))
        if found.problems:
            raise SystemExit(1)

    def _read(self, options: dict[str, Any], on: date) -> Arrivals:
        """What is right and what is not, also against what is registered here already."""
        try:
            sheets = _sheets(options["file"], on)
        except table.CannotBeRead as wrong:
            return Arrivals(problems=list(wrong.problems))
        ours = frozenset(BankAccount.objects.values_list("iban", flat=True))
        found = checked(sheets, case_worker=options["case_worker"], ours=ours)
        here = hindrances(residents=found.residents, counterparties=found.counterparties, on=on)
        found.problems += [RowProblem(one.sheet, one.row, one.column, one.code) for one in here]
        return found


def _sheets(file: Path | None, on: date) -> Sheets:
    if file is None or not file.exists():
        raise CommandError("FILE: a file or folder that is there", returncode=2)
    if file.suffix.lower() == ".json":
        if file.stat().st_size > table.MOST_BYTES:
            raise table.CannotBeRead(RowProblem("", 0, "", "too_big"))
        return peer.read(file.read_bytes(), on=on)
    return table.read(file)


def _moved(found: Arrivals, *, dry: bool, on: date, by: User) -> Moved:
    """Makes the rows that are right; a dry run takes them back."""
    right = _right(found)
    with transaction.atomic():
        moved = move_in(
            residents=right.residents, counterparties=right.counterparties, agreements=right.agreements, on=on, by=by
        )
        transaction.set_rollback(dry)
    return moved


def _right(found: Arrivals) -> Arrivals:
    """Without the wrong rows, and without agreements of somebody who is left out."""
    wrong = {(one.sheet, one.row) for one in found.problems}
    residents = [one for one in found.residents if ("residents", one.row) not in wrong]
    counterparties = [one for one in found.counterparties if ("counterparties", one.row) not in wrong]
    who, others = {one.key for one in residents}, {one.key for one in counterparties}
    agreements = [
        one
        for one in found.agreements
        if ("agreements", one.row) not in wrong and one.resident in who and one.counterparty in others
    ]
    return replace(found, residents=residents, counterparties=counterparties, agreements=agreements)


def _colleague(name: str, on: date) -> User:
    found = User.objects.filter(username=name).first()
    if found is None or not access.may(found, "change_residents", on=on):
        raise CommandError("--by: the user name of a colleague who may register residents", returncode=2)
    return found


def _report(found: Arrivals, *, stored: bool, moved: Moved | None) -> dict[str, Any]:
    return {
        "stored": stored,
        "moved": asdict(moved) if moved else {"residents": 0, "counterparties": 0, "agreements": 0},
        "wrong_rows": len({(one.sheet, one.row) for one in found.problems}),
        "problems": [asdict(one) for one in sorted(found.problems, key=lambda one: (one.sheet, one.row, one.column))],
    }


def _lines(told: dict[str, Any]) -> list[str]:
    figures = "{residents} residents, {counterparties} counterparties, {agreements} agreements".format(**told["moved"])
    lines = [f"{figures} {'moved in' if told['stored'] else 'checked, nothing stored'}"]
    lines += [
        f"{one['sheet']} row {one['row']} {one['column']}: {one['code']} {one['value']}".rstrip()
        for one in told["problems"]
    ]
    return lines
