"""A month of a municipality of N residents through the real actions, step by step, and what each step costs.

Made-up residents live two months; the second is measured, because in the first few charges have begun. Each banking
day: import and settle, decide what waits, the steps of the daily run, batch, approve, release. Seconds are of the
processor, of all processes that work and of the database's that work for them; waiting (a lock, a disk, another
program) is not in them and is told apart as `wall`. `lock_wait` is how long was waited for locks that have a name, and
for rows that end one's turn in the audit chain, by all processes together. The made-up bank lives in a process of its
own; it, its answers and the making of the residents are not counted. Letters apart. Above 1,000: whole thousands.

    python -m bench.month [N …]            prints a table (1,000 and 4,000 when none is said)
    python -m bench.month --json [N …]     prints one JSON object
    python -m bench.month --processes 2 N  lets two processes share the day, after one did it alone: speed-up, lock wait
                    … --part 250 N         in parts of so many residents, so that a small town can be shared as well
    python -m bench.month --payday N       prints only the payday: from import to release on the day that most comes in
    python -m bench.month --begins N       only the month in which they begin: fewer charges, half the time to wait
    python -m bench.month --profile N      prints where the time goes
                    … --keep               adds what was found to bench/months.jsonl, for `bench.month_picture`
"""

import cProfile
import json
import os
import pstats
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
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
from backend.example.bank import Bank  # noqa: E402
from backend.example.desk import Desk  # noqa: E402
from backend.example.load import Loaded  # noqa: E402
from backend.example.play import play  # noqa: E402
from backend.example.script import Script  # noqa: E402
from backend.operate.many_hands import SHORTEST_REST, rested  # noqa: E402
from bench.large_town import write_town  # noqa: E402
from bench.made_up_side import MadeUpSide  # noqa: E402
from budgeting.actions.entries import Part, decide_entry  # noqa: E402
from budgeting.models import BankAccount, Entry, Resident, User, WaitingEntry  # noqa: E402
from payments.actions import books, parts  # noqa: E402
from payments.actions.batches import NothingToPay, assemble_batches  # noqa: E402
from payments.actions.day import steps_of_day  # noqa: E402
from payments.actions.parts import one_after_another  # noqa: E402
from payments.actions.sharing import do_a_part, shared_day  # noqa: E402
from payments.core.banking_days import first_execution_day  # noqa: E402
from payments.models import PaymentOrder  # noqa: E402
from tests import databases  # noqa: E402

START, MEASURED, UNTIL = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
# On the 24th most benefits come in, and what waits for them goes out: the play for a payday ends after it.
PAYDAYS_UNTIL = date(2026, 2, 28)
SIZES = (1000, 4000)
MOST_TIMES = 1.25  # the cost for each of many residents, held against that of a thousand
LETTERS = 100
KEPT = Path("bench/months.jsonl")
SEED = 7


# What is asked when a lock with a name, or one's turn in the audit chain, is waited for.
_WAITS = ("pg_advisory_xact_lock", 'INSERT INTO "audit_event"', '"day_part"."told" IS NULL')
# The steps whose parts are shared.
SHARED = ("plan_orders", "repay_advances", "propose_when_short", "plan_remainders", "alerts")


class Meter:
    """Adds up, by step: processor seconds here and in the database, wall seconds, statements, seconds of waiting.

    Those of a process that shares the day are in it.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self.server = psutil.Process(connection.connection.info.backend_pid)
        self.steps: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.days: dict[date, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.sent, self.waited = 0, 0.0
        self.on = False
        self.helper: Helper | None = None

    def count(self, execute: Any, asked: str, *arguments: Any) -> Any:
        """A wrapper of Django's cursors."""
        self.sent += 1
        if not any(word in asked for word in _WAITS):
            return execute(asked, *arguments)
        began = time.perf_counter()
        try:
            return execute(asked, *arguments)
        finally:
            self.waited += time.perf_counter() - began

    @contextmanager
    def measure(self, step: str, day: date) -> Iterator[None]:
        """Adds what happens inside to a step and to its day, once the month has begun."""
        before, most = self._now(), _most_megabytes()
        yield
        self.steps[step]["raised_megabytes"] += _most_megabytes() - most
        if self.on:
            names = ("here", "database", "wall", "sql", "lock_wait")
            for name, then, now in zip(names, before, self._now(), strict=True):
                self.steps[step][name] += now - then
                self.days[day][name] += now - then

    def _now(self) -> tuple[float, ...]:
        here, database, waited = time.process_time(), sum(self.server.cpu_times()[:2]), self.waited
        if self.helper:
            more = self.helper.seconds()
            here, database, waited = here + more[0], database + more[1], waited + more[2]
        return here, database, time.perf_counter(), self.sent, waited


def _tell(day: date) -> None:
    """A large month is long; who waits for it sees how far it is."""
    print(f"{day} at {time.strftime('%H:%M:%S')}, {_most_megabytes():.0f} MB", file=sys.stderr, flush=True)


def _most_megabytes() -> float:
    """The peak of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Helper:
    """A second process that does parts of whatever day is run, as `daily_run --helps` does, until it is ended."""

    def __init__(self) -> None:
        connection.close()
        told, tell = os.pipe()
        self.number = os.fork()
        if not self.number:
            _help_out(tell)
        os.close(tell)
        with os.fdopen(told) as pipe:
            backend, self.waited = pipe.readline().split()
        self.process, self.server = psutil.Process(self.number), psutil.Process(int(backend))

    def seconds(self) -> tuple[float, float, float]:
        """Of the processor here and in the database, and waited, so far."""
        waited = float(Path(self.waited).read_text() or 0)
        return sum(self.process.cpu_times()[:2]), sum(self.server.cpu_times()[:2]), waited

    def end(self) -> float:
        """Its work is over; the most memory it needed, in megabytes."""
        status = Path(f"/proc/{self.number}/status").read_text()
        most = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
        os.kill(self.number, signal.SIGKILL)
        os.waitpid(self.number, 0)
        Path(self.waited).unlink()
        return int(most) / 1024


def _help_out(tell: int) -> None:
    """What the second process does."""
    try:
        meter = Meter()
        handle, waited = tempfile.mkstemp()
        os.write(tell, f"{connection.connection.info.backend_pid} {waited}\n".encode())
        os.close(tell)
        rest = SHORTEST_REST
        with connection.execute_wrapper(meter.count):
            while True:
                before = meter.waited
                if do_a_part():
                    os.pwrite(handle, f"{meter.waited:12.6f}".encode(), 0)
                    rest = SHORTEST_REST
                else:
                    meter.waited = before  # it only looked; nobody waited for it
                    rest = rested(rest)
    finally:
        os._exit(1)


class MeasuredDesk(Desk):
    """The desk of a play, each of its steps on the meter."""

    meter: Meter
    side: MadeUpSide
    is_shared = False

    def take_in(self, on: date, statement: bytes) -> None:
        """Import, match, book and settle."""
        self.meter.on = on >= MEASURED
        before = self.done.entries
        with self.meter.measure("import", on):
            super().take_in(on, statement)
        self.meter.days[on]["entries"] += self.done.entries - before

    def prepare(self, on: date) -> None:
        """The same as the desk's, step by step."""
        self.meter.on = on >= MEASURED
        with self.meter.measure("decide (people)", on):
            self.decide(on)
        first = first_execution_day(on, clock(10, 0), clock.max)
        with shared_day() if self.is_shared else nullcontext(one_after_another) as spread:
            for name, step in steps_of_day(on=on, first=first, spread=spread).items():
                with self.meter.measure(name, on):
                    step()
        with self.meter.measure("batch", on):
            self._assemble(on, first)

    def decide(self, on: date) -> None:
        """A case worker who knows whose it is gives waiting money to them."""
        for row in WaitingEntry.objects.filter(closed_at=None).select_related("entry").order_by("pk"):
            entry = row.entry
            if found := self.side.whose(entry.booking_date, entry.amount, entry.remittance):
                place, number = found
                resident = Resident.objects.order_by("pk")[place - 1]
                agreement = resident.agreements.order_by("pk")[number - 1]
                decide_entry(entry=entry, parts=[Part(entry.amount, resident, agreement)], on=on, by=self.worker)
                self.done.decided += 1

    def _assemble(self, on: date, first: date) -> None:
        try:
            assemble_batches(bank_account=self.loaded.bank_account, on=on, first=first, by=self.worker)
        except NothingToPay:
            return

    def sign(self, on: date) -> None:
        """Approve and release."""
        before = self.done.orders
        with self.meter.measure("approve and release", on):
            super().sign(on)
        self.meter.days[on]["orders"] += self.done.orders - before


def month(
    residents: int, *, processes: int = 1, until: date = UNTIL, part: int = parts.PART, start: date = START
) -> dict[str, Any]:
    """The figures of one size, in a database of its own."""
    parts.PART = part
    side = MadeUpSide(residents, start, until, seed=SEED)
    with databases.own_database():
        town = write_town(residents, seed=SEED, on=start)
        colleagues = {user.username: user for user in User.objects.filter(resident__isnull=True)}
        loaded = Loaded(town, BankAccount.objects.get(), colleagues, {}, {})
        desk = MeasuredDesk(Script(town, start, until, ()), loaded)
        helper = Helper() if processes > 1 else None
        desk.side, desk.is_shared, desk.meter = side, processes > 1, Meter()
        desk.meter.helper = helper
        bank: Bank = side
        with connection.execute_wrapper(desk.meter.count):
            play(desk, bank, tell=_tell)
        other = {"peak_megabytes_of_the_other": round(helper.end())} if helper else {}
        side.end()
        figures = _figures(residents, desk.meter) | {"processes": processes} | other
        assert all(finding.ok for finding in books.verify()), "the books hold"
        return figures | _letters()


def _figures(residents: int, meter: Meter) -> dict[str, Any]:
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
        "wall_of_shared_steps": round(sum(meter.steps[name]["wall"] for name in SHARED), 1),
        "lock_wait": round(sum(did["lock_wait"] for did in meter.steps.values()), 2),
        "milliseconds_per_resident_month": round(total / residents * 1000, 1),
        "sql_statements": int(sum(did["sql"] for did in meter.steps.values())),
        "peak_megabytes": round(_most_megabytes()),
        "load_of_the_machine": [round(one, 1) for one in os.getloadavg()],
        "payday": _payday(meter),
        "steps": steps,
    }


def _payday(meter: Meter) -> dict[str, object]:
    """From import to release on the day that took longest, of those on which something was released."""
    days = [(day, did) for day, did in meter.days.items() if did["orders"]]
    day, did = max(days, key=lambda pair: pair[1]["here"] + pair[1]["database"])
    return {
        "day": day.isoformat(),
        "entries": int(did["entries"]),
        "orders_released": int(did["orders"]),
        "seconds": round(did["here"] + did["database"], 1),
        "wall": round(did["wall"], 1),
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


def _in_a_process(
    residents: int, *, processes: int = 1, until: date = UNTIL, part: int = parts.PART, start: date = START
) -> dict[str, Any]:
    """Each size in a process of its own, so that its peak of memory is its own."""
    one = [str(residents), str(processes), until.isoformat(), str(part), start.isoformat()]
    words = [sys.executable, "-m", "bench.month", "--one", *one]
    found: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    return found


def _shared(size: int, processes: int, part: int) -> dict[str, Any]:
    """One alone and then so many together, with what that brings by the clock."""
    alone, together = _in_a_process(size, part=part), _in_a_process(size, processes=processes, part=part)
    return together | {
        "speed_up": round(alone["wall"] / together["wall"], 2),
        "speed_up_of_shared_steps": round(alone["wall_of_shared_steps"] / together["wall_of_shared_steps"], 2),
        "lock_wait_alone": alone["lock_wait"],
        "alone": {name: value for name, value in alone.items() if name != "steps"},
    }


def _compared(found: list[dict[str, Any]]) -> dict[str, Any]:
    """What can be held against other runs: the cost for each of the largest town against the smallest, and by size."""
    least, most = (pick(found, key=lambda one: one["residents"]) for pick in (min, max))
    cost = "milliseconds_per_resident_month"
    return {
        "cost_ratio": round(most[cost] / least[cost], 2),
        "queries": {str(one["residents"]): one["sql_statements"] for one in found},
        "peak_megabytes": {str(one["residents"]): one["peak_megabytes"] for one in found},
        "goals": {"cost_ratio": f"<= {MOST_TIMES}"},
    }


def _keep(found: list[dict[str, Any]]) -> None:
    with KEPT.open("a", encoding="utf-8") as lines:
        for one in found:
            kept = {name: value for name, value in one.items() if name not in {"steps", "alone"}}
            lines.write(json.dumps({"on": date.today().isoformat(), **kept}) + "\n")  # noqa: DTZ011 - to tell runs apart


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield "  ".join(f"{name} {value}" for name, value in found.items() if name != "steps")
    for name, did in sorted(found["steps"].items(), key=lambda pair: -pair[1]["seconds"]):
        yield (
            "  {name:24} {seconds:>9} s  database {database:>8} s  by the clock {wall:>9} s  waited {lock_wait:>7} s"
            "  {sql:>9.0f} statements  raised the peak by {raised_megabytes:>6} MB"
        ).format(name=name, **did)


def main(words: list[str]) -> int:
    """Prints the figures; exit code 0 when the books held."""
    if "--one" in words:
        size, processes, until, part, start = words[words.index("--one") + 1 :][:5]
        days = {"until": date.fromisoformat(until), "start": date.fromisoformat(start)}
        told = month(int(size), processes=int(processes), part=int(part), **days)
        print(json.dumps(told))
        return 0
    count = int(words.pop(words.index("--processes") + 1)) if "--processes" in words else 1
    part = words.pop(words.index("--part") + 1) if "--part" in words else str(parts.PART)
    sizes = [int(word) for word in words if word.isdigit()] or list(SIZES)
    if "--profile" in words:
        _profiled(lambda: month(sizes[0]))
        return 0
    if "--payday" in words:
        found = [_in_a_process(size, processes=count, until=PAYDAYS_UNTIL) for size in sizes]
        print(json.dumps({"paydays": [{"residents": one["residents"], **one["payday"]} for one in found]}))
        return 0
    if "--begins" in words:
        found = [_in_a_process(size, processes=count, start=MEASURED) for size in sizes]
    else:
        found = [_shared(size, count, int(part)) if count > 1 else _in_a_process(size) for size in sizes]
    if "--keep" in words:
        _keep(found)
    as_text = "\n".join(line for one in found for line in _lines(one))
    print(json.dumps(_compared(found) | {"sizes": found}) if "--json" in words else as_text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
