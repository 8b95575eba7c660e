"""Parse, match and book of one statement in a town with agreements, held against the work of the peer per entry.

Of the peer its rule of matching runs here, on the same entries and agreements, each known by one search term as its
users would enter it (`bench.matching.peer`). The rest of its work per entry - reading, five calls over HTTP and their
rows - cannot run here and is taken as it was measured elsewhere, `PEER_REST`; it hangs on no number of agreements. Ours
are processor seconds of this process and of the database's.

    python -m bench.peer           prints a table
    python -m bench.peer --json    prints one JSON object
"""

import json
import os
import statistics
import sys
import time
from dataclasses import replace
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from backend.example.chance_life import chance_script  # noqa: E402 - after Django is set up
from backend.example.record import ExampleTown  # noqa: E402
from backend.example.statement_writer import RECEIVED, Line, Page, write_statement  # noqa: E402
from bench.importing import our_backend, seconds  # noqa: E402
from bench.large_town import large_town, write_town  # noqa: E402
from bench.matching import peer  # noqa: E402
from budgeting.actions.agreement_facts import facts_of  # noqa: E402
from budgeting.actions.statements import import_statement  # noqa: E402
from budgeting.core.agreement_index import AgreementFacts  # noqa: E402
from budgeting.core.readers import read  # noqa: E402
from budgeting.models import Agreement  # noqa: E402
from payments.core.banking_days import on_or_after  # noqa: E402
from tests import databases  # noqa: E402

START, UNTIL = date(2026, 1, 1), date(2026, 12, 1)
SEED, RUNS, ENTRIES, PEER_SAMPLE = 7, 5, 5000, 100
# Residents, and how many times faster is wanted; they have 6.8 agreements each.
SIZES = {150: 25, 2000: 300}
# Seconds for each entry, measured with 5,000 entries and 1,000 agreements: 0.65 to read, 1.47, 0.75, 1.13 and 1.23 for
# its calls.
PEER_REST = (0.65 + 1.47 + 0.75 + 1.13 + 1.23) / 5000


def statement(town: ExampleTown) -> bytes:
    """The first income of a town, each on its day, as one file."""
    script = chance_script(town, START, UNTIL, seed=SEED, faults=False)
    came = [credit for credit in script.credits if credit.on < UNTIL][:ENTRIES]
    lines = tuple(
        Line(one.amount, on_or_after(one.on), RECEIVED, name=one.payer, iban=one.iban, remittance=one.remittance)
        for one in came
    )
    return write_statement(Page(town.account_iban, town.account_name, max(one.on for one in lines), 1,
                                town.opening_balance, lines))  # fmt: skip


def _import(data: bytes, residents: int) -> tuple[float, float, list[AgreementFacts]]:
    """Seconds for each entry, the share that found its place, and the agreements."""
    with databases.own_database():
        write_town(residents, seed=SEED, on=START)
        results: list[Any] = []
        cost = seconds(
            lambda: results.append(import_statement(data=data, name="peer.xml", by=None, on=UNTIL)), our_backend()
        )
        (result,) = results
        assert result.status == "imported", result.problems
        return cost / result.new, result.booked / result.new, list(facts_of(Agreement.objects.all(), START, UNTIL))


def _peer(data: bytes, agreements: list[AgreementFacts]) -> float:
    """Seconds for each entry of its matching."""
    known = [replace(facts, words=facts.marks[:1] or facts.words) for facts in agreements if facts.direction == "in"]
    (told,) = read(data).statements
    sample = list(told.entries[:: ENTRIES // PEER_SAMPLE])
    began = time.process_time()
    peer(known, sample)
    return (time.process_time() - began) / len(sample)


def measure() -> dict[str, object]:
    """By number of agreements: milliseconds for each entry, and how many times as fast."""
    told: dict[str, object] = {}
    for residents, wanted in SIZES.items():
        data = statement(large_town(residents, seed=SEED))
        runs = [_import(data, residents) for _ in range(RUNS)]
        ours, agreements = statistics.median(cost for cost, *_ in runs), runs[0][2]
        theirs = _peer(data, agreements) + PEER_REST
        told[f"{len(agreements)} agreements"] = {
            "ours_milliseconds": round(ours * 1000, 3),
            "booked": round(runs[0][1], 3),
            "peer_milliseconds": round(theirs * 1000, 2),
            "times_faster": round(theirs / ours, 1),
            "goals": {"times_faster": f">= {wanted}"},
        }
    return told


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k}: {v}" for k, v in figures.items()))
