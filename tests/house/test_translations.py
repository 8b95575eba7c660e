"""Dutch is complete; every language that is shipped knows the same sentences; no sentence is missing from the files."""

import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.house.tree import ROOMS, ROOT

CATALOGUES = {path.parts[-3]: path for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))}
COMPLETE = ("nl",)
SOURCE = "en"


def sentences(path: Path) -> set[tuple[str, str, str]]:
    """Every msgid in use, with its context and plural."""
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural)
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }


def test_has_a_catalogue_for_every_language_it_offers() -> None:
    assert set(CATALOGUES) | {SOURCE} >= {code for code, _ in settings.LANGUAGES}


@pytest.mark.parametrize("code", COMPLETE)
def test_speaks_this_language_completely(code: str) -> None:
    catalogue = polib.pofile(str(CATALOGUES[code]))

    assert not [entry.msgid for entry in catalogue.untranslated_entries()]
    assert not [entry.msgid for entry in catalogue.fuzzy_entries()]


def test_knows_the_same_sentences_in_every_language() -> None:
    dutch = sentences(CATALOGUES["nl"])

    assert {code: sentences(path) ^ dutch for code, path in CATALOGUES.items() if sentences(path) != dutch} == {}


@pytest.mark.parametrize("code", CATALOGUES)
def test_keeps_the_values_of_a_sentence_in_every_language(code: str) -> None:
    checked = subprocess.run(
        ["msgfmt", "--check", "--output-file=/dev/null", CATALOGUES[code]], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stderr


def test_has_collected_every_sentence_to_translate(tmp_path: Path) -> None:
    for folder in (*ROOMS, "locale", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    collect = [sys.executable, "manage.py", "makemessages", "--locale", "nl", "--no-obsolete", "--no-location"]

    subprocess.run(collect, cwd=tmp_path, capture_output=True, text=True, check=True)

    collected = sentences(tmp_path / CATALOGUES["nl"].relative_to(ROOT))
    assert collected == sentences(CATALOGUES["nl"]), "run make messages and translate"
