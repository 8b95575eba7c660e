"""The site with guides is built without a warning, asks no other server, and names only words of the screens."""

import re
import struct
from pathlib import Path

import polib
import pytest

from tests.house.tree import ROOT
from tests.site.__main__ import build
from tests.site.flow import BOXES, Flow, NoBoxForIt, drawn
from tests.site.screens import SCREENS

DUTCH = ("consulent.md", "helper.md")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 390, 780)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Files with the names of all pictures: making them takes a browser and a minute."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in [screen.name for screen in SCREENS]:
        (folder / f"{name}.png").write_bytes(PNG)
    (folder / "flow.svg").write_text(drawn({}))
    return folder


def test_is_built_without_a_warning_and_asks_nobody_else(pictures: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "site", pictures) == 0

    pages = {path: path.read_text() for path in (tmp_path / "site").rglob("*.html")}
    assert len(pages) > 40
    fetched = re.compile(r"""(?:\bsrc|<link[^>]*\bhref)=["']((?:https?:)?//[^"']+)""")
    assert not [f"{path.name}: {found}" for path, text in pages.items() for found in fetched.findall(text)]
    assert not [path.name for path, text in pages.items() if "<script" in text or "```" in text]
    assert "//" not in re.sub(r"/\*.*?\*/", "", (tmp_path / "site" / "site.css").read_text(), flags=re.DOTALL)


def test_is_not_built_when_a_picture_is_missing_or_shown_nowhere(pictures: Path, tmp_path: Path) -> None:
    (pictures / "vandaag.png").rename(pictures / "nergens.png")
    assert build(tmp_path / "site", pictures) != 0


@pytest.mark.parametrize("name", DUTCH)
def test_names_only_words_that_stand_on_a_screen(name: str) -> None:
    said = {entry.msgstr for entry in polib.pofile(str(ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"))}
    named = [" ".join(word.split()).removesuffix(".") for word in BOLD.findall((ROOT / "docs" / name).read_text())]

    assert named
    assert not [word for word in named if word not in said and word != "vet"]


def test_draws_every_movement_of_the_books_or_refuses() -> None:
    picture = drawn({(one, two): Flow() for one in BOXES for two in BOXES if one != two})

    assert picture.count('<path d="M') == len(BOXES) * (len(BOXES) - 1) + 1, "each arrow, and the tip of an arrow"
    with pytest.raises(NoBoxForIt):
        drawn({("bank", "elsewhere"): Flow()})
