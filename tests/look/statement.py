"""`python -m tests.look.statement`: writes docs/accessibility-statement.md from the criteria and the last full look.

With `--keep` the figures of look/summary.json are kept first, in docs/quality/look.json.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CRITERIA = ROOT / "docs" / "quality" / "wcag.tsv"
LAST_LOOK = ROOT / "docs" / "quality" / "look.json"
STATEMENT = ROOT / "docs" / "accessibility-statement.md"
DRAFTS = "- All languages but Dutch are drafts: no native reader has checked them, and the pages say so."
MET = {"yes": "yes", "partly": "**partly**", "none": "does not occur"}


class Criterion(NamedTuple):
    """A success criterion of WCAG 2.2: how it is met and the tests that show it."""

    number: str
    level: str
    name: str
    met: str
    how: str
    evidence: str


def criteria() -> list[Criterion]:
    """All 55 of level A and AA, then those of AAA that we claim."""
    with CRITERIA.open(encoding="utf-8", newline="") as written:
        return [Criterion(*row) for row in list(csv.reader(written, delimiter="\t"))[1:]]


def statement() -> str:
    """The whole paper."""
    rows = criteria()
    base = [row for row in rows if row.level != "AAA"]
    more = [row for row in rows if row.level == "AAA"]
    counted = Counter(row.met for row in base)
    partly = [f"- {row.number} {row.name}: {row.how}." for row in base if row.met == "partly"]
    gaps = "\n".join([*partly, DRAFTS])
    return f"""# Accessibility statement

Written by `python -m tests.look.statement` from `docs/quality/wcag.tsv` and the last full look; not by hand.

**About.** The pages and letters for residents. Norm: EN 301 549, which takes over WCAG 2.1 AA; we hold ourselves to
WCAG 2.2. The desk of colleagues is held against axe and the keyboard (`tests/backend/web/test_in_a_browser.py`), and
has no table of its own yet.

**How it stands.** Of the {len(base)} criteria of level A and AA, {counted["yes"]} are met, {counted["none"]} are about
things that do not occur, {counted["partly"]} are met partly. Of level AAA we claim {len(more)}. **Nobody outside the
house has looked yet**, and nobody who uses a screen reader every day has tried these pages for us. In the register
this is status C, *eerste maatregelen genomen*, until an independent party has looked. That residents did not test yet
whether they understand the pages is said in [teach-back.md](teach-back.md).

**What is not right yet**

{gaps}

**The last full look.** {_look()}

**Something does not work for you?** Call the municipality: the number stands on every page, and large on every letter.

## Level A and AA

{_table(base)}

## Level AAA, as far as claimed

{_table(more)}
"""


def _look() -> str:
    if not LAST_LOOK.exists():
        return "`make look` was not run in full yet."
    last = json.loads(LAST_LOOK.read_text(encoding="utf-8"))
    widths = ", ".join(str(width) for width in last["widths"])
    return (
        f"`make look`: {last['pages']} pages in {len(last['languages'])} languages (two of them made up), at {widths}\n"
        f"pixels, with and without script, in {last['pictures']} pictures, {last['letters']} of them of letters. "
        f"Findings of axe, vnu and\nthe check of PDF/UA, of what does not fit or says something else without script: "
        f"**{sum(last['findings'].values())}**."
    )


def _table(rows: list[Criterion]) -> str:
    lines = ["| Criterion | Level | Met | How | Shown by |", "|---|---|---|---|---|"]
    for row in rows:
        shown = ", ".join(f"`{test}`" for test in row.evidence.split())
        lines.append(f"| {row.number} {row.name} | {row.level} | {MET[row.met]} | {row.how} | {shown} |")
    return "\n".join(lines)


def keep_last_look() -> None:
    """Keeps the figures of the look just made, without its list."""
    summary = json.loads((ROOT / "look" / "summary.json").read_text(encoding="utf-8"))
    summary.pop("list")
    LAST_LOOK.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if "--keep" in sys.argv:
        keep_last_look()
    STATEMENT.write_text(statement(), encoding="utf-8")
    print(STATEMENT.relative_to(ROOT))
