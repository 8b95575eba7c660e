"""The accessibility statement says what the criteria say, every criterion is answered, and its tests are there."""

import re

from tests.house.tree import ROOT
from tests.look.statement import STATEMENT, criteria, statement

ANCHORS = ROOT / "docs" / "quality" / "anchors.md"


def test_answers_every_criterion_once() -> None:
    rows = criteria()
    levels = [row.level for row in rows]
    assert (levels.count("A"), levels.count("AA"), levels.count("AAA")) == (31, 24, 14)
    assert len({row.number for row in rows}) == len(rows)
    assert [row for row in rows if row.met not in {"yes", "partly", "none"} or not row.how] == []


def test_shows_a_test_for_everything_it_says_is_met() -> None:
    assert [row.number for row in criteria() if row.met != "none" and not row.evidence] == []
    tests = {test for row in criteria() for test in row.evidence.split()}
    missing = [test for test in tests if not _exists(test)]
    assert missing == []


def test_prints_the_statement_that_is_published() -> None:
    assert STATEMENT.read_text(encoding="utf-8") == statement(), "run python -m tests.look.statement"


def test_gives_evidence_for_every_point_of_the_scorecard() -> None:
    rows = [line for line in ANCHORS.read_text(encoding="utf-8").splitlines() if re.match(r"\| [^|-]", line)][1:]
    assert len(rows) > 20
    assert [row for row in rows if not re.search(r"tests/|not yet|by hand|`make ", row)] == []


def _exists(test: str) -> bool:
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
