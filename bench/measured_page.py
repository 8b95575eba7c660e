"""The kept measurement as a page of the docs: docs/recognition-measured.md, written and not typed."""

from collections.abc import Iterator, Mapping

from budgeting.core.measured import Measured, Part

_TITLES = {
    "creditor": "By whether another household had the creditor (only households left out)",
    "difficulty": "By difficulty",
    "household": "By form of household",
    "income": "By main income",
    "names": "By language of the names",
}


def page_of(kept: Measured) -> str:
    """The whole page."""
    return "\n".join(_lines(kept)) + "\n"


def _lines(kept: Measured) -> Iterator[str]:
    yield "# How often recognition is right: measured"
    yield ""
    made = f"Written by `python -m bench.left_out --keep` on {kept.on}, for {kept.rule_version}"
    yield f"{made} (rules {kept.fingerprint})."
    yield f"{kept.whole.n} composed lines of {kept.households} households; each was answered by what was learnt"
    yield "from other households and other creditors. How to read it: [recognition.md](recognition.md)."
    yield ""
    yield from _table({"all lines": kept.whole, "as if no firm, shop or office were known": kept.firm_unknown})
    yield ""
    yield f"Macro-F1 {kept.macro_f1:.3f}, calibration error {kept.calibration_error:.3f}."
    for name, parts in kept.parts.items():
        yield ""
        yield f"## {_TITLES[name]}"
        yield ""
        yield from _table(parts)
    yield ""
    yield "## Intake"
    yield ""
    for name, value in kept.intake.items():
        yield f"- {name.replace('_', ' ')}: {value}"


def _table(parts: Mapping[str, Part]) -> Iterator[str]:
    yield "| | lines | right | set without asking | of those right |"
    yield "|---|---|---|---|---|"
    for name, part in parts.items():
        sure = "-" if part.auto_right is None else f"{part.auto_right:.3f}"
        yield f"| {name} | {part.n} | {part.right:.3f} | {part.auto:.2f} | {sure} |"
