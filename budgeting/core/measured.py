"""How often recognition was right when it was last measured: kept with the rules, written by `bench.left_out --keep`.

A measurement is of the rules it was made with: `fingerprint` tells whether these are still the rules that run. Shares
are between 0 and 1.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from budgeting.core.recognition import RULE_VERSION

_HERE = Path(__file__).parent / "knowledge"
KEPT = _HERE / "measured.json"
_RULES = ("groups.tsv", "rules.tsv")


class NotMeasured(ValueError):
    """The kept measurement is not there, or is no measurement: `KEPT` names the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """Of some lines: how many, how many were right, how many were set without asking and of those how many right."""

    n: int
    right: float
    auto: float
    auto_right: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement. `parts`: dimension → group → its part; `labels`: label → n, precision, recall."""

    on: str
    rule_version: str
    fingerprint: str
    households: int
    whole: Part
    macro_f1: float
    calibration_error: float
    firm_unknown: Part
    parts: Mapping[str, Mapping[str, Part]]
    labels: Mapping[str, Mapping[str, float | int | None]]
    intake: Mapping[str, float | int | None]

    def as_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), indent=1) + "\n"


def fingerprint() -> str:
    """Of the rules that run: their version and the two files of knowledge."""
    digest = hashlib.sha256(RULE_VERSION.encode())
    for name in _RULES:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:16]


@cache
def measured() -> Measured:
    """The kept measurement; raises `NotMeasured`."""
    try:
        return of_json(KEPT.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotMeasured(KEPT.name) from error


def of_json(text: str) -> Measured:
    """A measurement as it was kept; raises `NotMeasured`."""
    try:
        found: dict[str, Any] = json.loads(text)
        for name in ("whole", "firm_unknown"):
            found[name] = Part(**found[name])
        parts = found["parts"].items()
        found["parts"] = {name: {group: Part(**part) for group, part in groups.items()} for name, groups in parts}
        return Measured(**found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotMeasured(KEPT.name) from error
