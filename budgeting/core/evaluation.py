"""How often recognition is right, how well its confidence says so, and how well regular streams are found.

Pure figures over labelled lines; what each means stands in docs/recognition.md.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from budgeting.core.intake import history_lines
from budgeting.core.knowledge.rules import Knowledge
from budgeting.core.labelled import LabelledLine
from budgeting.core.recognition import Recognition
from budgeting.core.recurrence import HistoryLine, Rhythm, Stream, streams

_BINS = 10
_NEAR = 3  # days by which the next expected day may be off
RHYTHMS = {
    "weekly": Rhythm("week", 1),
    "4-weekly": Rhythm("week", 4),
    "monthly": Rhythm("month", 1),
    "quarterly": Rhythm("month", 3),
    "yearly": Rhythm("year", 1),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of answers to labelled lines. `per_label`: label → n, precision (None: never said), recall."""

    n: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    auto_coverage: float
    auto_precision: float | None
    per_label: Mapping[str, Mapping[str, float | int | None]]


def figures(lines: Sequence[LabelledLine], answers: Sequence[Recognition]) -> Figures:
    """All figures of answers, in the order of the lines; there must be at least one line."""
    pairs = list(zip(lines, answers, strict=True))
    right = sum(line.label == answer.category for line, answer in pairs)
    auto = [(line, answer) for line, answer in pairs if answer.auto]
    auto_right = sum(line.label == answer.category for line, answer in auto)
    per_label = {label: _of_label(label, pairs) for label in sorted({line.label for line in lines})}
    return Figures(
        n=len(pairs),
        accuracy=_rounded(right / len(pairs)),
        macro_f1=_rounded(sum(map(_f1, per_label.values())) / len(per_label)),
        calibration_error=_rounded(calibration_error(pairs)),
        auto_coverage=_rounded(len(auto) / len(pairs)),
        auto_precision=_rounded(auto_right / len(auto)) if auto else None,
        per_label=per_label,
    )


def calibration_error(pairs: Sequence[tuple[LabelledLine, Recognition]]) -> float:
    """Expected calibration error: over ten bins of confidence, how far confidence is from the share that is right."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for line, answer in pairs:
        bins[min(int(answer.confidence * _BINS), _BINS - 1)].append((answer.confidence, line.label == answer.category))
    gaps = (abs(sum(sure for sure, _ in found) - sum(right for _, right in found)) for found in bins.values())
    return sum(gaps) / len(pairs)


def _of_label(label: str, pairs: Sequence[tuple[LabelledLine, Recognition]]) -> dict[str, float | int | None]:
    true = [answer for line, answer in pairs if line.label == label]
    said = [line for line, answer in pairs if answer.category == label]
    hits = sum(answer.category == label for answer in true)
    return {
        "n": len(true),
        "precision": _rounded(hits / len(said)) if said else None,
        "recall": _rounded(hits / len(true)),
    }


def _f1(found: Mapping[str, float | int | None]) -> float:
    precision, recall = found["precision"] or 0.0, found["recall"] or 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _rounded(value: float) -> float:
    return round(value, 4)


@dataclass(slots=True)
class _Count:
    streams: int = 0
    found: int = 0
    right_rhythm: int = 0
    right_category: int = 0
    tried_next: int = 0
    near_next: int = 0
    proposals: int = 0
    true_proposals: int = 0


def intake_figures(
    lines: Sequence[LabelledLine],
    answers: Sequence[Recognition],
    knowledge: Knowledge,
    series: Mapping[str, str],
) -> dict[str, float | int | None]:
    """How well the true streams of each household are found, from recognised (not true) categories.

    `series`: line id → series. A true stream is a series' recurring lines of one label and rhythm, seen twice or more.
    It is found by the proposal that shares most lines with it, if that is most of both; a proposal is true when most of
    its lines are of one true stream. The next day is tested by leaving the last line out.
    """
    count = _Count()
    households: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        households[line.household].append(place)
    for places in households.values():
        own = [lines[place] for place in places]
        history = history_lines([line.entry for line in own], [answers[place] for place in places], knowledge)
        _count_household(count, own, history, series)
    return _of_count(count)


def _count_household(
    count: _Count, own: Sequence[LabelledLine], history: Sequence[HistoryLine], series: Mapping[str, str]
) -> None:
    found = streams(history)
    true = _true_streams(own, history, series)
    for (_, label, recurrence), places in true.items():
        count.streams += 1
        best = max(range(len(found)), key=lambda number: _shared(found[number], places), default=None)
        if best is None or _shared(found[best], places) * 2 <= max(len(found[best].lines), len(places) - 1):
            continue
        count.found += 1
        count.right_rhythm += found[best].rhythm == RHYTHMS[recurrence]
        count.right_category += found[best].category == label
        if len(places) >= 3:
            count.tried_next += 1
            count.near_next += _is_next_near(history, places)
    count.proposals += len(found)
    count.true_proposals += sum(
        any(_shared(stream, places) * 2 > len(stream.lines) for places in true.values()) for stream in found
    )


def _shared(stream: Stream, places: Sequence[int]) -> int:
    return len(set(stream.lines) & set(places))


def _true_streams(
    own: Sequence[LabelledLine], history: Sequence[HistoryLine], series: Mapping[str, str]
) -> dict[tuple[Hashable, str, str], list[int]]:
    groups: dict[tuple[Hashable, str, str], list[int]] = defaultdict(list)
    for place, line in enumerate(own):
        if line.recurrence in RHYTHMS:
            whose = series.get(line.id) or (history[place].counterparty, line.entry.amount > 0)
            groups[whose, line.label, line.recurrence].append(place)
    return {key: places for key, places in groups.items() if len(places) >= 2}


def _is_next_near(history: Sequence[HistoryLine], places: Sequence[int]) -> bool:
    last = max(places, key=lambda place: history[place].day)
    day = history[last].day
    before = streams([line for line in history if line.day < day])
    return any(
        stream.counterparty == history[last].counterparty
        and stream.category == history[last].category
        and abs((stream.next_expected - day).days) <= _NEAR
        for stream in before
    )


def _of_count(count: _Count) -> dict[str, float | int | None]:
    def share(part: int, whole: int) -> float | None:
        return _rounded(part / whole) if whole else None

    return {
        "streams": count.streams,
        "proposals": count.proposals,
        "recall": share(count.found, count.streams),
        "precision": share(count.true_proposals, count.proposals),
        "rhythm_right": share(count.right_rhythm, count.found),
        "category_right": share(count.right_category, count.found),
        "next_tested": count.tried_next,
        "next_within_3_days": share(count.near_next, count.tried_next),
    }
