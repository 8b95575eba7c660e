"""How often recognition is right: learns from labelled files, answers others, prints the figures; stores nothing."""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from budgeting.core.evaluation import figures, intake_figures
from budgeting.core.labelled import LabelledLine, NotLabelled, labelled_lines, rows
from budgeting.core.match_reasons import Reason
from budgeting.core.recognition import Example, Recogniser, Recognition, learn
from budgeting.core.words import folded


class Command(BaseCommand):
    help = "Learns only from --train and what we ship, answers --test, prints how often that is right."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--train", nargs="*", default=[], metavar="TSV")
        parser.add_argument("--test", required=True, metavar="TSV")
        parser.add_argument("--groups", metavar="TSV", help="true streams; groups.tsv beside the test file if left out")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        try:
            train = [line for name in options["train"] for line in labelled_lines(_text(name))]
            test = labelled_lines(_text(options["test"]))
            series = _series(options["groups"], Path(options["test"]))
        except (NotLabelled, OSError, UnicodeDecodeError) as error:
            self.stderr.write(f"not a labelled file: {error}")
            sys.exit(1)
        if not test:
            self.stderr.write("no lines to test with")
            sys.exit(1)
        answer = evaluate(train, test, series)
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write("\n".join(_table(answer)))


def evaluate(
    train: Sequence[LabelledLine], test: Sequence[LabelledLine], series: Mapping[str, str]
) -> dict[str, object]:
    """The whole answer: figures, figures by difficulty and by known creditor, intake, and every line."""
    recogniser = learn([Example(line.entry, line.label, line.household) for line in train])
    answers = _by_household(recogniser, test)
    known = {folded(line.entry.counterparty_name) for line in train} - {""}
    parts = defaultdict(list)
    for place, line in enumerate(test):
        parts[f"difficulty {line.difficulty or 'unknown'}"].append(place)
        parts["counterparty known" if folded(line.entry.counterparty_name) in known else "counterparty new"].append(
            place
        )
    return asdict(figures(test, answers)) | {
        "intake": intake_figures(test, answers, recogniser.knowledge, series),
        "parts": {name: _part(test, answers, places) for name, places in sorted(parts.items())},
        "lines": [_line(line, answer) for line, answer in zip(test, answers, strict=True)],
    }


def _by_household(recogniser: Recogniser, test: Sequence[LabelledLine]) -> list[Recognition]:
    """Answers in the order of the lines, each household recognised as one history, as at intake."""
    households: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(test):
        households[line.household].append(place)
    found: dict[int, Recognition] = {}
    for places in households.values():
        answers = recogniser.recognise_history([test[place].entry for place in places])
        found.update(zip(places, answers, strict=True))
    return [found[place] for place in range(len(test))]


def _part(test: Sequence[LabelledLine], answers: Sequence[Recognition], places: Sequence[int]) -> dict[str, object]:
    part = figures([test[place] for place in places], [answers[place] for place in places])
    return {
        "n": part.n,
        "accuracy": part.accuracy,
        "auto_coverage": part.auto_coverage,
        "auto_precision": part.auto_precision,
    }


def _line(line: LabelledLine, answer: Recognition) -> dict[str, object]:
    return {
        "id": line.id,
        "label": line.label,
        "predicted": answer.category,
        "confidence": answer.confidence,
        "auto": answer.auto,
        "reason": reason_text(answer.reasons),
    }


def reason_text(reasons: Sequence[Reason]) -> str:
    """Reasons in short: "word zorgtoeslag; known_kind tax_office"."""
    return "; ".join(" ".join([reason.code, *map(str, reason.values.values())]) for reason in reasons)


def _text(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def _series(groups: str | None, test: Path) -> dict[str, str]:
    """Line id → series, from `--groups` or `groups.tsv` beside the test file; empty when there is none."""
    path = Path(groups) if groups else test.with_name("groups.tsv")
    if not groups and not path.exists():
        return {}
    found = rows(path.read_text(encoding="utf-8"), ("id", "creditor_key", "series_id"))
    return {row["id"]: f"{row['creditor_key']} {row['series_id']}" for _, row in found}


def _table(answer: Mapping[str, Any]) -> list[str]:
    heads = ("n", "accuracy", "macro_f1", "calibration_error", "auto_coverage", "auto_precision")
    lines = [f"{head:20} {answer[head]}" for head in heads]
    lines += [f"intake {head:20} {value}" for head, value in answer["intake"].items()]
    lines += [f"{name:24} {part}" for name, part in answer["parts"].items()]
    return lines + [f"{label:24} {found}" for label, found in answer["per_label"].items()]
