"""A month of a municipality of N residents through the real actions, step by step, and what each step costs.

Made-up residents live two months; the second is measured, because in the first few charges have begun. Each banking
day: import and settle, decide what waits, the steps of the daily run, batch, approve, release. Seconds are of the
processor, of this process and of the database's that works for it; waiting (a disk, another program) is not in them and
is told apart as `wall`. The made-up bank, its answers and the making of the residents are not counted. Letters apart.

    python -m bench.month [N …]            prints a table (200 and 1,000 when none is said)
    python -m bench.month --json [N …]     prints one JSON object
    python -m bench.month --profile N      prints where the time goes
"""

import cProfile
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from datetime import time as clock
from pathlib import Path
from typing import Any

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.db import connection  # noqa: E402 - after Django is set up

from accessibility.letters.gather import letters_of  # noqa: E402
from accessibility.letters.press import print_letters  # noqa: E402
from backend.example.chance_life import chance_script  # noqa: E402
from backend.example.chance_town import chance_town  # noqa: E402
from backend.example.desk import Desk  # noqa: E402
from backend.example.load import load_or_find  # noqa: E402
from backend.example.play import play  # noqa: E402
from backend.example.simulation import _bank  # noqa: E402
from budgeting.models import Entry, Resident  # noqa: E402
from payments.actions import books  # noqa: E402
from payments.actions.batches import NothingToPay, assemble_batch  # noqa: E402
from payments.actions.day import steps_of_day  # noqa: E402
from payments.core.banking_days import first_execution_day  # noqa: E402
from payments.models import PaymentOrder  # noqa: E402
from tests import databases  # noqa: E402

START, MEASURED, UNTIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
SIZES = (200, 1000)
LETTERS = 100
SEED = 7


class Meter:
    """Adds up, by step: processor seconds here and in the database, wall seconds, and statements sent."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.server = psutil.Process(connection.connection.info.backend_pid)
        self.steps: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.sent = 0
        self.on = False

    def count(self, execute: Any, *arguments: Any) -> Any:
        """A wrapper of Django's cursors."""
        self.sent += 1
        return execute(*arguments)

    @contextmanager
    def measure(self, step: str) -> Iterator[None]:
        """Adds what happens inside to a step, once the month has begun."""
        before = self._now()
        yield
        if self.on:
            for name, then, now in zip(("here", "database", "wall", "sql"), before, self._now(), strict=True):
                self.steps[step][name] += now - then

    def _now(self) -> tuple[float, ...]:
        return time.process_time(), sum(self.server.cpu_times()[:2]), time.perf_counter(), self.sent


class MeasuredDesk(Desk):
    """The desk of a play, each of its steps on the meter."""

    meter: Meter

    def take_in(self, on: date, statement: bytes) -> None:
        """Import, match, book and settle."""
        self.meter.on = on >= MEASURED
        with self.meter.measure("import"):
            super().take_in(on, statement)

    def prepare(self, on: date) -> None:
        """The same as the desk's, step by step."""
        self.meter.on = on >= MEASURED
        with self.meter.measure("decide (people)"):
            self.decide(on)
            self.ask_companies(on)
            while self.news and self.news[0].told_on <= on:
                self.hear_of(self.news.popleft(), on)
        first = first_execution_day(on, clock(10, 0), clock.max)
        for name, step in steps_of_day(on=on, first=first).items():
            with self.meter.measure(name):
                step()
        with self.meter.measure("batch"):
            self._assemble(on, first)

    def _assemble(self, on: date, first: date) -> None:
        try:
            assemble_batch(bank_account=self.loaded.bank_account, on=on, first=first, by=self.worker)
        except NothingToPay:
            return

    def sign(self, on: date) -> None:
        """Approve and release."""
        with self.meter.measure("approve and release"):
            super().sign(on)


def month(residents: int) -> dict[str, object]:
    """The figures of one size, in a database of its own."""
    with databases.own_database():
        town = chance_town(residents, seed=SEED)
        script = chance_script(town, START, UNTIL, seed=SEED, faults=False)
        desk = MeasuredDesk(script, load_or_find(town, on=START))
        desk.meter = Meter()
        with connection.execute_wrapper(desk.meter.count):
            play(desk, _bank(script))
        assert all(finding.ok for finding in books.verify()), "the books hold"
        return _figures(residents, desk.meter) | _letters()


def _figures(residents: int, meter: Meter) -> dict[str, object]:
    steps = {
        name: {"seconds": round(did["here"] + did["database"], 2), **{key: round(did[key], 2) for key in did}}
        for name, did in meter.steps.items()
    }
    total = sum(did["here"] + did["database"] for did in meter.steps.values())
    return {
        "residents": residents,
        "entries": Entry.objects.filter(booking_date__gte=MEASURED).count(),
        "orders": PaymentOrder.objects.filter(execute_on__gte=MEASURED, execute_on__lt=UNTIL).count(),
        "seconds": round(total, 1),
        "wall": round(sum(did["wall"] for did in meter.steps.values()), 1),
        "milliseconds_per_resident_month": round(total / residents * 1000, 1),
        "sql_statements": int(sum(did["sql"] for did in meter.steps.values())),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "load_of_the_machine": [round(one, 1) for one in os.getloadavg()],
        "steps": steps,
    }


def _letters() -> dict[str, object]:
    """Letters of the month for some residents, on one core."""
    residents = Resident.objects.order_by("pk")[:LETTERS]
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        letters = letters_of(residents, month=MEASURED, on=UNTIL)
        count = len(list(print_letters(letters, Path(folder), prefix="bench", processes=1)))
        return {
            "letters": {"printed": count, "milliseconds_each": round((time.process_time() - began) / count * 1000, 1)}
        }


def _profiled(work: Callable[[], object]) -> None:
    profile = cProfile.Profile()
    profile.runcall(work)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def _in_a_process(residents: int) -> dict[str, Any]:
    """Each size in a process of its own, so that its peak of memory is its own."""
    words = [sys.executable, "-m", "bench.month", "--one", str(residents)]
    found: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    return found


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "  ".join(f"{name} {value}" for name, value in found.items() if name != "steps")
    for name, did in sorted(found["steps"].items(), key=lambda pair: -pair[1]["seconds"]):
        yield "  {name:24} {seconds:>9} s  database {database:>8} s  {sql:>9.0f} statements".format(name=name, **did)


def main(words: list[str]) -> int:
    """Prints the figures; exit code 0 when the books held."""
    sizes = [int(word) for word in words if word.isdigit()] or list(SIZES)
    if "--profile" in words:
        _profiled(lambda: month(sizes[0]))
    elif "--one" in words:
        print(json.dumps(month(sizes[0])))
    else:
        found = [_in_a_process(size) for size in sizes]
        as_text = "\n".join(line for one in found for line in _lines(one))
        print(json.dumps({"sizes": found}) if "--json" in words else as_text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
