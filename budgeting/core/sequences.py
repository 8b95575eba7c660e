"""The numbers banks give their statements: where one is left out, a statement without entries was never received.

Balances join around it, or the file would be held, so this is said and nothing more. Banks count in many ways (by day
of the year, anew every year, in parts of one number, not at all): a jump is only named where the bank has been seen to
count by one. Source: camt `ElctrncSeqNb` and `LglSeqNb`, MT940 field 28C (statement number/sequence number).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from budgeting.core.statement import Problem

_NUMBER = re.compile(r"([0-9]{1,18})(?:/([0-9]{1,5}))?", re.ASCII).fullmatch
# So many steps of one in a row must have been seen before another step means something.
STEADY = 2


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement as far as counting goes: its number as the bank wrote it, and its last day."""

    sequence: str
    closing_on: date


def jumps(before: Sequence[Numbered], new: Sequence[Numbered]) -> Iterator[Problem]:
    """A note for each jump in the numbers of new statements; `before` are the last ten or so in the books, in order."""
    steady, counts_days = 0, True
    for place, (earlier, later) in enumerate(pairwise([*before, *new]), 1):
        step, days = _step(earlier, later), (later.closing_on - earlier.closing_on).days
        if step is None or (step > 1 and steady < STEADY):
            steady = 0
        elif step == 1:
            steady += 1
        elif step and not (counts_days and step == days) and place >= len(before):
            yield _jump(earlier, later, step)
        counts_days = counts_days and step == days


def _step(earlier: Numbered, later: Numbered) -> int | None:
    """How far the number went on: 0 for another part of the same; None when that says nothing (backwards, unknown)."""
    one, two = _NUMBER(earlier.sequence.strip()), _NUMBER(later.sequence.strip())
    if one is None or two is None:
        return None
    step = int(two[1]) - int(one[1])
    if step < 0 and int(two[1]) == 1 and later.closing_on.year != earlier.closing_on.year:
        return 1
    return step if step >= 0 else None


def _jump(earlier: Numbered, later: Numbered, step: int) -> Problem:
    values = {"before": earlier.sequence, "number": later.sequence, "count": str(step - 1)}
    return Problem("sequence_jump", later.closing_on.isoformat(), values, "note")
