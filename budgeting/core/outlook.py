"""What the coming weeks bring: past months replayed against the charges we know.

Told as counts ("in 4 of the last 6 months the advance was needed"), because shares of six are too coarse for a
percentage. Nothing about the person goes in: only what came in, when, and what is due. Codes and values; the words
are elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple, TypeVar

from budgeting.core.money import ZERO, from_cents, to_cents
from budgeting.core.replay import Coming, Received, replays, whole_months

LONGEST_WEEKS = 26
# Before two whole months are known, the agreements speak.
LEAST_MONTHS = 2

_QUARTER = 4
_THIRD = 3
_Ordered = TypeVar("_Ordered", int, Decimal)


class NoSuchHorizon(ValueError):
    """An outlook looks 1 to 26 weeks ahead."""

    def __init__(self, weeks: int) -> None:
        super().__init__(f"no outlook for {weeks} weeks")


class Basis(StrEnum):
    """What the outlook rests on."""

    HISTORY = "history"
    AGREEMENTS = "agreements"


class Why(StrEnum):
    """Why charges are not covered on a day."""

    SHORT_ALREADY = "short_already"  # the balance is below nothing before anything happens
    BEFORE_INCOME = "before_income"  # the money comes, but later
    INCOME_TOO_LOW = "income_too_low"  # what comes is less than what is due, all weeks together


@dataclass(frozen=True, slots=True)
class Due:
    """A charge that we know is coming."""

    on: date
    amount: Decimal
    name: str


class Replay(NamedTuple):
    """How one past month would go in the weeks ahead: `back` 1 is the last month, 0 the agreements.

    `need` is the most that would be lacking on any day (zero: nothing), `first_short` the first day it is; `left` is
    the balance at the end.
    """

    back: int
    income: Decimal
    need: Decimal
    first_short: date | None
    left: Decimal


class DayRange(NamedTuple):
    """The balance at the end of a day: what it is likely to be, with a low and a high it seldom passes."""

    on: date
    low: Decimal
    expected: Decimal
    high: Decimal


class FirstShort(NamedTuple):
    """The first day on which a third of the replays cannot cover the charges, and why.

    `charge` is the largest of that day (None: none that day); `missing` is what the replays that are short that day
    lack, at the most; `next_income` is the first day after it on which any of them gets money.
    """

    on: date
    why: Why
    charge: Due | None
    missing: Decimal
    next_income: date | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The weeks from `on` until before `until`, over `len(replays)` replayed months.

    `advance_needed`: in how many the charges are not covered on some day. `over_a_quarter`: in how many more than a
    quarter of four weeks' charges is lacking. `income_too_low`: in how many all income together is less than the
    charges. `reserve` is enough in four of five. `levels`: of each day the balance of each replay, in cents.
    """

    on: date
    until: date
    basis: Basis
    replays: tuple[Replay, ...]
    advance_needed: int
    over_a_quarter: int
    income_too_low: int
    reserve: Decimal
    levels: tuple[tuple[int, ...], ...]
    first_short: FirstShort | None

    @property
    def months(self) -> int:
        """How many past months were replayed; 1 when the agreements speak."""
        return len(self.replays)

    @property
    def days(self) -> tuple[DayRange, ...]:
        """Every day's balance; worked out when asked, because a town's list does not need it."""
        return tuple(_range(self.on + timedelta(number), levels) for number, levels in enumerate(self.levels))

    @property
    def wants_a_look(self) -> bool:
        """Whether a third or more of the months lack over a quarter of the charges."""
        return self.over_a_quarter * _THIRD >= self.months

    @property
    def weight(self) -> Decimal:
        """For putting residents in order: what all replays lack together, on average, in euro."""
        return from_cents(sum(to_cents(replay.need) for replay in self.replays) // self.months)


def outlook(
    *,
    on: date,
    weeks: int,
    balance: Decimal,
    charges: Sequence[Due],
    history: Sequence[Received],
    known_since: date,
    agreed: Sequence[Coming] = (),
) -> Outlook:
    """The outlook from the beginning of `on`; `balance` is before anything of that day.

    `history` is all income known from `known_since` on; `agreed` is what agreements say will come, used while fewer
    than two whole months are known. Charges outside the weeks are left out. Raises `NoSuchHorizon`.
    """
    if not 1 <= weeks <= LONGEST_WEEKS:
        raise NoSuchHorizon(weeks)
    until = on + timedelta(7 * weeks)
    ahead = sorted((due for due in charges if on <= due.on < until), key=lambda due: due.on)
    plain = _Plain.of(balance, ahead, on, until)
    months = whole_months(known_since, on)
    if months < LEAST_MONTHS:
        courses = [_Course(0, plain, [one for one in agreed if on <= one.on < until])]
    else:
        again = replays(history, on=on, until=until, months=months, known_since=known_since)
        courses = [_Course(back, plain, coming) for back, coming in enumerate(again, start=1)]
    return _told(courses, ahead, on, until)


def may_want_a_look(*, on: date, weeks: int, balance: Decimal, charges: Sequence[Due]) -> bool:
    """Whether the outlook would want a look if no money came at all. Where it would not even then, no history can
    make it so: money that comes in only adds."""
    ahead = [due for due in charges if on <= due.on < on + timedelta(7 * weeks)]
    lacking = sum((due.amount for due in ahead), ZERO) - balance
    return lacking > ZERO and lacking * _QUARTER > _four_weeks(ahead, on)


class Cautious(NamedTuple):
    """What to count on from a payer: an amount it seldom stays under, and the days it may be late."""

    amount: Decimal
    days_late: int


def cautious(amounts: Sequence[Decimal], days_late: Sequence[int] = ()) -> Cautious | None:
    """How low and how late a payer has been in its last six payments; None when it never paid.

    The amount is the 20th percentile of the last six, the lateness the most of the last six, never less than none.
    """
    if not amounts:
        return None
    return Cautious(_ranked(amounts[-6:], 20), max([0, *days_late[-6:]]))


@dataclass(frozen=True, slots=True)
class _Plain:
    """What is the same in every replay, in cents: the balance, the days, and what leaves on each."""

    balance: int
    days: Sequence[date]
    due: Counter[date]

    @classmethod
    def of(cls, balance: Decimal, charges: Iterable[Due], on: date, until: date) -> "_Plain":
        due: Counter[date] = Counter()
        for one in charges:
            due[one.on] += to_cents(one.amount)
        return cls(to_cents(balance), [on + timedelta(number) for number in range((until - on).days)], due)


class _Course:
    """The balance from day to day in one replay, in cents."""

    def __init__(self, back: int, plain: _Plain, coming: Iterable[Coming]) -> None:
        self.back, self.start = back, plain.balance
        self.income: Counter[date] = Counter()
        for one in coming:
            self.income[one.on] += to_cents(one.amount)
        income, due = self.income.get, plain.due.get
        changes = (income(day, 0) - due(day, 0) for day in plain.days)
        self.levels = list(accumulate(changes, initial=self.start))[1:]
        self.lowest = min(self.levels)

    def replay(self, on: date) -> Replay:
        short = next((number for number, level in enumerate(self.levels) if level < 0), None)
        return Replay(
            self.back,
            from_cents(sum(self.income.values())),
            from_cents(max(0, -self.lowest)),
            None if short is None else on + timedelta(short),
            from_cents(self.levels[-1]),
        )

    def next_income(self, after: date) -> date | None:
        return min((day for day, cents in self.income.items() if cents and day > after), default=None)


def _told(courses: Sequence[_Course], charges: Sequence[Due], on: date, until: date) -> Outlook:
    replays = tuple(course.replay(on) for course in courses)
    total = sum((due.amount for due in charges), ZERO)
    four_weeks = _four_weeks(charges, on)
    return Outlook(
        on=on,
        until=until,
        basis=Basis.HISTORY if replays[0].back else Basis.AGREEMENTS,
        replays=replays,
        advance_needed=sum(replay.need > ZERO for replay in replays),
        over_a_quarter=sum(replay.need * _QUARTER > four_weeks for replay in replays if replay.need),
        income_too_low=sum(replay.income < total for replay in replays),
        reserve=_ranked([replay.need for replay in replays], 80),
        levels=tuple(_by_day(courses)),
        first_short=_first_short(courses, charges, on),
    )


def _four_weeks(charges: Iterable[Due], on: date) -> Decimal:
    return sum((due.amount for due in charges if due.on < on + timedelta(28)), ZERO)


def _ranked(values: Iterable[_Ordered], percent: int) -> _Ordered:
    """The nearest-rank percentile: the smallest value that at least so many percent do not exceed."""
    in_order = sorted(values)
    return in_order[-(-percent * len(in_order) // 100) - 1]


def _by_day(courses: Sequence[_Course]) -> Iterable[tuple[int, ...]]:
    return zip(*(course.levels for course in courses), strict=True)


def _range(day: date, levels: Sequence[int]) -> DayRange:
    low, expected, high = (from_cents(_ranked(levels, share)) for share in (20, 50, 80))
    return DayRange(day, low, expected, high)


def _first_short(courses: Sequence[_Course], charges: Sequence[Due], on: date) -> FirstShort | None:
    if sum(course.lowest < 0 for course in courses) * _THIRD < len(courses):
        return None  # as of most people: their days need no looking at
    for number, levels in enumerate(_by_day(courses)):
        short = [course for course, level in zip(courses, levels, strict=True) if level < 0]
        if short and len(short) * _THIRD >= len(courses):
            return _explained(short, number, charges, on)
    return None


def _explained(short: Sequence[_Course], number: int, charges: Sequence[Due], on: date) -> FirstShort:
    day = on + timedelta(number)
    of_the_day = [due for due in charges if due.on == day]
    nexts = [income for course in short if (income := course.next_income(day))]
    return FirstShort(
        day,
        _why(short),
        max(of_the_day, key=lambda due: due.amount, default=None),
        from_cents(-min(course.levels[number] for course in short)),
        min(nexts, default=None),
    )


def _why(short: Sequence[_Course]) -> Why:
    if short[0].start < 0:
        return Why.SHORT_ALREADY
    for_good = sum(course.levels[-1] < 0 for course in short)
    return Why.INCOME_TOO_LOW if for_good * 2 > len(short) else Why.BEFORE_INCOME
