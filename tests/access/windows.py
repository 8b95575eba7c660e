"""Browser windows on a house that is served for the test, each with cookies of its own."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served() -> Iterator[str]:
    """The address of the house, answered by a thread of its own from the database of the test."""
    application = get_wsgi_application()

    def answer(environ: dict[str, object], start: object) -> object:
        try:
            return application(environ, start)
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, answer, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # Playwright has a loop in this thread; the rows a test asks for itself are asked beside it.
    with mock.patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}):
        yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Window:
    """One window of one person. `actions` counts what that person did: opening an address, a tap, or a form sent."""

    def __init__(
        self, chromium: Browser, house: str, *, width: int = 360, height: int = 740, script: bool = False
    ) -> None:
        self.actions = 0
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, base_url=house, locale="nl-NL"
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)

    def open(self, address: str) -> None:
        """Types an address or taps a bookmark."""
        self.actions += 1
        self.page.goto(address)

    def tap(self, words: str) -> None:
        """A link or button with these words."""
        self.actions += 1
        self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first.click()
        self.page.wait_for_load_state()

    def send(self, button: str, **fields: str) -> None:
        """Fills in the fields and sends the form: one action."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.tap(button)

    def sees(self, words: str) -> None:
        """Waits until the words are there: the page may have to look again by itself."""
        self.page.get_by_text(words).first.wait_for()

    @property
    def text(self) -> str:
        return str(self.page.inner_text("body")).replace("\u00a0", " ")
