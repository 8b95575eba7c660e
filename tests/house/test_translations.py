"""Dutch is complete; what residents meet is complete in every language, and the desk speaks Dutch only."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from accessibility.words import EVERYWHERE
from tests.house.tree import ROOMS, ROOT, told

CATALOGUES = {path.parts[-3]: path for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))}
COMPLETE = ("nl",)
SOURCE = "en"
FOR_RESIDENTS = {source if isinstance(source, str) else source[0] for source in EVERYWHERE.values()}
# Pages that people open in any language: their words come from the one table, which marks what is not translated.
IN_ANY_LANGUAGE = ("account", "components", "letters", "listen", "resident")


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


@pytest.mark.parametrize("code", sorted(set(CATALOGUES) - set(COMPLETE)))
def test_tells_residents_everything_in_every_language_and_nothing_of_the_desk(code: str) -> None:
    catalogue = polib.pofile(str(CATALOGUES[code]))

    assert {msgid for _, msgid, _ in sentences(CATALOGUES[code])} ^ FOR_RESIDENTS == set()
    assert not [entry.msgid for entry in catalogue.untranslated_entries()]
    assert not [entry.msgid for entry in catalogue.fuzzy_entries()]


def test_says_nothing_in_unmarked_dutch_to_who_reads_another_language() -> None:
    pages = [path for folder in IN_ANY_LANGUAGE for path in (ROOT / "templates" / folder).rglob("*.html")]
    pages += (ROOT / "templates").glob("*.html")

    assert len(pages) > 15
    assert not [
        told(path) for path in pages if re.search(r"{% *(translate|blocktranslate|load i18n)", path.read_text())
    ]


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
