"""Recognition and intake on households and creditors left out: the figures in docs/recognition.md.

The labelled lines stand beside the project (`HHB_SHARED`, or ../shared). Five times a fifth of the households is
answered by what was learnt from lines of other households and other creditors. `--keep` writes the measurement that
the page for residents and the algorithm register tell of, and docs/recognition-measured.md.

    python -m bench.left_out [--json] [--keep]
"""

import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from bench.measured_page import page_of
from bench.unequal import groups_of
from budgeting.core.clues import clues_of
from budgeting.core.evaluation import Figures, figures, intake_figures
from budgeting.core.knowledge.rules import dutch
from budgeting.core.labelled import LabelledLine, labelled_lines, rows
from budgeting.core.learning import CATEGORIES, weigh
from budgeting.core.measured import KEPT, Measured, Part, fingerprint
from budgeting.core.recognition import RULE_VERSION, Example, Recognition, learn, untaught

ROOT = Path(__file__).resolve().parents[1]
LABELS = Path(os.environ.get("HHB_SHARED", ROOT.parent / "shared")) / "labels"
PAGE = ROOT / "docs" / "recognition-measured.md"
FOLDS = 5
GOALS = {"accuracy": ">= 0.92", "macro_f1": ">= 0.88", "calibration_error": "<= 0.03"}
Answers = list[Recognition]


def measure() -> tuple[Measured, dict[str, object]]:
    """The measurement to keep, and the answer for a terminal."""
    lines = labelled_lines((LABELS / "dev.tsv").read_text(encoding="utf-8"))
    found = rows((LABELS / "groups.tsv").read_text(encoding="utf-8"), ("id", "creditor_key", "series_id"))
    groups = {row["id"]: (row["creditor_key"], f"{row['creditor_key']} {row['series_id']}") for _, row in found}
    creditor = {key: first for key, (first, _) in groups.items()}
    answers = _left_out(lines, creditor)
    whole = figures(lines, answers)
    series = {key: two for key, (_, two) in groups.items()}
    kept = Measured(
        on=time.strftime("%Y-%m-%d"),
        rule_version=RULE_VERSION,
        fingerprint=fingerprint(),
        households=len({line.household for line in lines}),
        whole=_part(whole),
        macro_f1=whole.macro_f1,
        calibration_error=whole.calibration_error,
        firm_unknown=_firm_unknown(lines),
        parts=_parts(lines, answers, creditor),
        labels=whole.per_label,
        intake=intake_figures(lines, answers, untaught().knowledge, series),
    )
    return kept, _for_a_terminal(kept, figures(lines, untaught().recognise([line.entry for line in lines])))


def _for_a_terminal(kept: Measured, shipped: Figures) -> dict[str, object]:
    return {
        "accuracy": kept.whole.right,
        "macro_f1": kept.macro_f1,
        "calibration_error": kept.calibration_error,
        "auto_coverage": kept.whole.auto,
        "auto_precision": kept.whole.auto_right,
        "accuracy_of_knowledge_alone": shipped.accuracy,
        "accuracy_when_no_firm_is_known": kept.firm_unknown.right,
        "intake": kept.intake,
        "by_difficulty": {name: part.right for name, part in kept.parts["difficulty"].items()},
        "per_label": kept.labels,
        "goals": GOALS,
    }


def _left_out(lines: list[LabelledLine], creditor: dict[str, str], *, creditors_too: bool = True) -> Answers:
    """Each line answered by what was learnt without its household, and without its creditor when asked."""
    households = sorted({line.household for line in lines})
    found: dict[str, Recognition] = {}
    for fold in range(FOLDS):
        out = set(households[fold::FOLDS])
        met = {creditor[line.id] for line in lines if line.household in out} if creditors_too else set()
        train = [line for line in lines if line.household not in out and creditor[line.id] not in met]
        recogniser = learn([Example(line.entry, line.label, line.household) for line in train])
        for household in out:
            own = [line for line in lines if line.household == household]
            told = recogniser.recognise_history([line.entry for line in own])
            found.update(zip((line.id for line in own), told, strict=True))
    return [found[line.id] for line in lines]


def _parts(lines: list[LabelledLine], answers: Answers, creditor: dict[str, str]) -> dict[str, dict[str, Part]]:
    """Apart by difficulty, by whether the creditor was met before, and by groups of residents."""
    split = {name: _apart(lines, answers, group) for name, group in groups_of(lines).items()}
    split["difficulty"] = _apart(lines, answers, {line.id: line.difficulty for line in lines})
    homes = defaultdict(set)
    for line in lines:
        homes[creditor[line.id]].add(line.household)
    met = {line.id: "met before" if len(homes[creditor[line.id]]) > 1 else "never met" for line in lines}
    split["creditor"] = _apart(lines, _left_out(lines, creditor, creditors_too=False), met)
    return dict(sorted(split.items()))


def _apart(lines: list[LabelledLine], answers: Answers, group: dict[str, str]) -> dict[str, Part]:
    places = defaultdict(list)
    for place, line in enumerate(lines):
        places[group[line.id]].append(place)
    return {
        name: _part(figures([lines[place] for place in own], [answers[place] for place in own]))
        for name, own in sorted(places.items())
    }


def _firm_unknown(lines: list[LabelledLine]) -> Part:
    """Knowledge alone, as if it had never heard of any firm, shop or office: the words of the line must tell."""
    knowledge = dutch()
    weighed = [weigh(clues_of(line.entry, knowledge), knowledge, forget_who=True) for line in lines]
    said = np.stack([line.scores for line in weighed]).argmax(axis=1)
    right = sum(CATEGORIES[number] == line.label for number, line in zip(said, lines, strict=True))
    return Part(len(lines), round(right / len(lines), 4), 0.0, None)


def _part(found: Figures) -> Part:
    return Part(found.n, found.accuracy, found.auto_coverage, found.auto_precision)


if __name__ == "__main__":
    to_keep, result = measure()
    if "--keep" in sys.argv:
        KEPT.write_text(to_keep.as_json(), encoding="utf-8")
        PAGE.write_text(page_of(to_keep), encoding="utf-8")
    print(json.dumps(result) if "--json" in sys.argv else "\n".join(f"{k:30} {v}" for k, v in result.items()))
