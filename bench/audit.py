"""Who looked, with the chain: how many looks a second from several doors at once, and whether the chain ever forks.

Each look is a transaction of its own, as a page writes it, on a connection of its own. Beside it stands the smallest
write we have, one row changed without a chain, from as many connections. Wall-clock seconds, because one look waits for
another; the load of the machine is told beside them. Runs on a database of its own.

    python -m bench.audit           prints a table
    python -m bench.audit --json    prints one JSON object
"""

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.db import connection  # noqa: E402 - after Django is set up

from budgeting.actions.books import verify  # noqa: E402
from budgeting.actions.looks import look_at_resident  # noqa: E402
from budgeting.models import AuditEvent, User  # noqa: E402
from tests import databases  # noqa: E402

GOAL = 300  # looks a second
DOORS = 4
AT_ONCE, EACH = 32, 20  # 640 writes


def measure(seconds: float = 5.0) -> dict[str, object]:
    """Looks a second with the chain and without, and what 640 writes at once leave behind."""
    with databases.own_database():
        by = User.objects.create_user("bench", full_name="Bench")
        chained = _a_second(lambda number: look_at_resident(resident=number, page="home", by=by), seconds)
        plain = _a_second(lambda _number: User.objects.filter(pk=by.pk).update(full_name="Bench"), seconds)
        before = AuditEvent.objects.count()
        _at_once(lambda number: look_at_resident(resident=number, page="home", by=by), AT_ONCE, EACH)
        written = AuditEvent.objects.count() - before
        heads = AuditEvent.objects.values("previous").distinct().count()
        events = AuditEvent.objects.count()
        chain = [finding.ok for finding in verify() if "chain" in finding.name]
        connection.close()
    return {
        "looks_per_second": round(chained),
        "goal": GOAL,
        "unchained_writes_per_second": round(plain),
        "at_once": written,
        "forks": events - heads,
        "chain_whole": bool(chain) and all(chain),
        "load": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count(),
    }


def _a_second(work: Callable[[int], object], seconds: float) -> float:
    """How often `DOORS` connections together do the work in a second."""
    until = time.perf_counter() + seconds

    def one_door(number: int) -> int:
        done = 0
        while time.perf_counter() < until:
            work(number)
            done += 1
        connection.close()
        return done

    began = time.perf_counter()
    with ThreadPoolExecutor(DOORS) as pool:
        done = sum(pool.map(one_door, range(1, DOORS + 1)))
    return done / (time.perf_counter() - began)


def _at_once(work: Callable[[int], object], threads: int, each: int) -> None:
    def one(number: int) -> None:
        for _ in range(each):
            work(number)
        connection.close()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(1, threads + 1)))


def main() -> None:
    """Prints the figures."""
    found: dict[str, Any] = measure()
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:30} {value}")


if __name__ == "__main__":
    main()
