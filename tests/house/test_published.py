"""The papers of an open project are true: licence of every file, publiccode.yml, the Standard for Public Code."""

import csv
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.house.tree import ROOT

# publiccode.yml 0.4: what is required, which words a choice has, how long a text may be (https://yml.publiccode.tools).
CHOICES = {
    "developmentStatus": {"concept", "development", "beta", "stable", "obsolete"},
    "softwareType": {
        *(f"standalone/{kind}" for kind in ("mobile", "iot", "desktop", "web", "backend", "other")),
        "addon", "library", "configurationFiles",
    },
}  # fmt: skip
REQUIRED = ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description",
            "legal", "maintenance", "localisation")  # fmt: skip
CRITERIA = 16


@pytest.fixture
def papers() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    return found


def test_says_of_every_file_whose_it_is_and_under_which_licence() -> None:
    command = [str(Path(sys.executable).parent / "reuse"), "lint", "--quiet"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0, "run reuse lint"


def test_has_the_licence_once_more_where_tools_look() -> None:
    assert (ROOT / "LICENSES" / "EUPL-1.2.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_has_a_valid_publiccode(papers: dict[str, Any]) -> None:
    assert [name for name in REQUIRED if not papers.get(name)] == []
    assert papers["publiccodeYmlVersion"] == "0.4"
    assert all(papers[name] in choices for name, choices in CHOICES.items())
    assert re.fullmatch(r"https://\S+", papers["url"])
    assert isinstance(papers["releaseDate"], date) or date.fromisoformat(papers["releaseDate"])
    assert papers["legal"]["license"] == "EUPL-1.2"
    assert papers["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert all(contact["name"] for contact in papers["maintenance"]["contacts"])


@pytest.mark.parametrize("language", ["en", "nl"])
def test_tells_enough_and_not_too_much_of_itself(papers: dict[str, Any], language: str) -> None:
    told = papers["description"][language]

    assert len(told["shortDescription"]) <= 150
    assert 150 <= len(told["longDescription"]) <= 10_000
    assert told["features"]


def test_names_every_language_it_speaks(papers: dict[str, Any]) -> None:
    assert set(papers["localisation"]["availableLanguages"]) == {code for code, _ in settings.LANGUAGES}


def test_answers_every_criterion_of_the_standard_for_public_code() -> None:
    lines = (ROOT / "docs" / "quality" / "public-code.tsv").read_text().splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t"))

    assert [row["number"] for row in rows] == [str(number) for number in range(1, CRITERIA + 1)]
    assert {row["met"] for row in rows} <= {"yes", "partly", "no"}
    assert not [row for row in rows if (row["met"] == "yes") is bool(row["gap"])], "a gap is told, and only a gap"
    assert not [file for row in rows for file in row["evidence"].split() if not (ROOT / file).exists()]
