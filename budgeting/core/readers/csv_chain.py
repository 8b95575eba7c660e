"""Whether the rows of an export follow on each other: the balances beside them, in whole cents, all rows at once.

A balance that the bank does not give is `MISSING`; no amount of the grammar comes near it, nor near the end of 64 bits.
"""

from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Cents = NDArray[np.int64]
MISSING = np.iinfo(np.int64).min


class Chain(NamedTuple):
    """Row by row, in cents: what moved, and the balance before and after it as far as the bank gives them."""

    moved: Cents
    before: Cents
    after: Cents

    def at(self, places: list[int]) -> "Chain":
        """The rows at these places, in this order."""
        return Chain(self.moved[places], self.before[places], self.after[places])

    def missing(self) -> tuple[bool, bool]:
        """Whether the first row lacks the balance before it, and the one after it."""
        return bool(self.before[0] == MISSING), bool(self.after[0] == MISSING)

    def ends(self) -> tuple[Decimal, Decimal] | None:
        """Opening and closing balance of rows that follow on each other, from old to new or from new to old."""
        if np.any((self.before == MISSING) & (self.after == MISSING)):
            return None
        before = np.where(self.before == MISSING, self.after - self.moved, self.before)
        after = np.where(self.after == MISSING, before + self.moved, self.after)
        if np.any(before + self.moved != after):
            return None
        if np.array_equal(after[:-1], before[1:]):
            return _euro(before[0]), _euro(after[-1])
        return (_euro(before[-1]), _euro(after[0])) if np.array_equal(after[1:], before[:-1]) else None


def cents_of(lines: str, count: int) -> Cents:
    """The cents of `count` amounts, one to a line, that follow the grammar of `written.amount_lines`."""
    found: Cents = np.fromstring(lines.replace(".", ""), dtype=np.int64, sep="\n")
    if len(found) != count:  # a number lost here would be money lost
        raise ValueError(f"{len(found)} numbers of {count}")
    return found


def none_of(count: int) -> Cents:
    """The balances of rows beside which the bank gives none."""
    return np.full(count, MISSING)


def joined(chains: list[Chain]) -> Chain:
    """The rows of several chains, one behind the other."""
    return Chain(*(np.concatenate(columns) for columns in zip(*chains, strict=True)))


def _euro(cents: np.int64) -> Decimal:
    return Decimal(int(cents)).scaleb(-2)
