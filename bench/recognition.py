"""Recognising 20,000 made-up entries: bank lines of our own making around the names and words we know.

Every line has its own numbers, so that nothing is answered from memory of the whole line.

    python -m bench.recognition [--json]
"""

import json
import random
import sys
import time
from datetime import date
from decimal import Decimal

from budgeting.core.knowledge.rules import dutch
from budgeting.core.recognition import untaught
from budgeting.core.statement import Entry

SEED, ENTRIES = 20261125, 20_000
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni")
SHAPES = (
    (
        "Naam: {name} Omschrijving: {about} {number} IBAN: {iban} Kenmerk: {number} Machtiging ID: M{number} "
        "Incassant ID: NL00ZZZ123456780000 Doorlopende incasso Valutadatum: 01-04-2026"
    ),
    (
        "/TRTP/SEPA Incasso algemeen doorlopend/CSID/NL00ZZZ123456780000/NAME/{name}/MARF/{number}/REMI/{about} "
        "{number}/IBAN/{iban}/BIC/INGBNL2A/EREF/NOTPROVIDED"
    ),
    "{about} {number} klantnr {number}",
    "'Europese incasso: NL-{about} {number} -Machtiging {number} -Incassant NL00ZZZ123456780000'",
)


def made_up(rng: random.Random) -> list[Entry]:
    """Lines in four banks' shapes, each with its own numbers and amount."""
    phrases = [" ".join(phrase).replace("*", "").replace("^", "") for phrase in _phrases()]
    return [_entry(rng, rng.choice(phrases), rng.choice(phrases)) for _ in range(ENTRIES)]


def _phrases() -> list[tuple[str, ...]]:
    return sorted(phrase for starts in dutch().phrases.values() for phrase, _ in starts)


def _entry(rng: random.Random, name: str, word: str) -> Entry:
    iban = f"NL00BANK{rng.randrange(10**9, 10**10)}"
    about = f"{word} {rng.choice(MONTHS)} 2026 factuur"
    text = rng.choice(SHAPES).format(name=name, about=about, iban=iban, number=rng.randrange(10**7, 10**9))
    return Entry(
        amount=Decimal(rng.randrange(-100_000, 100_000) or 1) / 100,
        booking_date=date(2026, rng.randrange(1, 7), rng.randrange(1, 29)),
        counterparty_name=name.title(),
        counterparty_iban=iban,
        remittance=text,
    )


def measure(runs: int = 3) -> dict[str, object]:
    """Entries a second of processor time, the best of the runs; the first also reads the knowledge."""
    entries, recogniser = made_up(random.Random(SEED)), untaught()
    best = float("inf")
    for _ in range(runs):
        began = time.process_time()
        recogniser.recognise(entries)
        best = min(best, time.process_time() - began)
    return {"recognition_per_second": round(len(entries) / best), "goals": {"recognition_per_second": ">= 20000"}}


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k:26} {v}" for k, v in figures.items()))
