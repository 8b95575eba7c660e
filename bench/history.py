"""What earlier runs found, so that a slow-down shows: one line a run in `bench/history.jsonl`.

Only figures that hold on any machine are compared: ratios within one run, questions asked, memory. Seconds of one
machine say nothing about another's.
"""

import json
import re
import statistics
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

PLACE = Path("bench/history.jsonl")
LOOKED_BACK = 5  # runs
WORSE = 1.25  # times the middle of those runs
_LESS_IS_BETTER = re.compile(
    r"(^|_)(ratio|times_slower|times_floor|times_typst|over|queries|megabytes|kilobytes|forks)(_|$)"
)
_MORE_IS_BETTER = re.compile(r"(^|_)(times_faster|share)(_|$)")


def keep(results: Mapping[str, object], *, on: date, place: Path = PLACE) -> None:
    """Adds what this run found."""
    with place.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"on": on.isoformat(), **comparable(results)}) + "\n")


def earlier(place: Path = PLACE) -> list[dict[str, Any]]:
    """What the latest runs found, the latest last."""
    lines = place.read_text(encoding="utf-8").splitlines() if place.exists() else []
    return [json.loads(line) for line in lines[-LOOKED_BACK:]]


def comparable(results: Mapping[str, object]) -> dict[str, float]:
    """The figures that can be held against another run's, by their place; goals are left out."""
    return {name: value for name, value in _leaves(results) if _is_better_less(name) is not None}


def worse(results: Mapping[str, object], before: list[dict[str, Any]]) -> list[str]:
    """The figures that are a quarter worse than the middle of the earlier runs, in words."""
    return [
        f"{name}: {value:g}, was {usual:g}"
        for name, value in comparable(results).items()
        if (known := [run[name] for run in before if name in run])
        and _ratio(name, value, usual := statistics.median(known)) > WORSE
    ]


def _leaves(found: object, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(found, Mapping):
        for key, value in found.items():
            if not str(key).startswith("goal"):
                yield from _leaves(value, f"{name}.{key}" if name else str(key))
    elif isinstance(found, int | float) and not isinstance(found, bool):
        yield name, float(found)


def _is_better_less(name: str) -> bool | None:
    """Whether less of it is better; nothing for what is not compared."""
    for part in reversed(name.split(".")):
        if _MORE_IS_BETTER.search(part):
            return False
        if _LESS_IS_BETTER.search(part):
            return True
    return None


def _ratio(name: str, value: float, usual: float) -> float:
    """How many times worse; what was nothing and is something is infinitely worse."""
    now, then = (value, usual) if _is_better_less(name) else (usual, value)
    if then == 0:
        return float("inf") if now > 0 else 1.0
    return now / then
