"""Shows pages on screens of several widths, with and without script, and notes what is wrong with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.accessibility.browser import SMALL_AT_A_DESK, Showing

WIDTHS = (320, 360, 1280)
DESK_WIDTHS = (1280, 768)
# A screen of 1280 pixels at 200 % zoom.
ZOOMED = 640


@dataclass(frozen=True)
class Finding:
    """What is wrong, where: `by` is axe, fit, script or vnu; for letters pdf."""

    by: str
    language: str
    page: str
    screen: str
    what: str


@dataclass(frozen=True)
class Seen:
    """A picture of a page."""

    language: str
    page: str
    screen: str
    picture: Path


def look(
    chromium: Browser, pages: dict[str, str], *, language: str, folder: Path, widths: Iterable[int] = WIDTHS
) -> Iterator[Seen | Finding]:
    """Every page on every screen; findings and pictures as they come."""
    for width in widths:
        told = {}
        for script in (True, False):
            screen = f"{width}{'' if script else ' without script'}"
            window = Showing(chromium, width=width, script=script)
            for name, html in pages.items():
                window.show(html)
                told[name, script] = window.page.locator("body").inner_text()
                picture = folder / f"{language} {name} {screen}.jpg".replace(" ", "_").replace(":", "")
                window.page.screenshot(path=picture, full_page=True, type="jpeg", quality=60)
                yield Seen(language, name, screen, picture)
                for by, what in _wrong(window, script=script):
                    yield Finding(by, language, name, screen, what)
            window.page.context.close()
        for name in pages:
            if told[name, True] != told[name, False]:
                yield Finding("script", language, name, str(width), "says something else without script")


def look_at_desk(chromium: Browser, pages: dict[str, str], folder: Path) -> Iterator[Seen | Finding]:
    """Every page of the desk on a wide and a narrow screen, with axe; and that it fits at 200 % zoom."""
    for width in (*DESK_WIDTHS, ZOOMED):
        window, screen = Showing(chromium, width=width, height=900), f"desk {width}"
        for name, html in pages.items():
            page = window.show(html)
            if width in DESK_WIDTHS:
                picture = folder / f"desk {name} {width}.jpg".replace(" ", "_").replace(",", "").replace("'", "")
                page.screenshot(path=picture, full_page=True, type="jpeg", quality=60)
                yield Seen("nl", name, screen, picture)
                yield from (Finding("axe", "nl", name, screen, found) for found in window.findings())
            if (sideways := window.fit()["sideways"]) > 0:
                yield Finding("fit", "nl", name, screen, f"{sideways} pixels wider than the screen")
            small = page.evaluate(SMALL_AT_A_DESK)
            yield from (Finding("fit", "nl", name, screen, f"smaller than 44 pixels: {one}") for one in small)
        page.context.close()


def _wrong(window: Showing, *, script: bool) -> Iterator[tuple[str, str]]:
    # Axe is a script itself. Without script the page must say and fit the same, which is looked at here.
    if script:
        yield from (("axe", found) for found in window.findings())
    measured = window.fit()
    if measured["sideways"] > 0:
        yield "fit", f"{measured['sideways']} pixels wider than the screen"
    yield from (("fit", f"smaller than 48 pixels: {small}") for small in measured["small"])
    unknown = [address for address in window.asked if not address.endswith((".css", "/page", "/code.svg"))]
    yield from (("fit", f"asks for {address}") for address in unknown)
