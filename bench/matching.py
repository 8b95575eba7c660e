"""Matching 100,000 entries against 10,000 agreements, beside the floor and the open-source peer's rule.

Floor: an Aho-Corasick automaton per account (pyahocorasick, C) over each agreement's rarest term, the other terms as
substrings, amount and first day checked; it knows no whole words, direction, due dates, doubt or candidates. Peer: the
rule as its code has it, an escaped search per term over all agreements of the account. All three see the same made-up
data in one process, and each time includes making the index. pyahocorasick comes from PyPI, for this bench only.

    python -m bench.matching            prints a table
    python -m bench.matching --json     prints one JSON object
"""

import json
import random
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import ahocorasick

from budgeting.core.agreement_index import AgreementFacts, Index
from budgeting.core.matching import match
from budgeting.core.statement import Entry

SEED = 20261125
AGREEMENTS, ENTRIES, PEER_SAMPLE = 10_000, 100_000, 400
ACCOUNTS = 1_500
KINDS = ["huur", "zorgtoeslag", "huurtoeslag", "premie", "voorschot", "salaris", "uitkering", "termijn", "abonnement"]
MONTHS = ["januari", "februari", "maart"]


def made_up(rng: random.Random) -> tuple[list[AgreementFacts], list[Entry]]:
    """Agreements over accounts by Zipf's law, the largest payer with a fifth; a fifth of the entries fit none."""
    weights = [1 / (rank + 1) ** 1.2 for rank in range(ACCOUNTS)]
    ibans = [f"NL{rng.randrange(10, 99)}BANK{rng.randrange(10**9, 10**10)}" for _ in range(ACCOUNTS)]
    agreements = [_agreement(rng, number, rng.choices(ibans, weights)[0]) for number in range(AGREEMENTS)]
    return agreements, [_entry(rng, rng.choice(agreements)) for _ in range(ENTRIES)]


def _agreement(rng: random.Random, number: int, iban: str) -> AgreementFacts:
    amount = Decimal(rng.randrange(1_000, 150_000)) / 100
    words = (rng.choice(KINDS), str(rng.randrange(10**7, 10**8)))[: 1 + (rng.random() < 0.97)]
    return AgreementFacts(
        id=number,
        resident=rng.randrange(2_000),
        direction=rng.choice(("in", "out")),
        amount=amount,
        amount_low=(amount * Decimal("0.75")).quantize(Decimal("0.01")),
        amount_high=(amount * Decimal("1.25")).quantize(Decimal("0.01")),
        ibans=frozenset({iban}),
        words=words,
        expected=tuple(date(2026, month, rng.randrange(1, 29)) for month in (1, 2, 3)),
        window=20,
    )


def _entry(rng: random.Random, facts: AgreementFacts) -> Entry:
    sign = 1 if facts.direction == "in" else -1
    month = rng.randrange(3)
    known = rng.random() < 0.8
    words = " ".join(facts.words)
    return Entry(
        amount=sign * facts.amount,
        booking_date=facts.expected[month] + timedelta(days=rng.randrange(-2, 5)),
        counterparty_name="Stichting Voorbeeld Wonen" if rng.random() < 0.5 else "Voorbeeld Energie B.V.",
        counterparty_iban=next(iter(facts.ibans)) if known else f"NL00BANK{rng.randrange(10**9, 10**10)}",
        remittance=f"/TRTP/SEPA Incasso algemeen doorlopend/REMI/{words} {MONTHS[month]} 2026 factuur "
        f"{rng.randrange(10**9)}/KENMERK/{rng.randrange(10**12)} betreft periode {month + 1}",
        end_to_end_id=f"E{rng.randrange(10**10)}",
    )


def ours(agreements: list[AgreementFacts], entries: list[Entry]) -> int:
    """Index and match; how many are certain."""
    index = Index(agreements)
    return sum(match(index, entry).outcome == "certain" for entry in entries)


def floor(agreements: list[AgreementFacts], entries: list[Entry]) -> int:
    """One automaton per account over each agreement's rarest term; how many entries have exactly one agreement."""
    automata = _automata(agreements)
    unique = 0
    for entry in entries:
        automaton = automata.get(entry.counterparty_iban)
        if automaton is None:
            continue
        text = f"{entry.counterparty_name} {entry.remittance}".lower()
        amount, day, found = abs(entry.amount), entry.booking_date, 0
        for _, behind in automaton.iter(text):
            for rest, low, high, valid_from in behind:
                if low <= amount <= high and valid_from <= day and all(word in text for word in rest):
                    found += 1
        unique += found == 1
    return unique


def _automata(agreements: list[AgreementFacts]) -> dict[str, ahocorasick.Automaton]:
    seen = Counter((iban, word) for facts in agreements for iban in facts.ibans for word in facts.words)
    terms: dict[str, dict[str, list[tuple]]] = defaultdict(lambda: defaultdict(list))
    for facts in agreements:
        for iban in facts.ibans:
            anchor = min(facts.words, key=lambda word: (seen[iban, word], -len(word)))
            rest = [word for word in facts.words if word != anchor]
            terms[iban][anchor].append((rest, facts.amount_low, facts.amount_high, facts.valid_from))
    automata = {}
    for iban, behind in terms.items():
        automata[iban] = ahocorasick.Automaton()
        for word, plans in behind.items():
            automata[iban].add_word(word, plans)
        automata[iban].make_automaton()
    return automata


def peer(agreements: list[AgreementFacts], entries: list[Entry]) -> int:
    """The peer's rule: every agreement of the account, `re.search` for every escaped term, valid on the day."""
    by_account = defaultdict(list)
    for facts in agreements:
        for iban in facts.ibans:
            by_account[iban].append(facts)
    unique = 0
    for entry in entries:
        found = [
            facts
            for facts in by_account.get(entry.counterparty_iban, ())
            if facts.valid_from <= entry.booking_date
            and all(re.search(re.escape(word), entry.remittance, re.IGNORECASE) for word in facts.words)
        ]
        unique += len(found) == 1
    return unique


def _seconds(method: Callable[..., int], agreements: list[AgreementFacts], entries: list[Entry]) -> tuple[float, int]:
    began = time.perf_counter()
    found = method(agreements, entries)
    return time.perf_counter() - began, found


def measure(runs: int = 5) -> dict[str, object]:
    """Entries a second of each method and the two ratios that are goals; turns taken, medians of the runs."""
    agreements, entries = made_up(random.Random(SEED))
    turns = [(_seconds(floor, agreements, entries), _seconds(ours, agreements, entries)) for _ in range(runs)]
    sample = entries[:: ENTRIES // PEER_SAMPLE]
    peer_rate = len(sample) / _seconds(peer, agreements, sample)[0]
    floor_rate = len(entries) / statistics.median(floor_run[0] for floor_run, _ in turns)
    our_rate = len(entries) / statistics.median(our_run[0] for _, our_run in turns)
    return {
        "matching_per_second": round(our_rate),
        "floor_per_second": round(floor_rate),
        "peer_per_second": round(peer_rate),
        "times_slower_than_floor": round(statistics.median(mine[0] / least[0] for least, mine in turns), 2),
        "times_faster_than_peer": round(our_rate / peer_rate),
        "certain": turns[0][1][1],
        "floor_unique": turns[0][0][1],
        "goals": {"times_slower_than_floor": "<= 2", "times_faster_than_peer": ">= 150"},
    }


if __name__ == "__main__":
    figures = measure()
    print(json.dumps(figures) if "--json" in sys.argv else "\n".join(f"{k:26} {v}" for k, v in figures.items()))
