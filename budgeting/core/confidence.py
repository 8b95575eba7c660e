"""How sure an answer is: the chance that it is right, learnt from lines that were left out.

Some facts about an answer - how far it stands ahead, in knowledge and with learning; whether both agree; what kind of
line it is - go through a logistic curve. `DEFAULT` was fitted once on made-up households and serves until there are
decisions of this municipality to learn from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from budgeting.core.clues import Clues
from budgeting.core.learning import Matrix, Weighed, shares

Floats = NDArray[np.float64]

AUTO_PRECISION = 0.995  # of the categories set without asking, how many must be right (issue 4/10)
# Our knowledge was written with the labelled lines in sight, so precision on them flatters: each must be this sure.
AUTO_AT_LEAST = 0.99
_ROUNDS = 60
_HOLD = 1.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """The curve: weights of the facts (the last for all answers), and from which confidence on no person is asked."""

    weights: tuple[float, ...]
    auto_from: float

    def of(self, facts: Floats) -> Floats:
        """The chance of being right, per answer."""
        result: Floats = 1 / (1 + np.exp(-np.clip(facts @ np.asarray(self.weights), -30, 30)))
        return result


DEFAULT = Confidence(
    (1.439, -0.204, 0.161, 1.818, 0.015, -0.61, -0.985, -1.648, 0.007, 0.958, 0.198, -0.353),
    AUTO_AT_LEAST,
)


def facts_of(logits: Matrix, lines: Sequence[Weighed], clues: Sequence[Clues]) -> Floats:
    """The facts of each answer, one row per line."""
    odds = np.sort(shares(logits), axis=1)[:, ::-1]
    scores = np.stack([line.scores for line in lines])
    best = np.sort(scores, axis=1)[:, ::-1]
    chosen = logits.argmax(axis=1)
    rows = np.arange(len(lines))
    return np.column_stack(
        [
            np.minimum(np.log((odds[:, 0] + 1e-6) / (odds[:, 1] + 1e-6)), 8),
            np.minimum(best[:, 0] - best[:, 1], 12),
            scores.argmax(axis=1) == chosen,
            scores[rows, chosen] >= 5,
            ["@person" in clue.seen for clue in clues],
            ["@nothing" in clue.seen for clue in clues],
            ["@known" in clue.seen for clue in clues],
            ["@card" in clue.seen for clue in clues],
            np.minimum(best[:, 1], 12),
            ["@debit" in clue.seen for clue in clues],
            [len(clue.about) < 2 for clue in clues],
            np.ones(len(lines)),
        ]
    ).astype(np.float64)


def fit_confidence(facts: Floats, right: NDArray[np.bool_], counts: Floats) -> Confidence:
    """The curve through left-out answers (Newton's method), each counted `counts` times, and where asking may stop."""
    weights = np.zeros(facts.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(facts @ weights, -30, 30)))
        slope = facts.T @ (counts * (chance - right)) + _HOLD * weights
        bend = (facts * (counts * chance * (1 - chance))[:, None]).T @ facts + _HOLD * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, slope)
    curve = Confidence(tuple(float(weight) for weight in weights), 1.0)
    return Confidence(curve.weights, _auto_from(curve.of(facts), right, counts))


def _auto_from(chance: Floats, right: NDArray[np.bool_], counts: Floats) -> float:
    """From which confidence on left-out answers were right often enough, at least `AUTO_AT_LEAST`; 1.01: never."""
    order = np.argsort(-chance, kind="stable")
    precision = np.cumsum((counts * right)[order]) / np.cumsum(counts[order])
    enough = np.nonzero(precision >= AUTO_PRECISION)[0]
    return max(AUTO_AT_LEAST, float(chance[order][enough[-1]])) if len(enough) else 1.01
