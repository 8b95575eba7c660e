"""Reads a collection of bank files and says how much of its list our readers read, per format, bank and class."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.management.commands.read_statements import read_file
from budgeting.core import collection
from budgeting.core.collection import Decided, Judged, Line
from budgeting.core.labelled import NotLabelled

LIST = "MANIFEST.tsv"
RECORD = Path("docs/decisions/0015-corpus-counts.md")
KEPT = Path("docs/reading.md")
HEAD = ("format", "bank", "class", "files", "read", "decided", "transactions", "balances")


@dataclass(frozen=True, slots=True)
class Read:
    """All that a collection gave: every listed file judged, and what is missing here or not on the list."""

    judged: list[Judged]
    missing: list[str]
    not_listed: list[str]

    @property
    def other(self) -> list[Judged]:
        """Files that are neither read as listed nor decided, whose balances we judge otherwise, or without answer."""
        return [one for one in self.judged if one.outcome == "other" or one.balances is False]


class Command(BaseCommand):
    help = f"Holds our readers against a folder of bank files with its {LIST}; exit code 1 when a file is neither."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR")
        parser.add_argument("--decided", metavar="FILE", help=f"where we count otherwise; {RECORD} when left out")
        parser.add_argument("--on", type=date.fromisoformat, help="the day of reading, today when left out")
        parser.add_argument("--keep", action="store_true", help=f"writes {KEPT}")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        record = Path(options["decided"] or settings.BASE_DIR / RECORD)
        on = options["on"] or timezone.localdate()
        try:
            decided = collection.decisions(record.read_text(encoding="utf-8"))
            found = read_collection(Path(options["folder"]), decided, on=on)
        except (NotLabelled, OSError, UnicodeDecodeError) as error:
            raise CommandError(f"no collection with a list: {error}", returncode=1) from error
        if options["keep"]:
            (settings.BASE_DIR / KEPT).write_text(page(found, on=on), encoding="utf-8")
        self.stdout.write(json.dumps(answer(found)) if options["json"] else "\n".join(_told(found)))
        if found.other or found.missing:
            sys.exit(1)


def read_collection(folder: Path, decided: Sequence[Decided], *, on: date) -> Read:
    """Every listed file read and judged. Raises `OSError` or `NotLabelled` when there is no list."""
    listed = collection.listed((folder / LIST).read_text(encoding="utf-8"))
    here = {str(path.relative_to(folder)) for path in folder.glob("*/**/*") if path.is_file()}
    judged = [
        collection.judge(one, read_file(str(folder / one.path), on=on), decided) for one in listed if one.path in here
    ]
    folders = {one.path.split("/", 1)[0] for one in listed}
    others = here - {one.path for one in listed}
    missing = [one.path for one in listed if one.path not in here]
    return Read(judged, missing, sorted(path for path in others if path.split("/", 1)[0] in folders))


def answer(found: Read) -> dict[str, object]:
    """The whole answer as JSON."""
    lines = collection.table(found.judged)
    return {
        "table": [asdict(line) for line in lines],
        "classes": [asdict(line) for line in collection.totals(lines)],
        "answers": {folder: dict(counts) for folder, counts in collection.answers(found.judged).items()},
        "decided": [one.listed.path for one in found.judged if one.outcome == "decided"],
        "other": [one.listed.path for one in found.other],
        "missing": found.missing,
        "not_listed": found.not_listed,
    }


def page(found: Read, *, on: date) -> str:
    """The table as it is kept in docs."""
    lines = collection.table(found.judged)
    return "\n".join(
        (
            INTRODUCTION.format(on=on.isoformat()),
            *_table(("class", *HEAD[3:]), [_cells(line)[2:] for line in collection.totals(lines)]),
            "\n## Per format, bank and class\n",
            *_table(HEAD, [_cells(line) for line in lines]),
            "\n## What is broken, hostile or no statement\n",
            "How many files of each folder got which answer. *No answer* would be a file of which nothing is read and",
            "nothing is said, or of which lines were lost without a word.\n",
            *_table(ODD_HEAD, _odd(collection.answers(found.judged))),
            "\n## Decided, file by file\n",
            "Why stands in [decision 15](decisions/0015-corpus-counts.md).\n",
            *(f"- `{one.listed.path}`: {_given(one)}" for one in found.judged if one.outcome == "decided"),
            "\n## Neither read as listed nor decided\n",
            *([f"- `{one.listed.path}`" for one in found.other] or ["None."]),
            "",
        )
    )


INTRODUCTION = """# What our readers read

A collection of bank files that nobody here wrote lies beside the project, with a list of how many transactions are in
each and whether its balances add up. `manage.py reading_table DIR --keep` read all of it on {on} and wrote this page; a
test reads it again and compares. The list says how true to life a file is (its class), so there is no figure over all.

*Read*: as many transactions as the list counts, no line lost. *Decided*: we give something else, for a recorded reason.
*Transactions*: read / in the list, over the files that were not decided. *Balances*: files in which we judge every
statement as the list does (adds up, differs by that amount, has none) / files of which the list says so. A file whose
balances do not add up is read and shown, and held for a person: nothing of it is booked.

## Per class
"""
ODD_HEAD = ("folder", "refused", "held", "passes", "no answer")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]


def _cells(line: Line) -> tuple[object, ...]:
    transactions = f"{line.transactions} / {line.wanted}"
    balances = f"{line.balances} / {line.judged}" if line.judged else "-"
    return line.format, line.bank, line.realism, line.files, line.read, line.decided, transactions, balances


def _odd(answers: Mapping[str, Mapping[str, int]]) -> list[tuple[object, ...]]:
    return [
        (
            folder,
            counts.get("refuse", 0),
            counts.get("hold", 0),
            counts.get("passes", 0) + counts.get("note", 0),
            counts.get("other", 0),
        )
        for folder, counts in sorted(answers.items())
    ]


def _given(one: Judged) -> str:
    return f"{one.lines} transactions, the list says {one.listed.transactions}" if one.lines else "refused"


def _told(found: Read) -> list[str]:
    """The tables on a terminal."""
    lines = collection.table(found.judged)
    rows = [HEAD, *(_cells(line) for line in (*lines, *collection.totals(lines)))]
    odd = [ODD_HEAD, *_odd(collection.answers(found.judged))]
    wrong = [f"neither read as listed nor decided: {one.listed.path}" for one in found.other]
    gone = [f"on the list but not here: {path}" for path in found.missing]
    more = [f"here but not on the list: {path}" for path in found.not_listed]
    return [*_columns(rows), "", *_columns(odd), *wrong, *gone, *more]


def _columns(rows: Sequence[Sequence[object]]) -> list[str]:
    widths = [max(len(str(row[place])) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(f"{cell!s:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
