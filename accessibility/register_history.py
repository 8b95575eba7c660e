"""What the algorithms said of themselves earlier: kept in a file beside this one, added to whenever the rules change.

The file is part of the code, so that a version of the rules cannot be shown without its history. A test holds its last
record against the rules that run (`manage.py algorithm_register --keep`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from accessibility.register import rules_of_now

KEPT = Path(__file__).parent / "register_history.json"
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One algorithm that changed on a day: each field with what it said before and after ("" when it is new)."""

    since: date
    name: str
    fields: tuple[tuple[str, str, str], ...]


def changes() -> list[Change]:
    """Every change, the latest first; the first record makes each algorithm new."""
    records: list[Record] = [{"since": "", "entries": {}}, *_kept()]
    return [change for before, after in reversed(list(pairwise(records))) for change in _changed(before, after)]


def keep_now(*, on: date) -> bool:
    """Adds the rules that run as they are from `on`; False when the last record says the same."""
    if is_kept():
        return False
    record = {"since": on.isoformat(), "entries": _now()}
    KEPT.write_text(json.dumps([*_kept(), record], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return True


def is_kept() -> bool:
    """Whether the last record is of the rules that run."""
    kept = _kept()
    return bool(kept) and kept[-1]["entries"] == _now()


def _kept() -> list[Record]:
    if not KEPT.exists():
        return []
    found: list[Record] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def _now() -> dict[str, Any]:
    """Through JSON, so that it compares with what was kept."""
    found: dict[str, Any] = json.loads(json.dumps({str(entry["source_id"]): entry for entry in rules_of_now()}))
    return found


def _changed(before: Record, after: Record) -> Iterator[Change]:
    for key, entry in after["entries"].items():
        earlier: Mapping[str, Any] = before["entries"].get(key, {})
        fields = tuple(_different(earlier, entry))
        if fields:
            yield Change(date.fromisoformat(after["since"]), str(entry["name"]), fields if earlier else ())


def _different(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield name, str(before.get(name, "")), str(after.get(name, ""))
