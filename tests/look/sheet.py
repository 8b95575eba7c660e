"""Puts all pictures on one sheet: a page to leaf through, and one picture per kind of screen."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from playwright.sync_api import Browser

from tests.look.screens import Seen

STYLE = """body { margin: 16px; font: 14px system-ui; background: #fff; color: #222 } h2 { margin: 24px 0 8px }
.row { display: flex; align-items: flex-start; gap: 8px } figure { margin: 0; flex: none; width: 150px }
img { width: 150px; max-height: 420px; object-fit: cover; object-position: top; border: 1px solid #888 }
figcaption { font-size: 11px; overflow-wrap: anywhere }
.row--desk { flex-wrap: wrap } .row--desk figure, .row--desk img { width: 300px }
.row--desk img { max-height: 600px }"""
HIGHEST = 16_000  # pixels; what a browser can still draw in one picture


def contact_sheets(chromium: Browser, seen: Iterable[Seen], folder: Path) -> list[Path]:
    """`index.html` with every picture, and `sheet-<screen>.png` for each screen."""
    pictures = list(seen)
    screens = list(dict.fromkeys(one.screen for one in pictures))
    parts = {screen: _rows([one for one in pictures if one.screen == screen], folder) for screen in screens}
    whole = "".join(f"<h1>{escape(screen)}</h1>{rows}" for screen, rows in parts.items())
    (folder / "index.html").write_text(_document(whole), encoding="utf-8")
    return [_picture(chromium, screen, rows, folder) for screen, rows in parts.items()]


def _rows(pictures: list[Seen], folder: Path) -> str:
    rows = []
    for language in dict.fromkeys(one.language for one in pictures):
        figures = "".join(
            f'<figure><img alt="" src="{escape(str(one.picture.relative_to(folder)))}">'
            f"<figcaption>{escape(one.page)}</figcaption></figure>"
            for one in pictures
            if one.language == language
        )
        kind = "row row--desk" if pictures[0].screen.startswith("desk") else "row"
        rows.append(f'<h2>{escape(language)}</h2><div class="{kind}">{figures}</div>')
    return "".join(rows)


def _picture(chromium: Browser, screen: str, rows: str, folder: Path) -> Path:
    source = folder / "sheet.html"
    source.write_text(_document(rows), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1600, "height": 900})
    page.goto(source.as_uri())
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    page.set_viewport_size({"width": min(size[0], HIGHEST), "height": min(size[1], HIGHEST)})
    picture = folder / f"sheet-{screen.replace(' ', '-')}.png"
    page.screenshot(path=picture)
    page.close()
    source.unlink()
    return picture


def _document(body: str) -> str:
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Look</title><style>{STYLE}</style>{body}'
