"""The outlook and the missing-income alarm held against the past; exit code 1 when the outlook loses."""

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.example.chance_town import MOST_RESIDENTS
from backend.example.histories import NotAHistory, written_histories
from backend.example.histories import histories as made_up
from budgeting.core.backtest import Alarms, Figures, Household, TooLittleHistory, alarms, cases, figures
from payments.actions.outlook import histories as kept

# Fixed before anything was measured with them, and never used while the rules were made.
SEEDS = (4711, 90210, 31415)
WEEKS = (4, 8)


class Command(BaseCommand):
    help = (
        "Rolling-origin backtest against 'the same as last month': on --data, else on what this database holds, else "
        "on made-up municipalities."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", metavar="FILE", help="histories as JSON (docs/foresight.md)")
        parser.add_argument("--made-up", action="store_true", help="not what the database holds")
        parser.add_argument("--seed", type=int, action="append", help="of a made-up municipality; may be repeated")
        parser.add_argument("--residents", type=int, default=150, help="of each made-up municipality")
        parser.add_argument("--months", type=int, default=14, help="of each made-up municipality")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        parts = {name: _judged(households) for name, households in self._households(**options)}
        if not any(parts.values()):
            raise CommandError("refused: there is too little history: four months before and four weeks after a day")
        answer = {"parts": parts, "wins": all(one["wins"] for part in parts.values() for one in part["horizons"])}
        self.stdout.write(json.dumps(answer) if options["json"] else "\n".join(_lines(parts)))
        if not answer["wins"]:
            raise CommandError("the outlook loses to 'the same as last month'", returncode=1)

    def _households(self, **options: Any) -> Iterator[tuple[str, list[Household]]]:
        if options["data"]:
            yield Path(options["data"]).name, _read(options["data"])
            return
        found = [] if options["made_up"] or options["seed"] else kept()
        if any(True for household in found for _ in cases(household, weeks=WEEKS[0])):
            yield "database", found
            return
        if not 1 <= options["residents"] <= MOST_RESIDENTS or not 7 <= options["months"] <= 60:
            raise CommandError(f"--residents is 1 to {MOST_RESIDENTS}, --months 7 to 60", returncode=2)
        for seed in options["seed"] or SEEDS:
            self.stderr.write(f"a made-up municipality of {options['residents']}, seed {seed} ...")
            yield f"seed {seed}", made_up(options["residents"], options["months"], seed=seed)


def _read(name: str) -> list[Household]:
    try:
        return written_histories(Path(name).read_bytes())
    except OSError as error:
        raise CommandError(f"cannot open {name}: {error.strerror}", returncode=2) from None
    except NotAHistory as wrong:
        raise CommandError(f"refused: {wrong}", returncode=1) from None


def _judged(households: list[Household]) -> dict[str, Any]:
    """The figures of one part; empty when there is nothing to stand on."""
    told = []
    for weeks in WEEKS:
        try:
            found = figures((case for one in households for case in cases(one, weeks=weeks)), weeks=weeks)
        except TooLittleHistory:
            continue
        told.append(_figures(found))
    if not told:
        return {}
    return {"households": len(households), "horizons": told, "missing_income": _alarms(alarms(households))}


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "days": 7 * found.weeks,
        "cases": found.cases,
        "short": found.short,
        "auc": _share(found.auc),
        "auc_last_month": _share(found.auc_last_month),
        # Where all cases turn out alike there is no order to get wrong.
        "wins": found.wins or found.auc is None,
        "brier": _share(found.brier),
        "brier_last_month": _share(found.brier_last_month),
        "precision": _share(found.precision),
        "recall": _share(found.recall),
        "reserve_enough": _share(found.reserve_enough),
        "income_error": _share(found.income_error),
        "income_error_last_month": _share(found.income_error_last_month),
        "by_share": [
            {"share": _share(share), "cases": number, "short": short} for share, number, short in found.by_share
        ],
    }


def _alarms(found: Alarms) -> dict[str, Any]:
    return {
        "stream_months": found.stream_months,
        "alarmed": found.alarmed,
        "right": found.right,
        "absent": found.absent,
        "precision": _share(_part(found.right, found.alarmed)),
        "alarmed_share": _share(_part(found.alarmed, found.stream_months)),
    }


def _part(some: int, whole: int) -> Fraction | None:
    return Fraction(some, whole) if whole else None


def _share(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _lines(parts: dict[str, dict[str, Any]]) -> Iterable[str]:
    head = ("", "days", "cases", "short", "AUC", "last month", "precision", "recall", "reserve", "error", "last month")
    yield "  ".join(f"{name:>11}" for name in head)
    for name, part in parts.items():
        for one in part.get("horizons", ()):
            keys = ("days", "cases", "short", "auc", "auc_last_month", "precision", "recall", "reserve_enough",
                    "income_error", "income_error_last_month")  # fmt: skip
            yield "  ".join(f"{value!s:>11}" for value in (name, *(one[key] for key in keys)))
    for name, part in parts.items():
        if part:
            late = part["missing_income"]
            shares = f"{late['precision']} right, {late['alarmed_share']} of stream-months"
            yield f"{name}: {late['alarmed']} missing-income alarms in {late['stream_months']} stream-months: {shares}"
