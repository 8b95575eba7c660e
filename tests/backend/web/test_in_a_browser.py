"""The desk in a real browser: no finding of axe, nothing wider than the screen, everything by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from accessibility import styles
from tests.accessibility.browser import SMALL_AT_A_DESK, Showing, browser
from tests.backend.web.busy_morning import busy_morning

pytestmark = pytest.mark.browser

# 640 pixels is a screen of 1280 at 200 % zoom.
WIDTHS = (1280, 768, 640, 360)
SMALL = SMALL_AT_A_DESK


class DeskShowing(Showing):
    """A window in which the desk's own stylesheet is found."""

    def _answer(self, route: Route) -> None:
        if route.request.url.endswith(".css"):
            route.fulfill(body=styles.sheet("desk").plain, content_type="text/css")
        else:
            super()._answer(route)


_kept: dict[str, str] = {}


@pytest.fixture
def pages(request: pytest.FixtureRequest) -> dict[str, str]:
    """Every kind of page, as it is sent on a busy morning; made by the first test that asks."""
    if not _kept:
        _kept.update(busy_morning(request.getfixturevalue("home")))
    return _kept


@pytest.fixture
def chromium(pages: dict[str, str]) -> Iterator[Browser]:
    """Opened after the pages were made and closed before the database is: the two do not go together in one thread."""
    with browser() as found:
        yield found


def test_has_no_finding_of_axe(chromium: Browser, pages: dict[str, str]) -> None:
    window = DeskShowing(chromium, width=1280, height=900)

    found = {name: window.findings() for name, html in pages.items() if window.show(html)}

    assert len(found) > 20
    assert not {name: wrong for name, wrong in found.items() if wrong}


def test_has_no_finding_of_axe_on_a_phone(chromium: Browser, pages: dict[str, str]) -> None:
    window = DeskShowing(chromium, width=360, height=900)

    for name in ("today", "entry with a search", "batch to approve", "register with errors"):
        window.show(pages[name])
        assert not window.findings(), name


def test_fits_every_screen_with_targets_large_enough(chromium: Browser, pages: dict[str, str]) -> None:
    wrong = {}
    for width in WIDTHS:
        window = DeskShowing(chromium, width=width, height=900)
        for name, html in pages.items():
            page = window.show(html)
            found = window.fit()["sideways"], page.evaluate(SMALL)
            if found != (0, []):
                wrong[name, width] = found

    assert not wrong


def test_has_one_heading_and_a_title_on_every_page(chromium: Browser, pages: dict[str, str]) -> None:
    window = DeskShowing(chromium, width=1280)

    for name, html in pages.items():
        page = window.show(html)
        assert page.locator("h1").count() == 1, name
        assert page.title().strip(" -"), name


def test_puts_the_eye_of_the_keyboard_on_the_best_suggestion(chromium: Browser, pages: dict[str, str]) -> None:
    page = DeskShowing(chromium, width=1280, script=False).show(pages["entry"])

    assert page.evaluate("document.activeElement.value").startswith("agreement:")


def test_leads_from_each_error_to_its_field(chromium: Browser, pages: dict[str, str]) -> None:
    page = DeskShowing(chromium, width=1280).show(pages["register with errors"])

    page.locator("#errors a", has_text="rekeningnummer").click()

    assert page.evaluate("document.activeElement.id") == "id_iban"
    assert page.locator("#id_iban").get_attribute("aria-describedby") == "id_iban_helptext id_iban_error"


def test_sends_no_script_but_the_keys_and_no_style_of_its_own(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        assert html.count("<script") == (1 if name.startswith(("entry", "lesson")) else 0), name
        assert " style=" not in html, name
        assert "onclick" not in html, name
