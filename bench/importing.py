"""Import end to end, beside its floor: reading the file and COPY of every row that the import wrote.

The rows are copied out of the database after the import and into tables with the same indexes and checks, but without
references and triggers. Re-import and the cost per entry in a house with many entries are measured too. Seconds are of
the processor, of this process and of the database's that works for it, because machines are shared; waiting for a disk
is not in them, and is told apart as `wall`. Runs on a database of its own.

    python -m bench.importing           prints a table
    python -m bench.importing --json    prints one JSON object
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.db import connection  # noqa: E402 - after Django is set up

from bench.made_statements import IBAN, camt  # noqa: E402
from budgeting.actions.statements import import_statement  # noqa: E402
from budgeting.core.readers import read  # noqa: E402
from budgeting.models import BankAccount  # noqa: E402
from tests import databases  # noqa: E402

WRITTEN = ("entry", "journal_entry", "posting", "journal_seal", "waiting_entry")
DAY = date(2026, 1, 5)


def seconds(work: Callable[[], object], backend: int) -> float:
    """Processor seconds that the work took here and in the database's process `backend`."""
    server, here = psutil.Process(backend), time.process_time()
    there = sum(server.cpu_times()[:2])
    work()
    return time.process_time() - here + sum(server.cpu_times()[:2]) - there


def our_backend() -> int:
    """The process that answers Django's connection."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def take_in(data: bytes) -> None:
    """Imports a file that must be new or known; anything else stops the bench."""
    result = import_statement(data=data, name="bench.xml", by=None, on=date(2026, 11, 22))
    assert result.status in {"imported", "already_imported"}, result


def one_run(entries: int) -> dict[str, float]:
    """Import, re-import and the floor of one file in an empty house."""
    data, _ = camt(entries, day=DAY)
    with databases.own_database() as own:
        BankAccount.objects.create(iban=IBAN, name="Bench")
        backend, began = our_backend(), time.perf_counter()
        first = seconds(lambda: take_in(data), backend)
        wall = time.perf_counter() - began
        again = seconds(lambda: take_in(data), backend)
        floor = seconds(lambda: read(data), backend) + _copy_seconds(own.name)
    return {"import": first, "wall": wall, "again": again, "floor": floor}


def _copy_seconds(name: str) -> float:
    """COPY of all rows the import wrote, into tables alike, as their owner."""
    total = 0.0
    with databases.owner(name) as owner, owner.cursor() as cursor:
        for table in WRITTEN:
            with cursor.copy(f"COPY {table} TO STDOUT") as out:
                rows = b"".join(bytes(part) for part in out)
            cursor.execute(f"CREATE TABLE again_{table} (LIKE {table} INCLUDING ALL)")
            total += seconds(partial(_copy_in, cursor, f"again_{table}", rows), owner.info.backend_pid)
    return total


def _copy_in(cursor: Any, table: str, rows: bytes) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write(rows)


def growth(stored: int, step: int = 5000) -> dict[str, float]:
    """Seconds per entry of one more file of `step` entries, with `step` and with `stored` entries in the house."""
    with databases.own_database():
        BankAccount.objects.create(iban=IBAN, name="Bench")
        balance, day, costs = Decimal("0.00"), DAY, []
        for _ in range(stored // step + 3):
            data, balance = camt(step, day=day, opening=balance)
            costs.append(seconds(partial(take_in, data), our_backend()) / step)
            day += timedelta(days=1)
    early, late = statistics.median(costs[1:4]), statistics.median(costs[-3:])
    return {"per_entry_early": early, "per_entry_late": late, "ratio": late / early}


def measure(runs: int = 5, entries: int = 25_000, stored: int = 500_000) -> dict[str, object]:
    """Medians of the runs, ratios run by run."""
    turns = [one_run(entries) for _ in range(runs)]
    grown = growth(stored)
    return {
        "entries": entries,
        "import_seconds": round(statistics.median(turn["import"] for turn in turns), 2),
        "import_wall_seconds": round(statistics.median(turn["wall"] for turn in turns), 2),
        "floor_seconds": round(statistics.median(turn["floor"] for turn in turns), 2),
        "times_floor": round(statistics.median(turn["import"] / turn["floor"] for turn in turns), 2),
        "again_over_import": round(statistics.median(turn["again"] / turn["import"] for turn in turns), 2),
        "stored": stored,
        "per_entry_at_stored_over_at_5000": round(grown["ratio"], 2),
        "goals": {"times_floor": "<= 2", "again_over_import": "<= 1", "per_entry_at_stored_over_at_5000": "<= 1.2"},
    }


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k:34} {v}" for k, v in figures.items()))
