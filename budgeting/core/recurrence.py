"""The regular incomes and charges in a history: who, how much, how often, when next.

Lines of one counterparty, direction and category are one heap. In a heap we look for the longest chain whose days keep
a rhythm (a week, four weeks, a month, a quarter, a year) and whose amounts keep together; the chain is taken out and
the rest looked at again, so that holiday pay between wages, or a bill between advances, disturbs neither. Shopping
recurs without being a charge: there only a fixed amount or a mandate counts. Heaps are small, plain Python does it;
pandas would not earn its place here. Rhythms and margins: docs/recognition.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median_low

from budgeting.core.calendar_days import kept_day, month_of, months_between, on_day, weekday_of_month

LAST_DAY = -1


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a history, recognised: `counterparty` is a key that is the same for all lines of one counterparty."""

    day: date
    amount: Decimal
    counterparty: str
    category: str
    mandate: bool = False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every `every` `unit`s: week 1, week 4, month 1, month 3, year 1."""

    unit: str
    every: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A regular income or charge. Amounts are signed; `lines` are places in the history given, in order of day.

    `on`: {"weekday": 1-7} for weeks; {"day": 1-31, or -1 for the last} or {"week": 1-4 or -1, "weekday": 1-7} for
    months, and {"month": 1-12} with it for years.
    `next_expected` is the nominal day after the last line; banks move it to a working day. `confidence` 0-1.
    """

    counterparty: str
    category: str
    rhythm: Rhythm
    amount: Decimal
    amount_low: Decimal
    amount_high: Decimal
    on: dict[str, int]
    next_expected: date
    lines: tuple[int, ...]
    confidence: float

    @property
    def seen(self) -> int:
        """How many lines it has."""
        return len(self.lines)


WEEKLY, FOUR_WEEKLY = Rhythm("week", 1), Rhythm("week", 4)
MONTHLY, QUARTERLY, YEARLY = Rhythm("month", 1), Rhythm("month", 3), Rhythm("year", 1)

# What people buy: it comes back often, but nobody charges it.
_BOUGHT = frozenset(
    {
        "groceries", "clothing", "household_goods", "eating_out", "leisure", "medical", "transport", "cash_withdrawal",
        "gifts_donations", "other_expense", "other_income", "returned_payment", "education", "own_transfer",
        "tax_refund", "alimony_paid", "alimony_received",
    }
)  # fmt: skip
# Of these, twice the same amount a month apart says nothing yet.
_THREE_TIMES = frozenset(
    {
        "groceries",
        "clothing",
        "household_goods",
        "eating_out",
        "transport",
        "own_transfer",
        "gifts_donations",
        "leisure",
    }
)
_NEVER = frozenset({"returned_payment", "cash_withdrawal"})
# Amounts that swing: hours worked, use.
_SWINGS = frozenset({"wages", "benefit", "energy", "telecom", "childcare", "water", "rent", "child_benefit"})


def streams(history: Sequence[HistoryLine]) -> list[Stream]:
    """The regular streams in a history of one resident, most certain first."""
    heaps: dict[tuple[str, bool, str], list[int]] = {}
    for place, line in enumerate(history):
        if line.amount and line.category not in _NEVER:
            heaps.setdefault((line.counterparty, line.amount > 0, line.category), []).append(place)
    found = [stream for heap in heaps.values() for stream in _in_heap(history, heap)]
    return sorted(found, key=lambda stream: (-stream.confidence, stream.lines))


def _in_heap(history: Sequence[HistoryLine], heap: list[int]) -> Iterator[Stream]:
    left = sorted(heap, key=lambda place: (history[place].day, place))
    while len(left) >= 2:
        chains = [chain for rhythm in _STEPS if (chain := _longest(history, left, rhythm)) is not None]
        believed = [chain for chain in chains if _is_believed(history, chain)]
        if not believed:
            return
        best = max(believed, key=lambda chain: (round(chain.worth, 3), -_ORDER[chain.rhythm]))
        yield _stream(history, best)
        left = [place for place in left if place not in best.places]


@dataclass(frozen=True, slots=True)
class _Chain:
    """Lines that keep a rhythm; `worth` counts lines, and is less where days or amounts stray."""

    rhythm: Rhythm
    places: tuple[int, ...]
    worth: float


# How long a step is, in days for weeks and else in months, and by how many days it may be off.
_STEPS = {WEEKLY: (7, 2), FOUR_WEEKLY: (28, 2), MONTHLY: (1, 8), QUARTERLY: (3, 12), YEARLY: (12, 30)}
_ORDER = {rhythm: number for number, rhythm in enumerate((MONTHLY, WEEKLY, FOUR_WEEKLY, QUARTERLY, YEARLY))}
_STRAY_COSTS = 0.45
_AMOUNT_COSTS = 0.6


def _longest(history: Sequence[HistoryLine], places: Sequence[int], rhythm: Rhythm) -> _Chain | None:
    """The chain of most worth: longest path over lines in order of day, a step where rhythm and amount allow one."""
    worth = [1.0] * len(places)
    before: list[int | None] = [None] * len(places)
    for late, place in enumerate(places):
        for early in range(late):
            first, second = history[places[early]], history[place]
            off, apart = _stray(rhythm, first.day, second.day), _apart(first, second)
            if off is None or apart is None:
                continue
            gained = worth[early] + 1 - _STRAY_COSTS * off - _AMOUNT_COSTS * apart
            if gained > worth[late]:
                worth[late], before[late] = gained, early
    end: int | None = max(range(len(places)), key=lambda number: worth[number])
    total, chain = worth[end or 0], []
    while end is not None:
        chain.append(places[end])
        end = before[end]
    return _Chain(rhythm, tuple(reversed(chain)), total) if len(chain) > 1 else None


def _stray(rhythm: Rhythm, first: date, second: date) -> float | None:
    """How far a payment strays from its rhythm: nought is on the day, None is no such step."""
    step, slack = _STEPS[rhythm]
    days = rhythm.unit == "week"
    off = abs((second - first).days - step) if days else abs(months_between(first, second) - step) * 30
    return off / (slack + 1) if off <= slack else None


def _apart(first: HistoryLine, second: HistoryLine) -> float | None:
    """How far two amounts are apart, as a share of the larger; None when too far to be of one stream."""
    low, high = sorted((abs(first.amount), abs(second.amount)))
    share = float(1 - low / high)
    most = 0.05 if first.category in _BOUGHT and not first.mandate else 0.55 if first.category in _SWINGS else 0.4
    return share if share <= most else None


def _is_believed(history: Sequence[HistoryLine], chain: _Chain) -> bool:
    """Whether a chain is a stream and no coincidence: what is bought needs three alike, two lines need one amount."""
    lines = [history[place] for place in chain.places]
    amounts = {line.amount for line in lines}
    alike = len(amounts) == 1
    category, seen = lines[0].category, len(lines)
    if seen == 2 and chain.rhythm in (WEEKLY, FOUR_WEEKLY):
        return False  # two lines four weeks apart are more often a month apart
    if category in _BOUGHT and not lines[0].mandate:
        return seen >= 3 or (alike and chain.rhythm == MONTHLY and category not in _THREE_TIMES)
    if chain.rhythm == QUARTERLY and category == "telecom":
        return False  # credit is topped up when it is used up
    return seen >= 3 or alike or float(1 - min(map(abs, amounts)) / max(map(abs, amounts))) <= 0.35


def _stream(history: Sequence[HistoryLine], chain: _Chain) -> Stream:
    lines = [history[place] for place in chain.places]
    amounts = [line.amount for line in lines]
    days = [line.day for line in lines]
    on, coming = _WHEN[chain.rhythm.unit](days, chain.rhythm.every)
    return Stream(
        counterparty=lines[0].counterparty,
        category=lines[0].category,
        rhythm=chain.rhythm,
        amount=_usual(amounts),
        amount_low=min(amounts, key=abs),
        amount_high=max(amounts, key=abs),
        on=on,
        next_expected=coming,
        lines=chain.places,
        confidence=_confidence(chain),
    )


def _usual(amounts: Sequence[Decimal]) -> Decimal:
    """The last amount if it came twice or more, for amounts change and stay; else the middle one."""
    return amounts[-1] if amounts.count(amounts[-1]) > 1 else median_low(amounts)


def _confidence(chain: _Chain) -> float:
    """More for more lines, less for straying: two lines alike about 0.8, four on the day 0.97."""
    seen = len(chain.places)
    kept = (chain.worth - 1) / (seen - 1)
    return round(max(0.05, min(0.99, (1 - 0.5**seen) * 1.06 * (0.4 + 0.6 * kept))), 2)


def _when_weekly(days: Sequence[date], every: int) -> tuple[dict[str, int], date]:
    weekdays = [day.isoweekday() for day in days]
    usual = max(sorted(set(weekdays)), key=weekdays.count)
    last = days[-1]
    nominal = last + timedelta(days=(usual - last.isoweekday() + 3) % 7 - 3)
    return {"weekday": usual}, nominal + timedelta(days=7 * every)


def _when_monthly(days: Sequence[date], every: int) -> tuple[dict[str, int], date]:
    kept = kept_day(days)
    year, month = month_of(days[-1], kept)
    coming = on_day(year, month + every, kept)
    weekday = weekday_of_month(days) if len(days) >= 4 and len({day.day for day in days}) > 2 else None
    if weekday is not None:
        return {"week": weekday[0], "weekday": weekday[1]}, coming
    return {"day": LAST_DAY if kept < 1 or kept >= 30 else kept}, coming


def _when_yearly(days: Sequence[date], every: int) -> tuple[dict[str, int], date]:
    on, coming = _when_monthly(days, 12 * every)
    return on | {"month": coming.month}, coming


_WHEN = {"week": _when_weekly, "month": _when_monthly, "year": _when_yearly}
