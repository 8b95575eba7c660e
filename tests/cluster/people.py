"""People at browsers in front of the cluster, and a watch that asks each host how it is.

A person who gets no answer, or is told to come back, does the same again at the next host, as one does who does not
know whether it came through.
"""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import requests
from django.conf import settings

from budgeting.models import User
from tests.backend.web.desk import signed_in
from tests.cluster.hosts import Host

PATIENCE = 60.0
BETWEEN_TRIES = 0.3
CSRF = "c" * 32
SOON = 10.0
# What opens a house's figures to the watch of this day (`played`).
TOKEN = {"Authorization": "Bearer a-watch"}


class NobodyAnswered(AssertionError):
    """A person was told for a minute to come back."""


@dataclass
class Person:
    """Somebody who is signed in, with a fresh code; `waited` is the longest they waited for an answer."""

    user: User
    hosts: Sequence[Host]
    at: int = 0
    cookie: str = ""
    waited: float = 0.0
    refused: int = 0

    def sign_in(self) -> None:
        """Their session is a row of the database, so every host knows it."""
        key = signed_in(self.user, fresh=True).session.session_key
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}"

    def get(self, path: str) -> requests.Response:
        """A page."""
        return self._ask("GET", path)

    def post(self, path: str, data: dict[str, str], chosen: bytes | None = None) -> requests.Response:
        """A form, perhaps with a chosen file; what comes back is usually the address of the page to see next."""
        return self._ask("POST", path, data, chosen)

    def _ask(
        self, method: str, path: str, data: dict[str, str] | None = None, chosen: bytes | None = None
    ) -> requests.Response:
        began = time.monotonic()
        files = {"chosen": ("camt.xml", chosen, "application/xml")} if chosen is not None else None
        headers = {"Cookie": self.cookie, "X-CSRFToken": CSRF}
        while time.monotonic() - began < PATIENCE:
            address = self.hosts[self.at % len(self.hosts)].address + path
            try:
                told = requests.request(
                    method, address, data=data, files=files, headers=headers, allow_redirects=False, timeout=(1, 6)
                )
            except requests.RequestException:
                told = None
            if told is not None and told.status_code < 500:
                self.waited = max(self.waited, time.monotonic() - began)
                return told
            if told is not None:
                assert (told.status_code, "Retry-After" in told.headers) == (503, True), (path, told.text[:2000])
            self.refused += 1
            self.at += 1
            time.sleep(BETWEEN_TRIES)
        raise NobodyAnswered(path)


@dataclass
class Watch:
    """Asks every host again and again whether it is ready, and keeps the answers with their moments.

    Its figures as well, every second, as a watch would scrape them: seconds since the first, host, figures.
    """

    hosts: Sequence[Host]
    seen: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    figures: list[tuple[float, str, dict[str, float]]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """One thread a host."""
        for host in self.hosts:
            self.seen[host.name] = []
            threading.Thread(target=self._look, args=(host,), daemon=True).start()

    def end(self) -> None:
        """Asks no more."""
        self._over.set()

    def are_ready(self) -> bool:
        """Whether every host said so when it was last asked."""
        return all(answers and answers[-1][1] for answers in self.seen.values())

    def back_after(self, moment: float) -> float:
        """Seconds from the moment until every host was ready again that was not so soon after it."""
        back = moment
        for answers in self.seen.values():
            refused = [at for at, ok in answers if moment <= at <= moment + SOON and not ok]
            if refused:
                back = max(back, next((at for at, ok in answers if ok and at > refused[-1]), math.inf))
        return back - moment

    def _look(self, host: Host) -> None:
        while not self._over.is_set():
            try:
                ready = requests.get(f"{host.address}/gezond/klaar/", timeout=(1, 6)).status_code == 200
            except requests.RequestException:
                ready = False
            self.seen[host.name].append((time.monotonic(), ready))
            if len(self.seen[host.name]) % 4 == 1:
                self.figures.append((time.monotonic(), host.name, _figures(host)))
            self._over.wait(0.25)


def _figures(host: Host) -> dict[str, float]:
    """What the host tells a watch; nothing when it does not answer."""
    try:
        told = requests.get(f"{host.address}/gezond/cijfers/", timeout=(1, 6), headers=TOKEN)
    except requests.RequestException:
        return {}
    lines = (line.split() for line in told.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines} if told.status_code == 200 else {}
