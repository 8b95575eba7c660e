"""The resident's home page: how soon it is there on a slow phone, and its cost beside a bare page with one query.

The phone: 400 kbit/s, 400 ms to and fro, a processor six times slower, nothing kept. The bare page stands behind the
same middleware and log-in, asks the database one thing and sends a body of the same size: what any page here costs.
Processor milliseconds are of the serving side, client included in both.

    python -m bench.pages           prints a table
    python -m bench.pages --json    prints one JSON object
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from playwright.sync_api import BrowserContext  # noqa: E402

from backend import urls  # noqa: E402
from budgeting.models import Resident, Town, User  # noqa: E402
from payments.actions.plan import plan_orders  # noqa: E402
from payments.actions.remainders import plan_remainders  # noqa: E402
from tests import databases, factories  # noqa: E402
from tests.accessibility.browser import browser  # noqa: E402

CATEGORIES = ("rent", "energy", "water", "health_insurance", "telecom", "municipal_tax")
ON = django.utils.timezone.localdate()
REQUESTS, ROUNDS, LOADS = 60, 7, 5
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 6
LARGEST = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


def resident_of_a_town() -> User:
    """A resident with six charges and an income, planned for the coming weeks."""
    home = factories.house()
    who = factories.resident(home, money="1500.00", on=ON)
    for place, category in enumerate(CATEGORIES):
        factories.charge(home, who, amount=f"{100 + place}.00", day=3 + 4 * place, category=category)
    factories.income(home, who)
    plan_orders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)
    return who.user


def bare(request: HttpRequest) -> HttpResponse:
    """One query and a body."""
    Town.objects.values_list("name").first()
    return HttpResponse(BODY)


BODY = b""
urlpatterns = [path("bare/", bare), *urls.urlpatterns]


# Both pages stand among the same addresses: to change those in between would have every one of them read again.
@override_settings(ROOT_URLCONF=__name__)
def costs(user: User) -> dict[str, Any]:
    """Processor milliseconds a page, of home and of the bare page, in turn; and how many queries home asks.

    `requests_a_second` counts the waiting for the database too, on this machine with whatever else it does.
    """
    global BODY  # noqa: PLW0603 - the size is known after the first page
    client = Client(headers={"Host": "localhost"})
    client.force_login(user)
    home = reverse("resident_home")
    for address in (home, "/bare/") * 6:  # at first everything is read, compiled and planned
        client.get(address)
    with CaptureQueriesContext(connection) as asked:
        BODY = client.get(home).content
    queries = len(asked)  # kept now: the next request forgets them
    own, floor = [], []
    for _ in range(ROUNDS):
        own.append(_milliseconds(client, home))
        floor.append(_milliseconds(client, "/bare/"))
    (mine, my_wait), (theirs, their_wait) = _middle(own), _middle(floor)
    return {
        "queries": queries,
        "kilobytes": round(len(BODY) / 1024, 1),
        "home_milliseconds": round(mine, 2),
        "bare_milliseconds": round(theirs, 2),
        "share_of_bare_requests": round(theirs / mine, 2),
        "home_requests_a_second": round(1000 / my_wait),
        "bare_requests_a_second": round(1000 / their_wait),
        "share_of_bare_with_waiting": round(their_wait / my_wait, 2),
        "goal_share_of_bare_requests": 0.6,
    }


def largest_paint(user: User, own: databases.OwnDatabase) -> dict[str, Any]:
    """Milliseconds until the largest part of home is painted on the slow phone, and what was fetched."""
    session = _session(user)
    with serving(own) as address, browser() as chromium:
        phones = (chromium.new_context(viewport={"width": 360, "height": 640}) for _ in range(LOADS))
        loads = [_load(phone, session, address) for phone in phones]
    return {
        "largest_paint_milliseconds": round(statistics.median(paint for paint, _, _ in loads)),
        "goal_largest_paint_milliseconds": 2500,
        "requests_cold": loads[0][1],
        "kilobytes_cold": round(loads[0][2] / 1024, 1),
    }


@contextmanager
def serving(own: databases.OwnDatabase) -> Iterator[str]:
    """The house, served from this database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)], env=own.environment, stdout=subprocess.DEVNULL
    )
    try:
        yield _awake(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait()


def _awake(address: str) -> str:
    for _ in range(200):
        try:
            urlopen(f"{address}/inloggen/").close()
        except OSError:
            time.sleep(0.1)
        else:
            return address
    raise TimeoutError(address)


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def _load(context: BrowserContext, session: str, address: str) -> tuple[float, int, int]:
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", SLOW)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes: list[int] = []
    phone.on("Network.loadingFinished", lambda done: sizes.append(int(done["encodedDataLength"])))
    page.goto(address + reverse("resident_home"))
    paint = float(page.evaluate(LARGEST))
    context.close()
    return paint, len(sizes), sum(sizes)


def _milliseconds(client: Client, address: str) -> tuple[float, float]:
    """A request's, of the processor and of the clock."""
    began, clock = time.process_time(), time.perf_counter()
    for _ in range(REQUESTS):
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
    worked, waited = time.process_time() - began, time.perf_counter() - clock
    return worked / REQUESTS * 1000, waited / REQUESTS * 1000


def _middle(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(one for one, _ in rounds), statistics.median(other for _, other in rounds)


def measure() -> dict[str, Any]:
    """Both."""
    with databases.own_database() as own:
        user = resident_of_a_town()
        assert Resident.objects.count() == 1
        return costs(user) | largest_paint(user, own)


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k:34} {v}" for k, v in figures.items()))
