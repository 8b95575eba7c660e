"""Agreements as matching sees them, and the index that is built once and asked for every entry.

Per counterparty account we know which words and numbers only one resident has, so that an entry of a payer with
thousands of agreements is held against those of one resident. Words are folded UTF-8, see `core/words.py`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal, TypeVar

from budgeting.core.iban import normalise
from budgeting.core.knowledge.payers import pays_many, tells_apart
from budgeting.core.words import word_list

Id = int | str
Key = TypeVar("Key")
Value = TypeVar("Value")


class NotAgreementFacts(ValueError):
    """Which `field` of an agreement's facts cannot be: `direction`, `amount`, `window`, `period` or `words`."""

    def __init__(self, agreement_id: Id, field: str) -> None:
        super().__init__(f"agreement {agreement_id}: {field}")
        self.agreement_id = agreement_id
        self.field = field


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """What matching needs of one agreement. Amounts are positive; `direction` gives the sign.

    `words` must all be found (a word may be a phrase); `marks` are numbers by which the counterparty knows this
    resident, one found is enough to tell who it is; `name_words` are the resident's name as the counterparty writes it
    and count only together. `expected` are the due dates near, each may be `window` days early or late; no dates means
    no rhythm, any day in the period will do. The period is half-open.
    """

    id: Id
    resident: Id
    direction: Literal["in", "out"]
    amount: Decimal
    amount_low: Decimal
    amount_high: Decimal
    ibans: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    reference: str = ""
    expected: tuple[date, ...] = ()
    window: int = 5
    household: Id | None = None
    category: str = ""
    counterparty_name: str = ""
    marks: tuple[str, ...] = ()
    name_words: tuple[str, ...] = ()
    valid_from: date = date.min
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.direction not in ("in", "out"):
            raise NotAgreementFacts(self.id, "direction")
        if not 0 <= self.amount_low <= self.amount <= self.amount_high:
            raise NotAgreementFacts(self.id, "amount")
        if not 0 <= self.window <= 366:
            raise NotAgreementFacts(self.id, "window")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise NotAgreementFacts(self.id, "period")
        if b"" in _words(self.words)[1]:  # nothing is left of it
            raise NotAgreementFacts(self.id, "words")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """An agreement made ready: signed amounts, due days as ordinals, words, and phrases that must stand together."""

    facts: AgreementFacts
    amount: Decimal
    low: Decimal
    high: Decimal
    valid_from: date
    valid_until: date
    due: tuple[int, ...]
    window: int
    words: frozenset[bytes]
    phrases: tuple[bytes, ...]
    marks: frozenset[bytes]
    name: frozenset[bytes]
    reference: str
    ibans: frozenset[str]


@dataclass(frozen=True)
class Account:
    """The agreements with one counterparty account.

    `shared`: it pays or charges more than one resident, or may. `owners`: whose a telling word or number is, where only
    one resident has it here. `names`: behind one word of each whole name, the name and whose it is. `words`: every word
    of its agreements, to hold a text against.
    """

    plans: tuple[Plan, ...]
    shared: bool
    owners: dict[bytes, Id]
    names: dict[bytes, tuple[tuple[frozenset[bytes], Id], ...]]
    words: frozenset[bytes]
    by_resident: dict[Id, tuple[Plan, ...]]

    @cached_property
    def by_amount(self) -> dict[Decimal, tuple[Plan, ...]]:
        """The agreements of an exact, signed amount."""
        return _grouped((plan.amount, plan) for plan in self.plans)

    @cached_property
    def by_word(self) -> dict[bytes, tuple[Plan, ...]]:
        """The agreements behind their rarest word, their marks, and the rarest word of the name."""
        seen = Counter(word for plan in self.plans for word in plan.words | plan.name)
        return _grouped((word, plan) for plan in self.plans for word in _leads(plan, seen))


class Index:
    """All agreements, ready to be asked.

    `shared_ibans` are accounts known to pay many residents, even if only one of them has an agreement so far.
    """

    def __init__(self, agreements: Iterable[AgreementFacts], shared_ibans: Iterable[str] = ()) -> None:
        shared = {normalise(account) for account in shared_ibans}
        plans = [_plan(facts) for facts in agreements]
        groups = _grouped((normalise(iban), plan) for plan in plans for iban in plan.facts.ibans)
        self.size = len(plans)
        self.accounts = {iban: _account(group, known_shared=iban in shared) for iban, group in groups.items()}
        self.by_reference = _grouped((plan.reference, plan) for plan in plans if plan.reference)
        self.by_number = _grouped((mark, plan) for plan in plans for mark in plan.marks if is_long_number(mark))
        self.numbers = frozenset(self.by_number)

    def referred(self, reference: str) -> tuple[Plan, ...]:
        """The agreements that expect this structured reference."""
        return self.by_reference.get(normalise(reference), ())


def is_long_number(word: bytes) -> bool:
    """Whether a folded word has so many digits that it leads to a resident whatever account it came from."""
    return len(word) >= 6 and len(word.translate(None, _NO_DIGITS)) >= 6


_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(group) for key, group in groups.items()}


def _plan(facts: AgreementFacts) -> Plan:
    low, high = facts.amount_low, facts.amount_high
    comes_in = facts.direction == "in"
    words, phrases = _words(facts.words)
    return Plan(
        facts=facts,
        amount=facts.amount if comes_in else -facts.amount,
        low=low if comes_in else -high,
        high=high if comes_in else -low,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until or date.max,
        due=_ordinals(facts.expected),
        window=facts.window,
        words=words,
        phrases=phrases,
        marks=frozenset(b"".join(word_list(mark)) for mark in facts.marks) - {b""},
        name=_words(facts.name_words)[0],
        reference=normalise(facts.reference),
        ibans=_normalised(facts.ibans),
    )


# What many agreements share is made once and kept once: a large payer has as many as a town has residents.
@lru_cache(maxsize=16_384)
def _words(texts: tuple[str, ...]) -> tuple[frozenset[bytes], tuple[bytes, ...]]:
    """The words in these texts, and the texts that are more than one word."""
    terms = [word_list(text) for text in texts]
    return frozenset(word for term in terms for word in term), tuple(
        b" ".join(term) for term in terms if len(term) != 1
    )


@lru_cache(maxsize=16_384)
def _ordinals(days: tuple[date, ...]) -> tuple[int, ...]:
    return tuple(day.toordinal() for day in days)


@lru_cache(maxsize=4096)
def _normalised(ibans: frozenset[str]) -> frozenset[str]:
    return frozenset(normalise(iban) for iban in ibans)


def _account(plans: tuple[Plan, ...], *, known_shared: bool) -> Account:
    by_resident = _grouped((plan.facts.resident, plan) for plan in plans)
    shared = known_shared or len(by_resident) > 1 or _pays_many(plans)
    evidence = ((word, plan.facts.resident) for plan in plans for word in plan.words | plan.marks)
    owners = {word: owner for word, owner in _owners(evidence).items() if tells_apart(word.decode())}
    whole_names = _owners((plan.name, plan.facts.resident) for plan in plans if plan.name)
    names = _grouped((max(name, key=lambda word: (len(word), word)), (name, who)) for name, who in whole_names.items())
    every_word = frozenset(word for plan in plans for word in plan.words | plan.marks | plan.name)
    return Account(plans, shared, owners, names, every_word, by_resident)


def _pays_many(plans: tuple[Plan, ...]) -> bool:
    return any(plan.facts.direction == "in" and pays_many(plan.facts.counterparty_name) for plan in plans)


def _owners(pairs: Iterable[tuple[Key, Id]]) -> dict[Key, Id]:
    """Whose each key is, leaving out the keys that more than one resident has."""
    owners: dict[Key, Id] = {}
    disputed: set[Key] = set()
    for key, owner in pairs:
        if owners.setdefault(key, owner) != owner:
            disputed.add(key)
    return {key: owner for key, owner in owners.items() if key not in disputed}


def _leads(plan: Plan, seen: Counter[bytes]) -> set[bytes]:
    groups = [group for group in (plan.words, plan.name) if group]
    return {min(group, key=lambda word: (seen[word], -len(word), word)) for group in groups} | plan.marks


NO_ACCOUNT = Account((), shared=True, owners={}, names={}, words=frozenset(), by_resident={})
