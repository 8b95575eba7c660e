"""Twenty colleagues at once, for `bench.desk`: each opens a page, reads two to six seconds, opens the next.

That is faster than anybody reads, so that a minute has some three hundred pages. The pages go through the server and
the stack of production (waitress, one process of eight threads), over the network of this computer; what is told is how
long each was waited for.
"""

import http.client
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, Thread

import psutil

from tests.databases import OwnDatabase

COLLEAGUES, THREADS = 20, 8
READS = (2.0, 6.0)  # seconds, evenly
GOAL_MS = 300


@dataclass(frozen=True, slots=True)
class Browser:
    """The cookie of a colleague who came in, and the addresses of their pages by name."""

    cookie: str
    pages: Mapping[str, str]


@dataclass
class Waited:
    """Milliseconds of each page, by its name, and how many answers of each kind."""

    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kinds: Counter[int] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def figures(self) -> dict[str, object]:
        """Of all pages together and of each: how many, the median and the 95th percentile in milliseconds."""
        every = [one for found in self.pages.values() for one in found]
        pages = {name: _told(found) for name, found in sorted(self.pages.items())}
        over = sorted(name for name, told in pages.items() if told["p95_ms"] > GOAL_MS)
        answers = {str(status): count for status, count in self.kinds.items()}
        return {"together": _told(every), "answers": answers, "over_the_goal": over, "pages": pages}


def at_once(database: OwnDatabase, browsers: Sequence[Browser], *, seconds: float, seed: int = 1) -> dict[str, object]:
    """What twenty waited in a town, after each page was opened once."""
    waited = Waited()
    with served(database) as (port, server):
        for browser in {one.cookie: one for one in browsers}.values():
            _once(port, browser)
        before, ends = _processor(server), time.monotonic() + seconds
        people = [
            Thread(
                target=_work, args=(port, browsers[number % len(browsers)], ends, random.Random(seed + number), waited)
            )
            for number in range(COLLEAGUES)
        ]
        for one in people:
            one.start()
        for one in people:
            one.join()
        used = _processor(server) - before
    return {"processor_ms_a_page": round(used * 1000 / max(1, waited.kinds.total()))} | waited.figures()


def _processor(server: int) -> float:
    """Processor seconds of the server's process so far, PostgreSQL's not counted: how long one page works."""
    told = psutil.Process(server).cpu_times()
    return float(told.user + told.system)


@contextmanager
def served(database: OwnDatabase) -> Iterator[tuple[int, int]]:
    """The port of the house in this database, and the number of its process."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = int(found.getsockname()[1])
    words = ["--listen", f"127.0.0.1:{port}", "--threads", str(THREADS), "backend.wsgi:application"]
    environment = database.environment | {"ALLOWED_HOSTS": "localhost"}
    with subprocess.Popen([sys.executable, "-m", "waitress", *words], env=environment) as server:
        try:
            _wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()


def _work(port: int, browser: Browser, ends: float, chance: random.Random, waited: Waited) -> None:
    names = sorted(browser.pages)
    time.sleep(chance.uniform(0, READS[1]))
    while time.monotonic() < ends:
        name = chance.choice(names)
        began = time.monotonic()
        status = _asked(port, browser.pages[name], browser.cookie)
        took = (time.monotonic() - began) * 1000
        with waited.lock:
            waited.kinds[status] += 1
            if status < http.client.BAD_REQUEST:
                waited.pages[name].append(took)
        time.sleep(chance.uniform(*READS))


def _once(port: int, browser: Browser) -> None:
    for address in browser.pages.values():
        _asked(port, address, browser.cookie)


def _asked(port: int, address: str, cookie: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", address, headers={"Host": "localhost", "Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _wait_for(port: int) -> None:
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not answer")


def _told(found: Sequence[float]) -> dict[str, int]:
    ordered = sorted(found)
    slow = ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] if ordered else 0
    middle = statistics.median(ordered) if ordered else 0
    return {"asked": len(ordered), "median_ms": round(middle), "p95_ms": round(slow)}
