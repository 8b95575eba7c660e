"""Pages under the load of many readers at once: which server, how much slower than a bare page, and what overload does.

Each server of the list serves the same house behind the same gate (backend/overload.py), one after the other; waitress
has one process, the others two. The machine's load falls on them as it comes, so each is held against its own bare
page: one question to the database, and as many bytes as the resident's page, behind the same log-in; the floor is the
same without any middleware. A reader asks again when it was answered.

The rivals are no part of the house: `uv pip install granian gunicorn` before, and away with them after.

    python -m bench.serving [--seconds 20] [--readers 200] [--server NAME] [--json]
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PROCESSES, THREADS = 2, 280
SECONDS_A_TURN = 10
SERVERS = {
    "gunicorn": ["-m", "gunicorn", "--worker-class", "gthread", "--worker-connections", "2000"],
    "granian": ["-m", "granian", "--interface", "wsgi", "--backlog", "4096", "--backpressure", "2000", "--no-ws"],
    "waitress": ["-m", "waitress", "--connection-limit", "2000", "--backlog", "4096", "--asyncore-use-poll"],
}
APPLICATION = "bench.served:application"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Told:
    """What readers saw: seconds of each right answer, and how many answers of each kind."""

    seconds: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    lasted: float = 0.0

    def add(self, more: "Told") -> None:
        """What was seen in another turn."""
        self.seconds += more.seconds
        self.kinds += more.kinds
        self.lasted += more.lasted

    def figures(self) -> dict[str, Any]:
        """Requests a second, median and 95th percentile in milliseconds, answers by kind."""
        cuts = statistics.quantiles(self.seconds, n=20) if len(self.seconds) > 1 else [0.0] * 19
        middle, slow = round(cuts[9] * 1000), round(cuts[18] * 1000)
        per_second = round(len(self.seconds) / self.lasted, 1)
        return {"per_second": per_second, "median_ms": middle, "p95_ms": slow, "answers": dict(self.kinds)}


def main() -> int:
    """Serves, reads, prints."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seconds", type=float, default=20)
    given.add_argument("--readers", type=int, default=200)
    given.add_argument("--server", choices=SERVERS, action="append")
    given.add_argument("--json", action="store_true")
    asked = given.parse_args()
    told = measured(asked.server or list(SERVERS), readers=asked.readers, seconds=asked.seconds)
    print(json.dumps(told) if asked.json else json.dumps(told, indent=2))
    return 0


def measured(servers: list[str], *, readers: int, seconds: float) -> dict[str, object]:
    """Every server by itself: the bare page, the resident's page, and five times as many readers of that."""
    from bench.served import town  # noqa: PLC0415 - sets Django up

    with town() as (environment, cookie):
        told: dict[str, object] = {"readers": readers, "load": os.getloadavg()[0]}
        for name in servers:
            if find_spec(name) is None:
                told[name] = "not installed"
                continue
            with served(name, environment) as port:
                told[name] = _measured(port, cookie, readers=readers, seconds=seconds)
                told[f"{name} connections"] = _connections(environment["BENCH_DATABASE"])
    return told


def _connections(database: str) -> int:
    """Connections to the database that the server still has."""
    from tests import databases  # noqa: PLC0415 - after Django is set up

    with databases.owner() as server:
        row = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]).fetchone()
        return int(row[0]) if row else 0


def _measured(port: int, cookie: str, *, readers: int, seconds: float) -> dict[str, object]:
    read(port, "/mijn-geld/", cookie, readers=20, seconds=2)
    floor = read(port, "/floor/", cookie, readers=readers, seconds=seconds / 2)
    bare, page = by_turns(port, ["/bare/", "/mijn-geld/"], cookie, readers=readers, seconds=seconds)
    five = read(port, "/mijn-geld/", cookie, readers=5 * readers, seconds=seconds / 2, health=True)
    after = read(port, "/mijn-geld/", cookie, readers=readers, seconds=seconds / 4)
    with slow_senders(port):
        slowed = read(port, "/mijn-geld/", cookie, readers=10, seconds=2)
    found = {
        "floor": floor.figures(),
        "bare": bare.figures(),
        "page": page.figures(),
        "five_times": five.figures(),
        "after": after.figures(),
        "slow_senders": slowed.figures(),
    }
    slowest, against = page.figures()["p95_ms"], {"bare": bare.figures()["p95_ms"], "floor": floor.figures()["p95_ms"]}
    return found | {f"p95_ratio_to_{name}": round(slowest / p95, 2) for name, p95 in against.items() if p95}


@contextmanager
def slow_senders(port: int) -> Iterator[None]:
    """Twenty who say that they will send a form, and send it a letter at a time, or not at all."""
    form = f"POST /inloggen/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 100000\r\n"
    form += f"Cookie: csrf={'c' * 32}\r\n\r\na"  # with it the form is read to its end before it is refused
    with ExitStack() as held:
        for _ in range(20):
            sender = held.enter_context(socket.create_connection(("127.0.0.1", port)))
            sender.sendall(form.encode())
        time.sleep(1)
        yield


@contextmanager
def served(name: str, environment: dict[str, str]) -> Iterator[int]:
    """The port of this server with our processes and threads, until the end."""
    port = environment["BENCH_PORT"]
    words = {
        "gunicorn": ["--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES), "--threads", str(THREADS)],
        "granian": ["--port", port, "--workers", str(PROCESSES), "--blocking-threads", str(THREADS)],
        "waitress": ["--listen", f"127.0.0.1:{port}", "--threads", str(THREADS)],
    }[name]
    command = [sys.executable, *SERVERS[name], *words, APPLICATION]
    log = Path(environment["TMPDIR"]) / f"{name}.log"
    with log.open("w") as file, subprocess.Popen(command, env=environment, stdout=file, stderr=file) as server:
        try:
            _wait_for(int(port))
            yield int(port)
        finally:
            server.send_signal(signal.SIGTERM)


def read(port: int, path: str, cookie: str, *, readers: int, seconds: float, health: bool = False) -> Told:
    """So many readers, divided over processes of their own, each asking again as soon as it was answered."""
    words = [sys.executable, "-m", "bench.readers_at_once", str(port), path, cookie, str(readers), str(seconds)]
    done = subprocess.run([*words, *(["health"] if health else [])], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return Told(told["seconds"], Counter(told["kinds"]), told["lasted"])


def by_turns(port: int, paths: Sequence[str], cookie: str, *, readers: int, seconds: float) -> list[Told]:
    """What is compared is read by turns, so that a machine that slows down does so for each of them."""
    turns = max(1, round(seconds / SECONDS_A_TURN))
    told = [Told() for _ in paths]
    for _ in range(turns):
        for path, so_far in zip(paths, told, strict=True):
            so_far.add(read(port, path, cookie, readers=readers, seconds=seconds / turns))
    return told


def _wait_for(port: int) -> None:
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        try:
            asyncio.run(_open(port))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not answer")


async def _open(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    raise SystemExit(main())
