"""The sheet of ASVS 5.0 answers every chapter, with tests that are there or a gap that is named."""

import csv

from tests.house.tree import ROOT

SHEET = ROOT / "docs" / "quality" / "asvs.tsv"
CHAPTERS = 17


def rows() -> list[dict[str, str]]:
    with SHEET.open(encoding="utf-8") as sheet:
        return list(csv.DictReader(sheet, delimiter="\t"))


def test_answers_every_chapter_once() -> None:
    assert [row["chapter"] for row in rows()] == [f"V{number}" for number in range(1, CHAPTERS + 1)]
    assert {row["met"] for row in rows()} <= {"yes", "partly", "gap", "not used"}


def test_names_evidence_that_is_there_or_says_what_is_missing() -> None:
    for row in rows():
        assert row["evidence"] or row["met"] in {"gap", "not used"}, row["chapter"]
        assert row["gap"] or row["met"] == "yes", row["chapter"]
        for test in row["evidence"].split():
            file, _, name = test.partition("::")
            source = ROOT / file
            assert source.is_file(), test
            assert not name or f"def {name}(" in source.read_text(encoding="utf-8"), test
