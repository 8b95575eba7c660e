"""The long look finds what is wrong; here it looks at a little, and at what is wrong on purpose."""

from pathlib import Path

import pytest
import time_machine

from accessibility.languages import LANGUAGES
from tests import factories
from tests.accessibility.browser import browser
from tests.accessibility.pages import every_page, homes
from tests.backend.web.desk import MORNING
from tests.look import markup
from tests.look.desk import NO_PAGES, asked_for, every_desk_page
from tests.look.letters import letters
from tests.look.pretend import speaking, stretched
from tests.look.screens import Finding, Seen, look, look_at_desk
from tests.look.sheet import contact_sheets

pytestmark = pytest.mark.browser


def test_writes_html_in_which_the_nu_checker_finds_nothing(tmp_path: Path) -> None:
    pages = {(language, name): html for language in ("nl", "ar", "ti") for name, html in every_page(language).items()}
    assert list(markup.wrong_markup(pages, tmp_path)) == []


def test_notices_a_checker_that_checks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>x</title></head><body></body></html>'
    monkeypatch.setattr(markup, "_WRONG_PAGE", right)
    with pytest.raises(markup.VnuSeesNothing):
        list(markup.wrong_markup({}, tmp_path))


def test_finds_what_is_too_wide_too_small_or_colourless(tmp_path: Path) -> None:
    wrong = (
        '<html lang="nl"><title>x</title><main><h1>x</h1><p style="width:900px;color:#999">grijs</p>'
        '<button style="height:20px">x</button><p id="s">a</p><script>s.innerText = "b"</script></main>'
    )
    with browser() as chromium:
        found = list(look(chromium, {"wrong": wrong}, language="nl", folder=tmp_path, widths=[320]))
    told = " ".join(one.what for one in found if isinstance(one, Finding))
    assert all(
        part in told for part in ("color-contrast", "wider than the screen", "smaller than 48", "without script")
    )


def test_leaves_one_sheet_per_screen(tmp_path: Path) -> None:
    with browser() as chromium:
        page = {"home": homes("ar")["home: calm"]}
        seen = [
            one for one in look(chromium, page, language="ar", folder=tmp_path, widths=[320]) if isinstance(one, Seen)
        ]
        sheets = contact_sheets(chromium, seen, tmp_path)
    assert [sheet.name for sheet in sheets] == ["sheet-320.png", "sheet-320-without-script.png"]
    assert (tmp_path / "index.html").read_text().count("<img") == len(seen) == 2


def test_draws_letters_and_holds_them_against_the_standard(tmp_path: Path) -> None:
    found = list(letters("ti", tmp_path))
    assert [one for one in found if isinstance(one, Finding)] == []
    assert all(one.picture.stat().st_size > 5_000 for one in found if isinstance(one, Seen))


def test_stretches_words_and_leaves_values_alone() -> None:
    told = stretched("Before {day} we pay {amount}.")
    assert "{day}" in told
    assert "{amount}" in told
    assert len(told) >= 1.3 * len("Before {day} we pay {amount}.")


@pytest.mark.parametrize(("name", "direction"), [("pseudo", "ltr"), ("pseudo-rtl", "rtl")])
def test_speaks_a_pretended_language_and_forgets_it(name: str, direction: str) -> None:
    with speaking(name) as code:
        page = homes(code)["home: calm"]
    assert f'dir="{direction}">\n<head>' in page
    assert "[Ýóú" in page
    assert LANGUAGES["en"].direction == "ltr"
    assert "[" not in homes("en")["home: calm"]


def test_looks_at_every_page_of_the_desk(db: None) -> None:
    with time_machine.travel(MORNING, tick=False):
        pages = every_desk_page(factories.house())

    at = {name.removeprefix("at ").split(" ")[0] for name in pages if name.startswith("at ")}
    assert {name for name, _ in asked_for()} - at == NO_PAGES
    assert "at today as approver" in pages


def test_takes_pictures_of_the_desk_and_finds_what_is_wrong_with_it(tmp_path: Path) -> None:
    wrong = (
        '<html lang="nl"><link rel="stylesheet" href="/stijl/desk-x.css"><title>x</title><body class="hhb-desk"><main>'
        '<h1>x</h1><p style="width:900px;color:#999">grijs</p><button style="height:20px">x</button></main>'
    )
    with browser() as chromium:
        found = list(look_at_desk(chromium, {"wrong": wrong}, tmp_path))
    told = {(one.screen, one.by) for one in found if isinstance(one, Finding)}
    assert {("desk 1280", "axe"), ("desk 768", "axe"), ("desk 768", "fit"), ("desk 640", "fit")} <= told
    assert [one.screen for one in found if isinstance(one, Seen)] == ["desk 1280", "desk 768"]
