"""docs/parity.md accounts for every feature, scenario and trap: without a gap, each with a test that exists."""

import re
from collections import Counter

import pytest

from tests.house.tree import ROOT

TEXT = (ROOT / "docs" / "parity.md").read_text()
FEATURES = {
    "G": 9, "SG": 6, "H": 4, "B": 9, "L": 2, "A": 12, "O": 4, "T": 10, "ST": 1, "P": 5, "R": 4, "E": 4, "C": 4, "J": 2,
    "M": 4,
}  # fmt: skip
SCENARIOS = 88
TRAPS = 40
STATES = ("done", "better", "left out")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(heading: str) -> dict[str, list[str]]:
    """The numbered rows below a heading: number and cells."""
    part = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines()[2:] if line[:2] == "| "]
    numbered = [cells for cells in found if re.fullmatch(r"[A-Z]*\d+", cells[0])]
    assert len({cells[0] for cells in numbered}) == len(numbered)
    return {cells[0]: cells[1:] for cells in numbered}


def test_accounts_for_every_feature_scenario_and_trap() -> None:
    assert list(rows("Features")) == [f"{key}{n}" for key, most in FEATURES.items() for n in range(1, most + 1)]
    assert list(rows("Scenarios")) == [str(number) for number in range(1, SCENARIOS + 1)]
    assert list(rows("Traps")) == [f"D{number}" for number in range(1, TRAPS + 1)]


@pytest.mark.parametrize("heading", ["Features", "Scenarios"])
def test_names_a_test_or_says_why_it_is_left_out(heading: str) -> None:
    for number, (what, state, how, tests) in rows(heading).items():
        assert what, number
        assert state in STATES, number
        assert bool(TEST.search(tests)) is (state != "left out"), number
        assert how or state == "done", f"{number}: how, or why not"


def test_names_a_test_for_every_trap() -> None:
    for number, (trap, ours, tests) in rows("Traps").items():
        assert trap.startswith("Trap: "), number
        assert ours, number
        assert TEST.search(tests), number


def test_names_only_tests_that_are_there() -> None:
    named = set(TEST.findall(TEXT))

    assert len(named) > 100
    assert not [f"{file}::{name}" for file, name in named if not _is_there(file, name)]


@pytest.mark.parametrize("heading", ["Features", "Scenarios"])
def test_counts_what_is_done_better_and_left_out(heading: str) -> None:
    found = Counter(state for _what, state, _how, _tests in rows(heading).values())
    told = re.search(rf"^\| {heading} \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)

    assert told
    assert [int(one) for one in told.groups()] == [sum(found.values()), *(found[state] for state in STATES)]


def test_has_nearly_everything() -> None:
    every = [*rows("Features").values(), *rows("Scenarios").values()]

    assert sum(state != "left out" for _what, state, _how, _tests in every) >= 0.95 * len(every)


def _is_there(file: str, name: str) -> bool:
    source = ROOT / file
    return source.is_file() and f"def {name}(" in source.read_text()
