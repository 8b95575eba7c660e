"""The same made-up lives under different ways of paying out, day by day: ours, a fixed sum a month, whatever is there.

Every way pays charges first, in the order of need, as soon as there is money for them. Ours counts on what the product
counts on: agreed income at its lowest, on the banking day after it is due, and no more once that day has come.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from backend.example.chance_life import chance_script
from backend.example.chance_town import chance_town
from backend.example.events import month_starts
from backend.example.record import ExampleAgreement
from backend.example.script import Script
from backend.example.simulation import START
from budgeting.core.money import CENT, ZERO
from budgeting.core.schedule import due_dates
from payments.core.banking_days import charge_day, income_day
from payments.core.remainder import remainder
from payments.core.scenario import Charge, Income, Scenario
from payments.core.shortage import rank_of

AHEAD = timedelta(days=35)
_WEEK = 7
_CHARGES_AFTER = timedelta(days=31)
# In the first two months there is little to spread: income comes in before charges begin.
_SETTLED_AFTER = timedelta(days=62)
_IRREGULAR = frozenset({"wages", "other_income", "alimony_received"})


@dataclass(frozen=True, slots=True)
class Expected:
    """Money that an agreement says will come: its due day, the day to count on it, at least how much, in euro."""

    agreement: str
    due: date
    on: date
    low: Decimal
    window: int
    known_from: date
    known_until: date


@dataclass(frozen=True, slots=True)
class Life:
    """One resident's year: what really came, what was due, what was expected."""

    key: str
    start: date
    until: date
    came: Mapping[date, Sequence[tuple[Decimal, str]]]
    charges: tuple[Charge, ...]
    expected: tuple[Expected, ...]
    is_irregular: bool


@dataclass(slots=True)
class Purse:
    """A resident's money as a way of paying out leaves it."""

    balance: Decimal = ZERO
    lent: Decimal = ZERO
    unpaid: list[Charge] = field(default_factory=list)
    unpaid_days: int = 0
    late: int = 0
    most_lent: Decimal = ZERO
    payouts: dict[date, Decimal] = field(default_factory=dict)
    levels: list[Decimal] = field(default_factory=list)


# What to pay out on a day, at most the balance; asked after income and charges of the day.
Policy = Callable[[Life, Purse, date], Decimal]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of many lives: days with an unpaid charge, charges late, leefgeld in all, mean spread from week to week."""

    lives: int
    unpaid_days: int
    late: int
    paid_out: Decimal
    spread: Decimal
    lent_to: int


def lives(residents: int, months: int, *, seed: int, faults: bool = True) -> list[Life]:
    """The lives of a municipality by chance."""
    town = chance_town(residents, seed=seed)
    script = chance_script(town, START, month_starts(START, months + 1)[-1], seed=seed, faults=faults)
    agreements: dict[str, list[ExampleAgreement]] = defaultdict(list)
    for one in (*town.agreements.values(), *(new.agreement for new in script.new_agreements)):
        agreements[one.resident].append(one)
    came: dict[str, dict[date, list[tuple[Decimal, str]]]] = defaultdict(lambda: defaultdict(list))
    for credit in script.credits:
        came[credit.resident][credit.on].append((credit.amount, credit.agreement))
    return [_life(one.key, agreements[one.key], came[one.key], script) for one in town.residents]


def play(life: Life, policy: Policy, *, limit: Decimal = ZERO) -> Purse:
    """Lives the year day by day; `limit` is how much may be lent, for charges only, repaid from the first money."""
    purse, on = Purse(), life.start
    due: dict[date, list[Charge]] = defaultdict(list)
    for charge in life.charges:
        due[charge.on].append(charge)
    while on < life.until:
        purse.balance += sum((amount for amount, _ in life.came.get(on, ())), ZERO)
        _repay(purse)
        purse.unpaid = sorted([*purse.unpaid, *due[on]], key=lambda charge: (rank_of(charge.name), charge.on))
        _pay(purse, limit)
        payout = policy(life, purse, on)
        if payout:
            purse.payouts[on] = payout
            purse.balance -= payout
        purse.unpaid_days += bool(purse.unpaid)
        purse.late += sum(charge.on == on for charge in purse.unpaid)
        purse.levels.append(purse.balance - purse.lent)
        on += timedelta(days=1)
    return purse


def smoothed(life: Life, purse: Purse, on: date) -> Decimal:
    """Ours: on Fridays the first of the payouts that are as equal as the coming five weeks allow."""
    if on.isoweekday() != 5:
        return ZERO
    until = on + AHEAD
    scenario = Scenario(
        on=on,
        balance=purse.balance - purse.lent,
        pay_days=tuple(on + timedelta(days=day) for day in range(0, AHEAD.days, _WEEK)),
        income=tuple(_counted_on(life, on, until)),
        charges=(
            *(Charge(on, charge.amount, charge.name) for charge in purse.unpaid),
            *(charge for charge in life.charges if on < charge.on < until),
        ),
    )
    return min(remainder(scenario).payouts[0].amount, max(purse.balance, ZERO))


def all_there_is(_life: Life, purse: Purse, on: date) -> Decimal:
    """On Fridays whatever is there, when nothing waits to be paid."""
    return max(purse.balance, ZERO) if on.isoweekday() == 5 and not purse.unpaid else ZERO


def fixed_a_month(yearly: Decimal, *, day: int = 1) -> Policy:
    """A twelfth of a year's leefgeld on a day of each month; what is not there then follows as soon as it is."""
    monthly = (yearly / 12).quantize(CENT)
    owed = {"sum": ZERO}

    def policy(_life: Life, purse: Purse, on: date) -> Decimal:
        owed["sum"] += monthly if on.day == day else ZERO
        payout = min(owed["sum"], max(purse.balance, ZERO))
        owed["sum"] -= payout
        return payout

    return policy


def outcome(played: Sequence[tuple[Life, Purse]]) -> Outcome:
    """All lives together."""
    weeks = [_weeks(life, purse) for life, purse in played]
    spreads = [_spread(row) for row in weeks if any(row)]
    return Outcome(
        lives=len(played),
        unpaid_days=sum(purse.unpaid_days for _, purse in played),
        late=sum(purse.late for _, purse in played),
        paid_out=sum((sum(purse.payouts.values(), ZERO) for _, purse in played), ZERO),
        spread=statistics.mean(spreads) if spreads else ZERO,
        lent_to=sum(purse.most_lent > ZERO for _, purse in played),
    )


def _repay(purse: Purse) -> None:
    back = min(purse.lent, max(purse.balance, ZERO))
    purse.lent -= back
    purse.balance -= back


def _pay(purse: Purse, limit: Decimal) -> None:
    left = []
    for charge in purse.unpaid:
        if charge.amount > purse.balance + limit - purse.lent:
            left.append(charge)
            continue
        lend = max(charge.amount - purse.balance, ZERO)
        purse.lent += lend
        purse.balance += lend - charge.amount
        purse.most_lent = max(purse.most_lent, purse.lent)
    purse.unpaid = left


def _counted_on(life: Life, on: date, until: date) -> Iterator[Income]:
    for one in life.expected:
        if on < one.due < until and one.known_from <= on < one.known_until and not _came(life, one, on):
            yield Income(one.on, one.low, "cautious")


def _came(life: Life, one: Expected, on: date) -> bool:
    near = (one.due + timedelta(days=day) for day in range(-one.window, one.window + 1))
    return any(agreement == one.agreement for day in near if day <= on for _, agreement in life.came.get(day, ()))


def _weeks(life: Life, purse: Purse) -> list[Decimal]:
    first = life.start + _SETTLED_AFTER
    count = (life.until - first).days // _WEEK
    weeks = [ZERO] * count
    for day, payout in purse.payouts.items():
        week = (day - first).days // _WEEK
        if day >= first and week < count:
            weeks[week] += payout
    return weeks


def _spread(weeks: Sequence[Decimal]) -> Decimal:
    return statistics.pstdev(weeks) / (sum(weeks, ZERO) / len(weeks))


def _life(
    key: str,
    agreements: Iterable[ExampleAgreement],
    came: Mapping[date, Sequence[tuple[Decimal, str]]],
    script: Script,
) -> Life:
    listed = list(agreements)
    return Life(
        key=key,
        start=script.start,
        until=script.until,
        came=came,
        charges=tuple(charge for one in listed if one.direction == "out" for charge in _charges(one, script)),
        expected=tuple(line for one in listed if one.direction == "in" for line in _expected(one, script)),
        is_irregular=any(one.spread or one.category in _IRREGULAR for one in listed if one.direction == "in"),
    )


def _charges(one: ExampleAgreement, script: Script) -> Iterator[Charge]:
    begins = script.start if one.from_start else (script.start + _CHARGES_AFTER).replace(day=1)
    terms = [new for new in script.new_amounts if new.agreement == one.key]
    for day in due_dates(one.rhythm.since(script.start), since=begins, until=script.until + AHEAD, valid_from=begins):
        amount = [one.amount, *(new.amount for new in terms if new.valid_from <= day)][-1]
        yield Charge(max(charge_day(day), script.start), amount, one.category)


def _expected(one: ExampleAgreement, script: Script) -> Iterator[Expected]:
    """Per due day what is expected as the files have it: a new amount counts from when a case worker heard of it."""
    begins = script.start + timedelta(days=one.after)
    heard = [new for new in script.new_amounts if new.agreement == one.key]
    ended = next((end.told_on for end in script.endings if end.agreement == one.key), date.max)
    told = next((new.told_on for new in script.new_agreements if new.agreement.key == one.key), script.start)
    changes = [(told, one.amount), *((new.told_on, new.amount) for new in heard)]
    ends = [*(day for day, _ in changes[1:]), ended]
    for day in due_dates(one.rhythm.since(script.start), since=begins, until=script.until + AHEAD, valid_from=begins):
        for (since, amount), until in zip(changes, ends, strict=True):
            # A range is agreed once: the lowest amount of it holds until it is agreed anew.
            low = one.amount - one.spread if one.spread else amount
            yield Expected(one.key, day, income_day(day), low, one.window, since, min(until, ended))
