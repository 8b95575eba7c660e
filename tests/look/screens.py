"""Shows pages on screens of several widths, with and without script, and notes what is wrong with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tests.accessibility.browser import Showing

WIDTHS = (320, 360, 1280)


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
