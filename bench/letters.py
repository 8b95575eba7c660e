"""Letters of a month for a made-up town, database, story and files included, beside their floor: Typst alone.

The command is run as an operator would, in a process of its own, its start included. The floor sets the very same
finished values in one process that does nothing else. Letters a second depend on what else the machine does; processor
milliseconds do not, and are what the floor is compared with.

    python -m bench.letters           prints a table
    python -m bench.letters --json    prints one JSON object
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from accessibility.letters.gather import letters_of  # noqa: E402 - after Django is set up
from accessibility.letters.letter import values_of  # noqa: E402
from accessibility.letters.make import make  # noqa: E402
from budgeting.models import Resident  # noqa: E402
from payments.actions.plan import plan_orders  # noqa: E402
from payments.actions.remainders import plan_remainders  # noqa: E402
from tests import databases, factories  # noqa: E402

RESIDENTS = 400
LANGUAGES = ("nl", "nl", "nl", "ar", "ti", "tr", "pl", "fa")
CATEGORIES = ("rent", "energy", "water", "health_insurance", "telecom", "municipal_tax")
SAMPLE = 120
GOAL = 100.0
ON = factories.ON


@transaction.atomic
def town(residents: int) -> None:
    """Residents of several languages with six charges and an income each, planned for the coming weeks."""
    home = factories.house()
    for number in range(residents):
        language = LANGUAGES[number % len(LANGUAGES)]
        who = factories.resident(home, money="1500.00", language=language)
        Resident.objects.filter(pk=who.pk).update(
            street=f"Lindelaan {number}", postcode=f"{1000 + number % 90} AB", town="Voorbeeldstad"
        )
        for place, category in enumerate(CATEGORIES):
            factories.charge(home, who, amount=f"{40 + number % 300}.{place}5", day=3 + 4 * place, category=category)
        factories.income(home, who)
    plan_orders(on=ON, first=ON)
    plan_remainders(on=ON, first=ON)


def command(environment: dict[str, str], processes: int, *more: str) -> dict[str, Any]:
    """What the command answers, and how long its whole process took."""
    with tempfile.TemporaryDirectory() as out:
        words = ["make_letters", "--month", f"{ON:%Y-%m}", "--on", str(ON), "--out", out, "--json", *more]
        began, worked = time.perf_counter(), _of_children()
        done = subprocess.run(
            [sys.executable, "manage.py", *words, "--processes", str(processes)],
            env=environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        whole, worked = time.perf_counter() - began, _of_children() - worked
        answer = json.loads(done.stdout)
        sizes = [Path(file).stat().st_size for file in answer["files"]]
    return answer | {"whole": whole, "worked": worked, "bytes": statistics.mean(sizes)}


def _of_children() -> float:
    """Processor seconds of all programs that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def floor_seconds() -> float:
    """Processor seconds a letter of Typst alone, over a sample that has every language; caches warm."""
    residents = list(Resident.objects.order_by("pk")[:SAMPLE])
    values = [values_of(letter) for letter in letters_of(residents, month=date(ON.year, ON.month, 1), on=ON)]
    for one in values[: len(LANGUAGES)]:
        make(one)
    began = time.process_time()
    for one in values:
        make(one)
    return (time.process_time() - began) / len(values)


def measure(residents: int = RESIDENTS) -> dict[str, object]:
    """Letters a second of the command, and how near that is to Typst alone on as many cores."""
    processes = os.cpu_count() or 1
    with databases.own_database() as own:
        town(residents)
        floor = floor_seconds()
        answer = command(own.environment, processes)
        bundled = command(own.environment, processes, "--bundle")
    rate, each = answer["letters"] / answer["seconds"], answer["worked"] / answer["letters"]
    return {
        "letters": answer["letters"],
        "pages": answer["pages"],
        "processes": processes,
        "seconds": answer["seconds"],
        "seconds_with_start": round(answer["whole"], 2),
        "letters_per_second": round(rate, 1),
        "goal_letters_per_second": GOAL,
        "processor_milliseconds_a_letter": round(each * 1000, 1),
        "typst_alone_milliseconds": round(floor * 1000, 1),
        "times_typst_alone": round(each / floor, 2),
        "letters_per_second_undisturbed": round(processes / each, 1),
        "with_bundle_letters_per_second": round(bundled["letters"] / bundled["seconds"], 1),
        "kilobytes_a_letter": round(answer["bytes"] / 1024, 1),
    }


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k:34} {v}" for k, v in figures.items()))
