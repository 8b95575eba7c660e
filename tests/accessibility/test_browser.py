"""Every page in a real browser: nothing axe finds, nothing that does not fit a small phone, targets for a thumb."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser

from accessibility.languages import LANGUAGES as EVERY_LANGUAGE
from accessibility.story import story_of
from tests.accessibility.browser import Showing, browser
from tests.accessibility.households import RENT, facts
from tests.accessibility.pages import every_page, homes, story_page

pytestmark = pytest.mark.browser
LANGUAGES = ["nl", "ar", "ti"]
# Together these show every part a page can have; the long look goes over all of them.
HOMES_LOOKED_AT = ("calm", "every state", "short, paid", "a letter", "nothing agreed", "stopped, money left")
WIDEST = ("home: every state", "home: a million")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def looked_at(language: str) -> dict[str, str]:
    """Pages that together show every part."""
    shown = {f"home: {name}" for name in HOMES_LOOKED_AT}
    return {name: html for name, html in every_page(language).items() if name in shown or not name.startswith("home")}


@pytest.fixture(params=[320, 1280])
def window(chromium: Browser, request: Any) -> Iterator[Showing]:
    showing = Showing(chromium, width=request.param)
    yield showing
    showing.page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_shows_pages_in_which_axe_finds_nothing(window: Showing, language: str) -> None:
    found = {}
    for name, html in looked_at(language).items():
        window.show(html)
        if findings := window.findings():
            found[name] = findings
    assert found == {}


def test_would_be_told_by_axe_of_a_page_that_is_wrong(window: Showing) -> None:
    grey = "".join(f'<p style="color:{colour}">grijs</p>' for colour in ("#999", "#666"))
    window.show(f'<html lang="nl"><title>x</title><main><h1>x</h1>{grey}<img src="x"></main>')
    rules = {finding.split(":")[0] for finding in window.findings()}
    assert {"image-alt", "color-contrast", "color-contrast-enhanced"} <= rules


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_fits_every_page_on_a_small_phone(chromium: Browser, language: str) -> None:
    window = Showing(chromium, width=320)
    wrong = {}
    for name, html in looked_at(language).items():
        window.show(html)
        measured = window.fit()
        if measured["sideways"] > 0 or measured["small"]:
            wrong[name] = measured
    window.page.context.close()
    assert wrong == {}


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_answers_both_first_questions_on_the_first_screen(chromium: Browser, language: str) -> None:
    window = Showing(chromium, width=360)
    below = {}
    for name, html in homes(language).items():
        page = window.show(html)
        bottom = page.evaluate("document.querySelectorAll('section')[1].getBoundingClientRect().bottom")
        if bottom > 640:
            below[name] = bottom
    window.page.context.close()
    assert below == {}


def test_asks_for_two_files_only(chromium: Browser) -> None:
    window = Showing(chromium, width=360)
    window.show(homes("nl")["home: every state"])
    assert len(window.asked) == 2
    window.page.context.close()


def test_tells_the_same_without_a_script(chromium: Browser) -> None:
    with_script, without = Showing(chromium, width=360), Showing(chromium, width=360, script=False)
    html = homes("ar")["home: every state"]
    assert with_script.show(html).locator("main").inner_text() == without.show(html).locator("main").inner_text()
    with_script.page.context.close()
    without.page.context.close()


def test_mirrors_the_page_for_who_reads_from_right_to_left(chromium: Browser) -> None:
    window = Showing(chromium, width=360)
    at = "document.querySelector('.hhb-item > svg').getBoundingClientRect().x"
    assert window.show(homes("nl")["home: calm"]).evaluate(at) < 100
    assert window.show(homes("ar")["home: calm"]).evaluate(at) > 260
    window.page.context.close()


def test_keeps_the_euro_sign_before_the_amount_in_a_line_from_right_to_left(chromium: Browser) -> None:
    window = Showing(chromium, width=360)
    page = window.show(homes("ar")["home: calm"])
    order = page.evaluate(
        """() => { const text = document.querySelector('.hhb-figure bdi').firstChild, x = at => {
             const range = document.createRange(); range.setStart(text, at); range.setEnd(text, at + 1);
             return range.getBoundingClientRect().x; };
             return [x(0), x(2), x(text.length - 1)]; }"""
    )
    assert order == sorted(order)
    window.page.context.close()


def test_holds_a_name_of_two_hundred_letters(chromium: Browser) -> None:
    window = Showing(chromium, width=320)
    long = facts(charges=(replace(RENT, name="W" * 200), replace(RENT, name="Van der " * 25)))
    window.show(story_page(story_of(long), "resident/home.html", "nl", first_level="h1"))
    assert window.fit()["sideways"] == 0
    window.page.context.close()


@pytest.mark.parametrize(
    "screen", [{"color_scheme": "dark"}, {"forced_colors": "active"}], ids=["dark", "forced colours"]
)
def test_stays_readable_in_other_colours(chromium: Browser, screen: dict[str, str]) -> None:
    window = Showing(chromium, width=360, **screen)
    found = {}
    for name, html in looked_at("nl").items():
        window.show(html)
        if findings := window.findings():
            found[name] = findings
    window.page.context.close()
    assert found == {}


@pytest.mark.parametrize(
    "rules",
    [
        "html { font-size: 200% }",
        "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }",
    ],
    ids=["twice as large", "wider apart"],
)
def test_keeps_its_words_when_they_are_made_easier_to_see(chromium: Browser, rules: str) -> None:
    window = Showing(chromium, width=320)
    for language in EVERY_LANGUAGE:
        for name, html in every_page(language).items():
            if language == "nl" or name in WIDEST:
                window.show(html).add_style_tag(content=rules)
                assert window.fit()["sideways"] == 0, f"{language}: {name}"
    window.page.context.close()


def test_shows_where_the_keyboard_is(chromium: Browser) -> None:
    window = Showing(chromium, width=360)
    page = window.show(homes("nl")["home: calm"])
    at = (
        "(() => { const e = document.activeElement; return [e.innerText.trim(), getComputedStyle(e).outlineWidth]; })()"
    )
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(at))
    # Listen is there when the computer has a voice.
    words = [text for text, _ in seen if text != "Luister"][:5]
    assert words == ["Ga naar de tekst", "Taal", "Stoppen", "Bel 14 0199", "Waarom dit bedrag?"]
    assert {outline for _, outline in seen} == {"3px"}
    window.page.context.close()


def test_warns_at_the_foot_of_the_screen_before_a_stay_ends(chromium: Browser) -> None:
    window = Showing(chromium, width=360)
    window.page.clock.install()
    page = window.show(homes("nl")["home: calm"])
    assert page.get_by_role("alert").count() == 0

    page.clock.fast_forward(13 * 60 * 1000)

    warning = page.get_by_role("alert")
    assert "U blijft ingelogd tot 14:20" in warning.inner_text()
    assert warning.bounding_box()["y"] < 640
    assert page.evaluate("document.activeElement.textContent") == "Ik wil langer kijken"
    assert window.findings() == []
    window.page.context.close()
