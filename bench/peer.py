"""Parse, match and book of one statement in a town with agreements, held against the work of the peer per entry.

The peer's work was measured elsewhere on its own functions and services, without network and queues (`MATCHED`,
`HANDLED`); it also fetches all agreements for each file, with every payment and journal line they ever had joined in
one question (`FETCHED`): told apart for a town without payments behind it, and for one of two years. Its rule of
matching runs here too, on the same entries and agreements, each known by one search term as its users would enter it
(`bench.matching.peer`), to see that the machines are alike. Ours are processor seconds of this process and of the
database's, in a town whose residents have had money before.

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
from budgeting.actions.ledger import account_numbers  # noqa: E402
from budgeting.actions.statements import import_statement  # noqa: E402
from budgeting.core import ledger  # noqa: E402
from budgeting.core.agreement_index import AgreementFacts  # noqa: E402
from budgeting.core.readers import read  # noqa: E402
from budgeting.models import Agreement, Resident  # noqa: E402
from payments.core.banking_days import on_or_after  # noqa: E402
from tests import databases  # noqa: E402

START, UNTIL = date(2026, 1, 1), date(2026, 12, 1)
SEED, RUNS, ENTRIES, PEER_SAMPLE = 7, 5, 5000, 100
# Residents, and how many times faster is wanted; they have 6.8 agreements each.
SIZES = {150: 25, 2000: 300}
# Seconds of the peer. For each entry, to match it with a thousand and with ten thousand agreements (5,000 and 1,000
# entries); and to read, keep, book and mark it (5,000 entries).
MATCHED = {150: 4.744 / 5000, 2000: 28.389 / 1000}
HANDLED = (0.65 + 1.47 + 1.13 + 1.23) / 5000
# For each agreement and file, with 24 journal lines, and with 24 payments as well, as every charge has in two years.
FETCHED, FETCHED_WITH_PAYMENTS = 0.75 / 1000, 12.13 / 1000


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
        account_numbers(ledger.resident(number) for number in Resident.objects.values_list("pk", flat=True))
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


def _of_peer(residents: int, agreements: list[AgreementFacts]) -> tuple[float, float]:
    """Seconds for each entry, fetching agreements without payments, and with those of two years."""
    charges = sum(facts.direction == "out" for facts in agreements)
    bare = FETCHED * len(agreements)
    paid = FETCHED_WITH_PAYMENTS * charges + FETCHED * (len(agreements) - charges)
    work = MATCHED[residents] + HANDLED
    return work + bare / ENTRIES, work + paid / ENTRIES


def measure() -> dict[str, object]:
    """By number of agreements: milliseconds for each entry, and how many times as fast."""
    told: dict[str, object] = {}
    for residents, wanted in SIZES.items():
        data = statement(large_town(residents, seed=SEED))
        runs = [_import(data, residents) for _ in range(RUNS)]
        ours, agreements = statistics.median(cost for cost, *_ in runs), runs[0][2]
        bare, paid = _of_peer(residents, agreements)
        told[f"{len(agreements)} agreements"] = {
            "ours_milliseconds": round(ours * 1000, 3),
            "booked": round(runs[0][1], 3),
            "peer_milliseconds": round(bare * 1000, 2),
            "times_faster": round(bare / ours, 1),
            "peer_after_two_years_milliseconds": round(paid * 1000, 2),
            "times_faster_after_two_years": round(paid / ours, 1),
            "its_rule_here_milliseconds": round(_peer(data, agreements) * 1000, 2),
            "its_rule_there_milliseconds": round(MATCHED[residents] * 1000, 2),
            "goals": {"times_faster_after_two_years": f">= {wanted}"},
        }
    return told


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k}: {v}" for k, v in figures.items()))
