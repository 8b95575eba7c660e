"""How late payers are: which payment was for which due day, and how long to wait before money is called missing.

A payer's own habit counts: who was four days late before is not alarmed about on the fourth day, who was ten is given
fifteen. What comes later than two thirds of a turn is no habit but a miss.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate

# A payment that nothing near explains is for the oldest due day still open, at most this long ago.
LATEST = timedelta(days=45)
MOST_PATIENCE = 21
# So few days late is what weekends and holidays do to every payer: it says nothing of this one.
ORDINARY = 3

# Who pays, by number, and what kind of money: each kind comes late in its own way.
Payer = tuple[int, str]


def assigned(dues: Sequence[date], paid: Sequence[date], *, window: int) -> list[date | None]:
    """For each day paid (in order) the due day it was for: the nearest open one within the window, then the nearest at
    all within it (a second payment), else the oldest open one before; None when there is none."""
    open_days = list(dues)
    found: list[date | None] = []
    for day in paid:
        if day in open_days:  # nearly always: the nearest there can be
            open_days.remove(day)
            found.append(day)
            continue
        near = _near(open_days, day, window) or _near(dues, day, window)
        late = [due for due in open_days if timedelta(0) <= day - due <= LATEST]
        chosen = near[0] if near else late[0] if late else None
        if chosen in open_days:
            open_days.remove(chosen)
        found.append(chosen)
    return found


def habit(lateness: Iterable[int], *, turn: int) -> int:
    """How many days late may still come, from how late payments were before: half as late again as the latest so far,
    but no more than two thirds of a turn (its length in days) and three weeks.

    Half again, because the latest so far is seldom the latest there will be.
    """
    most = min(turn * 2 // 3, MOST_PATIENCE)
    latest = max((days for days in lateness if 0 < days <= most), default=0)
    return min(latest + (latest + 1) // 2, most) if latest > ORDINARY else latest


class Payers:
    """How many days late each payer was, by the day the money was due, of all whom it pays; asked once all is told."""

    def __init__(self) -> None:
        self._told: dict[Payer, dict[date, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._ordered: dict[Payer, tuple[list[date], list[frozenset[int]]]] = {}
        self._habits: dict[tuple[Payer, int, int], int] = {}

    def tell(self, payer: Payer, lateness: Iterable[tuple[date, int]]) -> None:
        """Per payment the day it was due, and how many days later it came."""
        for due, days in lateness:
            self._told[payer][due].add(days)

    def told(self) -> Iterator[tuple[Payer, date, list[int]]]:
        """All that was told: payer, the day the money was due, and how many days late it came."""
        for payer, days in self._told.items():
            for due, late in days.items():
                yield payer, due, sorted(late)

    def habit(self, payer: Payer, *, before: date, turn: int) -> int:
        """The habit (see `habit`) of a payer as far as payments due before a day show it."""
        days, late = self._ordered.get(payer) or self._order(payer)
        seen = bisect_left(days, before)
        key = payer, seen, turn
        if key not in self._habits:
            self._habits[key] = habit(late[seen - 1] if seen else (), turn=turn)
        return self._habits[key]

    def _order(self, payer: Payer) -> tuple[list[date], list[frozenset[int]]]:
        """The days on which money was due, and with each all that was seen until then."""
        days = sorted(self._told[payer])
        told = (frozenset(self._told[payer][day]) for day in days)
        self._ordered[payer] = days, list(accumulate(told, lambda until, day: until | day))
        return self._ordered[payer]


def _near(dues: Sequence[date], day: date, window: int) -> list[date]:
    near = [due for due in dues if abs((day - due).days) <= window]
    return sorted(near, key=lambda due: (abs((day - due).days), due))
