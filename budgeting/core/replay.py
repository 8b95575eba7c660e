"""The income of past months, replayed: each of the last months says how the coming weeks could go.

A payer keeps their own rhythm. Who pays every so many weeks is moved by weeks, others by months, quarters or years, so
that a replayed wage falls on its own weekday and an allowance on its own day of the month. Each payer's time is cut
into turns where that payer does not pay, so that a wage that comes a day early is not counted twice, nor one a day
late not at all. Nothing is averaged and nothing is learned: a month that happened is told again.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

MOST_MONTHS = 6
# Money due on a weekend comes up to three days later; after that it is missing, and not counted on.
LATE_DAYS = 3

_FOUR_WEEKS = 28
_EVERY_MONTH_HAS = 28


class Received(NamedTuple):
    """Money that came in; `source` is whoever pays it for whatever reason: an agreement, or an account."""

    on: date
    amount: Decimal
    source: str


class Coming(NamedTuple):
    """Money that would come in if a past month came again."""

    on: date
    amount: Decimal


def whole_months(known_since: date, on: date) -> int:
    """How many whole months before `on` are known, six at most: as many replays there are."""
    back = 0
    while back < MOST_MONTHS and moved(on, months=-(back + 1)) >= known_since:
        back += 1
    return back


def replayed(history: Iterable[Received], *, on: date, until: date, back: int, known_since: date) -> list[Coming]:
    """What comes in from `on` until before `until` when the month `back` months ago comes again, in order of day.

    What a payer paid in their present turn already, does not come once more. A source that was seen once is not
    repeated within the weeks ahead; one that had stopped by then does not come.
    """
    return _coming(_payers(history, on, known_since), back, until)


def replays(
    history: Iterable[Received], *, on: date, until: date, months: int, known_since: date
) -> list[list[Coming]]:
    """`replayed` for each of the last so many months, the last one first: each payer is looked at once for all."""
    payers = _payers(history, on, known_since)
    return [_coming(payers, back, until) for back in range(1, months + 1)]


def moved(day: date, *, days: int = 0, months: int = 0) -> date:
    """The day so many days and months later or earlier; a day that the month does not have becomes its last."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    number = day.day if day.day <= _EVERY_MONTH_HAS else min(day.day, monthrange(year, month)[1])
    return date(year, month, number) + timedelta(days)


def _payers(history: Iterable[Received], on: date, known_since: date) -> list["_Payer"]:
    of_source: dict[str, list[Received]] = defaultdict(list)
    for received in history:
        if received.on < on:
            of_source[received.source].append(received)
    return [_Payer(items, on, known_since) for items in of_source.values()]


def _coming(payers: Iterable["_Payer"], back: int, until: date) -> list[Coming]:
    return sorted(one for payer in payers for one in payer.coming(back, until))


class _Rhythm(NamedTuple):
    """How long one turn of a payer is: so many days, or so many months."""

    days: int = 0
    months: int = 0

    @lru_cache(maxsize=65_536)  # noqa: B019 - of few rhythms; a town's payers pay on the same days
    def later(self, day: date, turns: int) -> date:
        return moved(day, days=self.days * turns, months=self.months * turns)


class _Payer:
    """One source, its time cut into turns: turn 0 is the present one, turn 1 the one before it."""

    def __init__(self, items: Sequence[Received], on: date, known_since: date) -> None:
        self.items = sorted(items)
        self.days = [item.on for item in self.items]
        self.on, self.known_since = on, known_since
        self.rhythm = _rhythm(self.days)
        self.begin = self._begin()
        self.turns: dict[int, list[Received]] = {}

    def coming(self, back: int, until: date) -> Iterator[Coming]:
        """What comes when the turn `back` months ago comes again: the rest of the present turn, then whole turns."""
        again = self._turn_for(back)
        said, paid = self._of_turn(again), self._of_turn(0)
        rest = [one for item in said[len(paid) :] for one in self._at(item, again, until)]
        yield from rest
        if len(self.items) > 1 or not rest:
            # Who has paid this turn as much as then, has finished it: then it counts as the latest of the past turns.
            yield from self._whole_turns(again - 1 if len(paid) >= max(len(said), 1) else again, until)

    def _whole_turns(self, again: int, until: date) -> Iterator[Coming]:
        items, turn = self._of_turn(again), again + 1
        while found := [one for item in items for one in self._at(item, turn, until)]:
            yield from found
            if len(self.items) == 1:
                return
            turn += 1

    def _turn_for(self, back: int) -> int:
        """A quarter is the same turn for each of its three months; a turn of which we know only a part is not told."""
        turn = -(-back // max(self.rhythm.months, 1))
        while turn > 1 and self.rhythm.later(self.begin, -turn) < self.known_since:
            turn -= 1
        return turn

    def _of_turn(self, turn: int) -> list[Received]:
        """What was paid in that turn; kept, since every replay asks for the present one again."""
        if turn not in self.turns:
            begin, end = self.rhythm.later(self.begin, -turn), self.rhythm.later(self.begin, 1 - turn)
            self.turns[turn] = self.items[bisect_left(self.days, begin) : bisect_left(self.days, end)]
        return self.turns[turn]

    def _at(self, item: Received, turns: int, until: date) -> Iterator[Coming]:
        day = self.rhythm.later(item.on, turns)
        if self.on - timedelta(LATE_DAYS) <= day < until:
            yield Coming(max(day, self.on), item.amount)

    def _begin(self) -> date:
        """The first day of the present turn: the middle of the longest stretch in which this payer never pays."""
        last = self.rhythm.later(self.on, -1)
        length = (self.on - last).days
        begins = self._begins()
        phases = sorted({(item.on - begins[bisect_right(begins, item.on) - 1]).days % length for item in self.items})
        ends = [*phases[1:], phases[0] + length]
        begin, end = max(zip(phases, ends, strict=True), key=lambda quiet: quiet[1] - quiet[0])
        middle = (begin + end + 1) // 2 % length
        return last + timedelta(middle) if middle else self.on

    def _begins(self) -> list[date]:
        """The first days of past turns, if turns began on the day we stand on, back to before all money."""
        found = [self.rhythm.later(self.on, -1)]
        while found[-1] > self.items[0].on:
            found.append(self.rhythm.later(self.on, -len(found) - 1))
        return found[::-1]


def _rhythm(days: Sequence[date]) -> _Rhythm:
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days) if later != earlier)
    if not gaps:
        return _Rhythm(months=1)
    middle = gaps[len(gaps) // 2]
    if len(gaps) > 1 and middle <= _FOUR_WEEKS + 1 and all(abs((gap + 3) % 7 - 3) <= 1 for gap in gaps):
        return _Rhythm(days=_FOUR_WEEKS)
    if 80 <= middle <= 100:
        return _Rhythm(months=3)
    return _Rhythm(months=12) if 350 <= middle <= 380 else _Rhythm(months=1)
