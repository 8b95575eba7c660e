"""Recognition and intake on households and creditors left out: the figures in docs/recognition.md.

The labelled lines stand beside the project (`HHB_SHARED`, or ../shared). Five times a fifth of the households is
answered by what was learnt from lines of other households and other creditors.

    python -m bench.left_out [--json]
"""

import json
import os
import sys
from collections import defaultdict
from pathlib import Path

from budgeting.core.evaluation import figures, intake_figures
from budgeting.core.labelled import LabelledLine, labelled_lines, rows
from budgeting.core.recognition import Example, Recognition, learn, untaught

LABELS = Path(os.environ.get("HHB_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "labels"
FOLDS = 5


def measure() -> dict[str, object]:
    """All figures over all labelled lines, each answered without its household and its creditor."""
    lines = labelled_lines((LABELS / "dev.tsv").read_text(encoding="utf-8"))
    found = rows((LABELS / "groups.tsv").read_text(encoding="utf-8"), ("id", "creditor_key", "series_id"))
    groups = {row["id"]: (row["creditor_key"], f"{row['creditor_key']} {row['series_id']}") for _, row in found}
    creditor = {key: first for key, (first, _) in groups.items()}
    answers = _left_out(lines, creditor)
    shipped = untaught().recognise([line.entry for line in lines])
    whole = figures(lines, answers)
    by_difficulty = defaultdict(list)
    for place, line in enumerate(lines):
        by_difficulty[line.difficulty].append(place)
    return {
        "accuracy": whole.accuracy,
        "macro_f1": whole.macro_f1,
        "calibration_error": whole.calibration_error,
        "auto_coverage": whole.auto_coverage,
        "auto_precision": whole.auto_precision,
        "accuracy_of_knowledge_alone": figures(lines, shipped).accuracy,
        "intake": intake_figures(lines, answers, untaught().knowledge, {key: two for key, (_, two) in groups.items()}),
        "by_difficulty": {
            name: figures([lines[place] for place in places], [answers[place] for place in places]).accuracy
            for name, places in sorted(by_difficulty.items())
        },
        "per_label": whole.per_label,
        "goals": {"accuracy": ">= 0.92", "macro_f1": ">= 0.88", "calibration_error": "<= 0.03"},
    }


def _left_out(lines: list[LabelledLine], creditor: dict[str, str]) -> list[Recognition]:
    households = sorted({line.household for line in lines})
    found: dict[str, Recognition] = {}
    for fold in range(FOLDS):
        out = set(households[fold::FOLDS])
        met = {creditor[line.id] for line in lines if line.household in out}
        train = [line for line in lines if line.household not in out and creditor[line.id] not in met]
        recogniser = learn([Example(line.entry, line.label, line.household) for line in train])
        for household in out:
            own = [line for line in lines if line.household == household]
            told = recogniser.recognise_history([line.entry for line in own])
            found.update(zip((line.id for line in own), told, strict=True))
    return [found[line.id] for line in lines]


if __name__ == "__main__":
    result = measure()
    print(json.dumps(result) if "--json" in sys.argv else "\n".join(f"{k:30} {v}" for k, v in result.items()))
