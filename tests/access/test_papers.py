"""ASVS 5.0, every requirement of level 2 and of level 3 where money and access are decided; and the stories of abuse.

Answered with evidence that is there, or with a gap that is named. Numbers and levels are those of the standard; what
each asks is said in a few words of our own.
"""

import csv
from collections import Counter

import pytest
from django.conf import settings

from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "quality"
DEEPER = {"V2", "V8", "V16"}  # business logic, authorisation, logging: level 3 as well
OF_LEVEL = {1: 70, 2: 183, 3: 92}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as sheet:
        return list(csv.DictReader(sheet, delimiter="\t"))


def test_knows_every_requirement_and_its_level() -> None:
    listed = rows("asvs_ids.tsv")
    assert Counter(int(row["level"]) for row in listed) == OF_LEVEL
    assert len({row["id"] for row in listed}) == sum(OF_LEVEL.values())
    assert {row["id"].split(".")[0] for row in listed} == {f"V{number}" for number in range(1, 18)}


def test_answers_every_requirement_of_level_2_and_level_3_where_it_counts() -> None:
    levels = {row["id"]: int(row["level"]) for row in rows("asvs_ids.tsv")}
    answered = [row["id"] for row in rows("asvs.tsv")]
    asked = {one for one, level in levels.items() if level <= 2 or one.split(".")[0] in DEEPER}

    assert len(answered) == len(set(answered))
    assert asked - set(answered) == set()
    assert set(answered) - set(levels) == set()
    assert all(levels[row["id"]] == int(row["level"]) for row in rows("asvs.tsv"))


@pytest.mark.parametrize("met", ["yes", "partly", "gap", "not used"])
def test_shows_evidence_for_a_yes_and_names_what_is_missing(met: str) -> None:
    found = [row for row in rows("asvs.tsv") if row["met"] == met]
    assert found
    for row in found:
        assert row["about"], row["id"]
        assert row["evidence"] or met in {"gap", "not used"}, row["id"]
        assert row["gap"] or met == "yes", row["id"]


def test_answers_nothing_else() -> None:
    assert {row["met"] for row in rows("asvs.tsv")} == {"yes", "partly", "gap", "not used"}


def test_names_evidence_that_is_there() -> None:
    gone = [f"{row['id']}: {one}" for row in rows("asvs.tsv") for one in row["evidence"].split() if not _is_there(one)]
    assert not gone, "\n".join(gone)


def _is_there(one: str) -> bool:
    """Whether a file, a test in a file (`file::name`) or a setting (`setting:NAME`) exists."""
    if one.startswith("setting:"):
        return hasattr(settings, one.removeprefix("setting:"))
    file, _, name = one.partition("::")
    source = ROOT / file
    return source.is_file() and (not name or f"def {name}(" in source.read_text(encoding="utf-8"))


def test_tells_at_least_sixty_stories_of_abuse_and_tries_each() -> None:
    told = rows("abuse.tsv")
    assert len(told) >= 60
    assert [row["id"] for row in told] == [f"A-{number:02d}" for number in range(1, len(told) + 1)]
    assert len({row["story"] for row in told}) == len(told)
    gone = [f"{row['id']}: {row['test']}" for row in told if "::" not in row["test"] or not _is_there(row["test"])]
    assert not gone, "\n".join(gone)
