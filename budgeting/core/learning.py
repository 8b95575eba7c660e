"""What people decided before, made into weights: a softmax regression on top of what we know.

Knowledge gives each category a score; learning moves it. Weights start at zero and are held small, so that without
examples only knowledge speaks. Confidence is learnt apart: lines are left out by household and by counterparty, and on
a share of copies the knowledge of who the counterparty is is taken away, since new creditors are what we will meet.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from budgeting.core.clues import Clues
from budgeting.core.knowledge.rules import Knowledge, Rule

CATEGORIES = (
    "wages", "benefit", "pension", "healthcare_allowance", "rent_allowance", "child_benefit", "child_budget",
    "childcare_allowance", "alimony_received", "tax_refund", "student_finance", "other_income", "rent", "mortgage",
    "energy", "district_heating", "water", "health_insurance", "other_insurance", "municipal_tax", "water_board_tax",
    "telecom", "vehicle_tax", "childcare", "subscriptions", "debt_repayment", "bank_fees", "alimony_paid", "groceries",
    "clothing", "medical", "transport", "household_goods", "eating_out", "leisure", "education", "cash_withdrawal",
    "gifts_donations", "other_expense", "living_money", "own_transfer", "returned_payment",
)  # fmt: skip
NUMBER = {category: number for number, category in enumerate(CATEGORIES)}

Matrix = NDArray[Any]  # float32, a row per line; a column per category

_SCALE = np.float32(0.5)  # how far one point of knowledge moves the odds (log)
_MOST_SCORE = 24.0
_HOLD = 1.0  # strength of the pull of weights to zero
_ROUNDS = 120
_SEEN_AT_LEAST = 2
_MOST_WORDS = 50_000
MOST_EXAMPLES = 6000  # of one municipality's decisions the latest are learnt from; more no longer changes the answers


class Weighed(NamedTuple):
    """One line ready for learning: what knowledge scores per category, the features a weight may hang on, the rules."""

    scores: Matrix
    features: Sequence[str]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Learnt weights per feature and category; the last row is for lines in general."""

    place: dict[str, int]
    table: Matrix

    def logits(self, lines: Sequence[Weighed]) -> Matrix:
        """Knowledge and learning together, one row per line."""
        knowledge: Matrix = np.stack([line.scores for line in lines]) * _SCALE
        if not self.place and not self.table.any():
            return knowledge
        spots: list[int] = []
        starts: list[int] = []
        share: list[float] = []
        last = len(self.table) - 1
        place = self.place
        for line in lines:
            known = {place[feature] for feature in line.features if feature in place}
            starts.append(len(spots))
            spots += [*known, last]
            share += [1 / max(1, len(known)) ** 0.5] * len(known) + [0.3]
        moved = self.table[spots] * np.asarray(share, np.float32)[:, None]
        total: Matrix = knowledge + np.add.reduceat(moved, starts, axis=0)
        return total


NO_WEIGHTS = Weights({}, np.zeros((1, len(CATEGORIES)), np.float32))


def weigh(clues: Clues, knowledge: Knowledge, *, forget_who: bool = False, learnt: bool = True) -> Weighed:
    """Scores and features of one line; `forget_who` as if we had never heard of this counterparty.

    Not `learnt`: nothing hangs on the features, so they are left out.
    """
    seen = clues.seen
    if forget_who:
        seen = frozenset(thing for thing in seen if thing[0] != "#" and thing != "@known")
    way = "+" if "@in" in seen else "-"
    scores, known, rules = _of_things(knowledge, seen, way)
    if not learnt:
        return Weighed(scores, (), rules)
    features = list(known)
    for word in clues.about:
        if word.isalpha():
            features += _of_word(word, way)
    if not forget_who:
        for word in clues.name:
            features += _of_name(word)
        if clues.account:
            features += [f"account {clues.account}{way}", f"chamber {clues.line.chamber_number}{way}"]
    if clues.assessment:
        features.append(f"assessment {clues.assessment}{way}")
    return Weighed(scores, features, rules)


@lru_cache(maxsize=_MOST_WORDS)
def _of_things(
    knowledge: Knowledge, seen: frozenset[str], way: str
) -> tuple[Matrix, tuple[str, ...], tuple[Rule, ...]]:
    """What the rules make of the things seen: a score per category, features, and the rules that spoke."""
    rules = tuple(knowledge.speaking(seen))
    scores = np.zeros(len(CATEGORIES), np.float32)
    for rule in rules:
        scores[NUMBER[rule.category]] += rule.weight
    things = (f"{thing}{way}" for thing in seen if thing[0] in "@#~")
    return np.minimum(scores, _MOST_SCORE), (*sorted(things), *(rule.feature for rule in rules)), rules


@lru_cache(maxsize=_MOST_WORDS)
def _of_word(word: str, way: str) -> tuple[str, ...]:
    return f"{word}{way}", f"{word[:5]}…"


@lru_cache(maxsize=_MOST_WORDS)
def _of_name(word: str) -> tuple[str, ...]:
    return () if word.isdigit() else (f"name {word}", f"name {word[:5]}…")


def fit(lines: Sequence[Weighed], categories: Sequence[str]) -> Weights:
    """Weights that make the examples likely, held small; accelerated gradient steps from zero, so always the same."""
    place = _vocabulary(lines)
    x = _table(lines, place)
    offset = np.stack([line.scores for line in lines]) * _SCALE
    wanted = np.eye(len(CATEGORIES), dtype=np.float32)[[NUMBER[category] for category in categories]]
    weights: Matrix = np.zeros((x.shape[1], len(CATEGORIES)), np.float32)
    ahead: Matrix = weights
    momentum = 1.0
    step = np.float32(1 / (0.55 + _HOLD / len(lines)))
    for _ in range(_ROUNDS):
        gradient = x.T @ (shares(offset + x @ ahead) - wanted) / len(lines) + _HOLD / len(lines) * ahead
        moved = ahead - step * gradient
        faster = (1 + (1 + 4 * momentum * momentum) ** 0.5) / 2
        ahead = moved + np.float32((momentum - 1) / faster) * (moved - weights)
        weights, momentum = moved, faster
    return Weights(place, weights.astype(np.float32))


def shares(logits: Matrix) -> Matrix:
    """Softmax by row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return result


def _vocabulary(lines: Sequence[Weighed]) -> dict[str, int]:
    counts = Counter(feature for line in lines for feature in set(line.features))
    kept = sorted(feature for feature, count in counts.items() if count >= _SEEN_AT_LEAST)
    return {feature: number for number, feature in enumerate(kept)}


def _table(lines: Sequence[Weighed], place: dict[str, int]) -> Matrix:
    table = np.zeros((len(lines), len(place) + 1), np.float32)
    for row, line in enumerate(lines):
        known = list({place[feature] for feature in line.features if feature in place})
        table[row, known] = 1 / max(1, len(known)) ** 0.5
    table[:, -1] = 0.3
    return table
