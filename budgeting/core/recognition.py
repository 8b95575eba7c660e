"""What an entry is for: one of 42 categories, how sure that is, why, and whether to set it without asking.

First what we know (Dutch creditors and payers, the words they use, line shapes of the banks), then what people decided
in this municipality, added up; a rule that a person taught goes before both. A label moves no money: only a certain
match, or a person, books.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from budgeting.core.clues import Clues, clues_of
from budgeting.core.confidence import AUTO_AT_LEAST, DEFAULT, Confidence, Floats, facts_of, fit_confidence
from budgeting.core.knowledge.rules import Knowledge, Rule, dutch
from budgeting.core.learning import CATEGORIES, MOST_EXAMPLES, NO_WEIGHTS, NUMBER, Matrix, Weighed, Weights, fit, weigh
from budgeting.core.match_reasons import Reason
from budgeting.core.statement import Entry
from budgeting.core.taught import Taught, TaughtRules, agreed
from budgeting.core.words import folded

RULE_VERSION = "recognition 2"
_FOLDS = 4
_SHARE_FORGOTTEN = 0.6  # left-out lines on which we act as if the creditor were unknown to us: how many we may meet
_WEAK = 9.0  # a score this low leaves room for what the same counterparty was recognised as elsewhere
_RIVALS = 12.0  # two categories that both have this much speak for are a person's to choose from
_ENOUGH = 5.0  # what we know has to speak at least this much for a category before nobody is asked
_AT_ONCE = 250


class UnknownCategory(ValueError):
    """An example's category is none of the 42."""


@dataclass(frozen=True, slots=True)
class Example:
    """An entry and the category a person gave it; `resident` keeps one resident's lines together when testing."""

    entry: Entry
    category: str
    resident: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """The answer: `confidence` is the chance of being right, `auto` that no person need be asked.

    Reasons, strongest first: taught_rule{rule}, rules_disagree{rules}, word{word}, known_kind{kind}, shape{shape},
    learnt{words}, same_counterparty{name}, nothing_known.
    """

    category: str
    confidence: float
    auto: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Recogniser:
    """Knowledge, learnt weights and the curve of confidence; the same for the same examples."""

    knowledge: Knowledge
    weights: Weights = NO_WEIGHTS
    confidence: Confidence = DEFAULT
    taught: TaughtRules | None = None

    def recognise(self, entries: Sequence[Entry]) -> list[Recognition]:
        """Each entry by itself, in order."""
        learnt = self.weights is not NO_WEIGHTS
        found: list[Recognition] = []
        for start in range(0, len(entries), _AT_ONCE):
            clues = [clues_of(entry, self.knowledge) for entry in entries[start : start + _AT_ONCE]]
            found += self._answers(clues, [weigh(clue, self.knowledge, learnt=learnt) for clue in clues])
        return self._as_taught(entries, found)

    def recognise_history(self, entries: Sequence[Entry]) -> list[Recognition]:
        """Entries of one resident together: what one line of a counterparty says helps its other lines."""
        if not entries:
            return []
        clues = [clues_of(entry, self.knowledge) for entry in entries]
        lines = [weigh(clue, self.knowledge) for clue in clues]
        helped = _with_counterparties(clues, lines)
        found = self._answers(clues, helped, [line is not old for line, old in zip(helped, lines, strict=True)])
        return self._as_taught(entries, found)

    def _as_taught(self, entries: Sequence[Entry], found: list[Recognition]) -> list[Recognition]:
        """The answers, with what people taught in place of them where it speaks."""
        if self.taught is None:
            return found
        fitting = (self.taught.fitting(entry) for entry in entries)
        return [_taught(answer, rules) for answer, rules in zip(found, fitting, strict=True)]

    def _answers(
        self, clues: Sequence[Clues], lines: Sequence[Weighed], helped: Sequence[bool] = ()
    ) -> list[Recognition]:
        logits = self.weights.logits(lines)
        sure = self.confidence.of(facts_of(logits, lines, clues)).round(4).tolist()
        chosen = logits.argmax(axis=1).tolist()
        return [
            Recognition(
                CATEGORIES[number],
                chance,
                chance >= self.confidence.auto_from and not by_others and said >= _ENOUGH and rival < _RIVALS,
                _reasons(clue, line, number, by_others=by_others),
            )
            for clue, line, number, chance, (said, rival), by_others in zip(
                clues, lines, chosen, sure, _strengths(lines, chosen), helped or [False] * len(lines), strict=True
            )
        ]


def _taught(answer: Recognition, rules: Sequence[Taught]) -> Recognition:
    """What the rules say when they agree; when they contradict each other, the answer without certainty."""
    if not rules:
        return answer
    if not (same := list(agreed(rules))):
        named = " ".join(str(rule.number) for rule in rules)
        return replace(answer, confidence=min(answer.confidence, 0.5), auto=False, reasons=_disagree(named))
    best = max(same, key=lambda rule: rule.confidence)
    told = (Reason("taught_rule", {"rule": best.number}),)
    if answer.category == best.category:
        return replace(answer, confidence=max(answer.confidence, best.confidence), reasons=told + answer.reasons)
    return Recognition(best.category, best.confidence, best.confidence >= AUTO_AT_LEAST, told)


def _disagree(rules: str) -> tuple[Reason, ...]:
    return (Reason("rules_disagree", {"rules": rules}, against=True),)


def _strengths(lines: Sequence[Weighed], chosen: Sequence[int]) -> Iterator[tuple[float, float]]:
    """What knowledge scores for the category that was chosen, and for the best one that was not, per line."""
    scores = np.stack([line.scores for line in lines])
    rows = np.arange(len(lines))
    said: list[float] = scores[rows, chosen].tolist()
    scores[rows, chosen] = 0
    rivals: list[float] = scores.max(axis=1).tolist()
    return zip(said, rivals, strict=True)


def _reasons(clue: Clues, line: Weighed, number: int, *, by_others: bool) -> tuple[Reason, ...]:
    if by_others:
        return (Reason("same_counterparty", {"name": clue.line.name}),)
    category = CATEGORIES[number]
    found = _of_rules(tuple([rule for rule in line.rules if rule.category == category]))
    if found:
        return found
    if not line.scores.any():
        return (Reason("nothing_known"),)
    return (Reason("learnt", {"words": " ".join(clue.name or clue.about[:5])}),)


@lru_cache(maxsize=20_000)
def _of_rules(rules: tuple[Rule, ...]) -> tuple[Reason, ...]:
    """What the three strongest rules went by, each thing once."""
    strongest = sorted(rules, key=lambda rule: (-rule.weight, rule.said))[:3]
    told = list(dict.fromkeys(_told(rule) for rule in strongest))
    longer = [value for _, _, value in told]
    return tuple(
        Reason(code, {key: value})
        for code, key, value in told
        if not any(other != value and other.startswith(value) for other in longer)
    )


def _told(rule: Rule) -> tuple[str, str, str]:
    """What a rule went by, as code, key and value: a word if it needs one, else who it is, else the line's shape."""
    needs = sorted(rule.needs)
    for thing in needs:
        if thing[0] not in "@#~":
            return "word", "word", thing.strip("*^")
    for thing in needs:
        if thing[0] != "@":
            return "known_kind", "kind", thing[1:]
    return "shape", "shape", " ".join(thing[1:] for thing in needs)


def untaught() -> Recogniser:
    """Only what the product ships."""
    return Recogniser(dutch())


def learn(examples: Sequence[Example]) -> Recogniser:
    """What the product ships and what these examples teach; the latest `MOST_EXAMPLES` count."""
    kept = list(examples)[-MOST_EXAMPLES:]
    unknown = {example.category for example in kept} - NUMBER.keys()
    if unknown:
        raise UnknownCategory(", ".join(sorted(unknown)))
    if not kept:
        return untaught()
    knowledge = dutch()
    clues = [clues_of(example.entry, knowledge) for example in kept]
    lines = [weigh(clue, knowledge) for clue in clues]
    weights = fit(lines, [example.category for example in kept])
    return Recogniser(knowledge, weights, _tested(kept, clues, lines, knowledge))


def _tested(
    kept: Sequence[Example], clues: Sequence[Clues], lines: Sequence[Weighed], knowledge: Knowledge
) -> Confidence:
    """The curve of confidence, from answers to lines whose resident and counterparty were left out."""
    groups = {group: number % _FOLDS for number, group in enumerate(sorted({_group(example) for example in kept}))}
    fold = np.array([groups[_group(example)] for example in kept])
    if len(groups) < _FOLDS:
        return DEFAULT
    facts: list[Floats] = []
    right: list[np.ndarray] = []
    counts: list[Floats] = []
    for number in range(_FOLDS):
        out = np.nonzero(fold == number)[0].tolist()
        who = {_counterparty(clues[row]) for row in out}
        train = [row for row in np.nonzero(fold != number)[0].tolist() if _counterparty(clues[row]) not in who]
        if not train:
            return DEFAULT
        weights = fit([lines[row] for row in train], [kept[row].category for row in train])
        there = [clues[row] for row in out]
        wanted = np.array([NUMBER[kept[row].category] for row in out])
        for share in (1.0, _SHARE_FORGOTTEN):
            known = [lines[row] for row in out] if share == 1 else [weigh(c, knowledge, forget_who=True) for c in there]
            logits = weights.logits(known)
            facts.append(facts_of(logits, known, there))
            right.append(logits.argmax(axis=1) == wanted)
            counts.append(np.full(len(out), share))
    return fit_confidence(np.concatenate(facts), np.concatenate(right), np.concatenate(counts))


def _group(example: Example) -> str:
    return example.resident or folded(example.entry.counterparty_name) or example.entry.remittance[:20]


def _counterparty(clue: Clues) -> str:
    return " ".join(clue.name[:3]) or clue.account or " ".join(clue.about[:2])


_MIRRORED = {"alimony_received": "alimony_paid", "alimony_paid": "alimony_received"}


def _with_counterparties(clues: Sequence[Clues], lines: Sequence[Weighed]) -> list[Weighed]:
    """Lines of persons with a weak score of their own take on what the same account's clear lines are for.

    Between two persons alimony runs both ways, so a clear line in one direction speaks for the other.
    """
    clear: dict[tuple[str, bool], Matrix] = defaultdict(lambda: np.zeros(len(CATEGORIES), np.float32))
    for clue, line in zip(clues, lines, strict=True):
        best = int(line.scores.argmax())
        if "@person" in clue.seen and line.scores[best] > _WEAK - 2:
            incoming = "@in" in clue.seen
            clear[clue.account, incoming][best] += 1
            if CATEGORIES[best] in _MIRRORED:
                clear[clue.account, not incoming][NUMBER[_MIRRORED[CATEGORIES[best]]]] += 1
    helped = []
    for clue, line in zip(clues, lines, strict=True):
        said = clear.get((clue.account, "@in" in clue.seen))
        if said is not None and "@person" in clue.seen and line.scores.max() < _WEAK - 2:
            scores = line.scores.copy()
            scores[int(said.argmax())] += 8
            helped.append(line._replace(scores=scores))
        else:
            helped.append(line)
    return helped
