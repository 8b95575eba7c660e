"""From a resident's own bank history to proposals: the regular incomes and charges found, and what looks missing.

Everything happens in memory; nothing here is stored. A proposal becomes an agreement when a person confirms it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from budgeting.core.budget import Regular, budget_of
from budgeting.core.clues import clues_of
from budgeting.core.knowledge.payers import pays_many
from budgeting.core.knowledge.rules import Knowledge
from budgeting.core.match_reasons import Reason
from budgeting.core.money import ZERO
from budgeting.core.recognition import Recogniser, Recognition
from budgeting.core.recurrence import HistoryLine, Stream, streams
from budgeting.core.statement import Entry
from budgeting.core.telling_words import shared_words

# What nearly every household has: not seeing it is a question to ask, never a verdict.
_EXPECTED = ("health_insurance", "rent_or_mortgage", "energy_or_heating", "water")
# Who has less than this net a month may well have a right to allowances (the limit for a single person in 2026 is about
# euro 3,300 gross): a question again.
LOW_INCOME = Decimal("2600.00")
_EARNED = frozenset({"wages", "benefit", "pension", "student_finance"})
_STANDS_FOR = {
    "rent": "rent_or_mortgage",
    "mortgage": "rent_or_mortgage",
    "energy": "energy_or_heating",
    "district_heating": "energy_or_heating",
}
_FIRM_WORDS = frozenset(
    {"bv", "b", "v", "nv", "n", "stichting", "st", "stg", "de", "het", "the", "via", "by", "inz", "inzake"}
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A regular stream with what an agreement needs: who, which account, why this category, and how to tell it apart.

    `words` and `marks` are needed where one account pays many residents or more than one stream.
    """

    stream: Stream
    counterparty: str
    iban: str
    reasons: tuple[Reason, ...]
    confidence: float
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def regular(self) -> Regular:
        """As a budget counts it."""
        rhythm = self.stream.rhythm
        way: Literal["in", "out"] = "in" if self.stream.amount > 0 else "out"
        return Regular(way, abs(self.stream.amount), rhythm.unit, rhythm.every)


@dataclass(frozen=True, slots=True)
class Intake:
    """One household's history read: its first and last day (None when empty), proposals, what looks missing."""

    begins: date | None
    ends: date | None
    entries: int
    proposals: tuple[Proposal, ...]
    missing: tuple[str, ...]


def read_history(entries: Sequence[Entry], recogniser: Recogniser) -> Intake:
    """The proposals for one household's entries, most certain first."""
    answers = recogniser.recognise_history(entries)
    found = streams(history_lines(entries, answers, recogniser.knowledge))
    shared = _shared(found, entries)
    proposals = tuple(_proposal(stream, entries, answers, shared) for stream in found)
    days = [entry.booking_date for entry in entries]
    seen = {_STANDS_FOR.get(answer.category, answer.category) for answer in answers}
    missing = tuple(_missing(seen, proposals)) if entries else ()
    return Intake(min(days, default=None), max(days, default=None), len(entries), proposals, missing)


def _missing(seen: set[str], proposals: Sequence[Proposal]) -> Iterator[str]:
    """What nearly everybody has; and allowances, where the income seen is low and what they are for is there."""
    yield from (wanted for wanted in _EXPECTED if wanted not in seen)
    income = budget_of(one.regular for one in proposals if one.stream.category in _EARNED).income
    if not ZERO < income < LOW_INCOME:
        return
    if "healthcare_allowance" not in seen:
        yield "healthcare_allowance"
    if "rent_or_mortgage" in seen and "mortgage" not in _categories(proposals) and "rent_allowance" not in seen:
        yield "rent_allowance"
    if "child_benefit" in seen and "child_budget" not in seen:
        yield "child_budget"


def _categories(proposals: Sequence[Proposal]) -> set[str]:
    return {one.stream.category for one in proposals}


def _shared(found: Sequence[Stream], entries: Sequence[Entry]) -> Counter[tuple[str, bool]]:
    """How many streams each account and direction has."""
    return Counter((entries[stream.lines[-1]].counterparty_iban, stream.amount > 0) for stream in found)


def history_lines(entries: Sequence[Entry], answers: Sequence[Recognition], knowledge: Knowledge) -> list[HistoryLine]:
    """Entries as recurrence wants them: one key per counterparty, whatever account or spelling it used."""
    keys = counterparties(entries, knowledge)
    return [
        HistoryLine(entry.booking_date, entry.amount, key, answer.category, bool(entry.mandate_id))
        for entry, answer, key in zip(entries, answers, keys, strict=True)
    ]


def counterparties(entries: Sequence[Entry], knowledge: Knowledge) -> list[str]:
    """A key per entry, the same for entries that share an account or the first words of a name.

    A payment service has one account for many shops, so there the name alone counts.
    """
    parent: dict[str, str] = {}
    marks = [_marks(entry, knowledge) for entry in entries]
    for first, *others in marks:
        for other in others:
            parent[_root(parent, other)] = _root(parent, first)
    return [_root(parent, first) for first, *_ in marks]


def _root(parent: dict[str, str], mark: str) -> str:
    while mark in parent and parent[mark] != mark:
        mark = parent[mark]
    return mark


def _marks(entry: Entry, knowledge: Knowledge) -> list[str]:
    clues = clues_of(entry, knowledge)
    passes_on = "#psp" in clues.seen
    written = clues.name if clues.name and not (passes_on and "@known" not in clues.seen) else clues.about
    significant = [word for word in written if word not in _FIRM_WORDS and not any(map(str.isdigit, word))][:2]
    name = f"name {' '.join(significant)}"
    if entry.counterparty_iban and not passes_on:
        return [f"account {entry.counterparty_iban}", *([name] if clues.name and len(significant) == 2 else [])]
    return [name]


def _proposal(
    stream: Stream, entries: Sequence[Entry], answers: Sequence[Recognition], shared: Counter[tuple[str, bool]]
) -> Proposal:
    last = stream.lines[-1]
    best = max(stream.lines, key=lambda place: answers[place].confidence)
    name = next(
        (entries[place].counterparty_name for place in reversed(stream.lines) if entries[place].counterparty_name), ""
    )
    iban = entries[last].counterparty_iban
    said, marks = shared_words([entries[place] for place in stream.lines])
    is_plain = shared[iban, stream.amount > 0] == 1 and not pays_many(name)
    return Proposal(
        stream=stream,
        counterparty=name,
        iban=iban,
        reasons=answers[best].reasons,
        confidence=round(stream.confidence * answers[best].confidence, 2),
        words=() if is_plain else said,
        marks=() if is_plain else marks,
    )
