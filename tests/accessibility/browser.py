"""A real browser that shows finished pages: no server, no network, only the page and its stylesheet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from playwright.sync_api import Browser, Page, Route, sync_playwright

from accessibility import styles

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 A and AA, and of AAA what we claim: contrast 7:1, targets, no text that only colour tells.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
ALSO = {"color-contrast-enhanced": {"enabled": True}, "identical-links-same-purpose": {"enabled": True}}
FIT = """() => {
  const targets = document.querySelectorAll('a, button, input, select, summary');
  const seen = [...targets].filter(e => e.getClientRects().length);
  const small = seen.filter(e => !e.matches('.hhb-skip, input[type=hidden], p a, .hhb-told a'))
    .filter(e => {
      const box = (e.closest('label') || e).getBoundingClientRect();
      return box.height < 48 || box.width < 48;
    });
  return {
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: small.map(e => e.outerHTML.slice(0, 90)),
  };
}"""

SMALL_AT_A_DESK = """() => [...document.querySelectorAll('a, button, input, summary, select')]
  .filter(e => e.getClientRects().length)
  .filter(e => !e.matches('.hhb-skip, input[type=hidden], p a, td a, th a, li a, dt a, dd a'))
  .filter(e => { const box = (e.closest('label') || e).getBoundingClientRect(); return box.height < 44; })
  .map(e => e.outerHTML.slice(0, 90))"""


class AxeIsMissing(RuntimeError):
    """The rules are not installed: run `npm ci`."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium as Debian packages it."""
    with sync_playwright() as playwright:
        _close_connections()
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
        _close_connections()


def _close_connections() -> None:
    """Its loop has database connections of its own, which outlive the database of a test that is over."""
    if "DJANGO_ALLOW_ASYNC_UNSAFE" in os.environ:  # else nothing in the loop may ask, or close, a database
        connections.close_all()


class Showing:
    """One window in which pages are shown from their text."""

    def __init__(self, chromium: Browser, *, width: int, height: int = 640, script: bool = True, **screen: Any) -> None:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, **screen
        )
        self.page: Page = context.new_page()
        self.html = ""
        self.asked: list[str] = []
        self.page.route("**/*", self._answer)

    def show(self, html: str) -> Page:
        """Shows the page."""
        self.html, self.asked = html, []
        self.page.goto("http://huishoudboekje.test/page")
        return self.page

    def findings(self) -> list[str]:
        """What axe finds on the page shown, each with the elements it is about."""
        if not AXE.exists():
            raise AxeIsMissing("run `npm ci`")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = {"runOnly": {"type": "tag", "values": RULES}, "rules": ALSO, "resultTypes": ["violations"]}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    def fit(self) -> dict[str, Any]:
        """How far the page is wider than the screen, and which targets are smaller than 48 pixels."""
        measured: dict[str, Any] = self.page.evaluate(FIT)
        return measured

    def _answer(self, route: Route) -> None:
        address = route.request.url
        self.asked.append(address)
        if address.endswith(".css"):
            route.fulfill(body=styles.sheet(_kind(address)).plain, content_type="text/css")
        elif address.endswith("/page"):
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=404, body="")


def _kind(address: str) -> str:
    """Which stylesheet a page asks for: the one in its address, else the resident's."""
    return "desk" if "/desk-" in address else "resident"
