"""What is left for the resident, spread over pay days as equally as can be.

On every day, what has been paid out stays within balance + income so far - charges so far - buffer, on that day and on
any later day. So each pay day has a ceiling for all that is paid out until then: the lowest such level from that day
on, and never less than nothing. The fairest payouts under these ceilings (none can grow without shrinking an equal or
smaller one) are the steps of their lower convex hull. Stretches of equal payouts share their cents, the odd ones
going one each to the last. An advance may carry a charge, never a payout. Linear in the number of days; money is
whole cents inside.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from budgeting.core.money import from_cents, to_cents
from payments.core.scenario import Charge, NotAScenario, Scenario


class Payout(NamedTuple):
    """What is paid on a pay day; may be nothing."""

    on: date
    amount: Decimal


class Binding(NamedTuple):
    """Why a payout is no larger: on the day `because` the money is lowest, as low as it may be.

    `name` is the largest charge of that very day ("" = none). `charge` is what best explains it: the largest charge
    since the last income, None when there is none. `next_income` is the first day after it on which money comes, if
    any does.
    """

    pay_day: date
    because: date
    name: str
    charge: Charge | None
    next_income: date | None


class Lowest(NamedTuple):
    """The first day with the lowest balance at its end, after payouts and before any advance; may be negative."""

    on: date
    balance: Decimal


class Short(NamedTuple):
    """A charge for which balance and free advance together are not enough, and by how much."""

    on: date
    name: str
    missing: Decimal


@dataclass(frozen=True, slots=True)
class Remainder:
    """The answer: a payout and its reason for each pay day in order, the lowest day, and the charges that fall
    short."""

    payouts: tuple[Payout, ...]
    binding: tuple[Binding, ...]
    lowest: Lowest
    short: tuple[Short, ...]

    def to_answer(self) -> dict[str, object]:
        """The answer as plain JSON: amounts as texts, dates ISO."""
        return {
            "payouts": [{"date": paid.on.isoformat(), "amount": str(paid.amount)} for paid in self.payouts],
            "binding": [{"pay_day": one.pay_day.isoformat(), "because": _because(one)} for one in self.binding],
            "lowest": {"date": self.lowest.on.isoformat(), "balance": str(self.lowest.balance)},
            "short": [
                {"date": one.on.isoformat(), "name": one.name, "missing": str(one.missing)} for one in self.short
            ],
        }


def _because(binding: Binding) -> dict[str, object]:
    charge, income = binding.charge, binding.next_income
    explained = charge and {"date": charge.on.isoformat(), "name": charge.name, "amount": str(charge.amount)}
    day = binding.because.isoformat()
    return {
        "date": day,
        "name": binding.name,
        "charge": explained,
        "next_income": income.isoformat() if income else None,
    }


class TooMuch(ValueError):
    """An extra payout would take from a charge; `most` can be paid."""

    def __init__(self, asked: Decimal, most: Decimal) -> None:
        super().__init__(f"{asked} asked, at most {most} can be paid")
        self.asked = asked
        self.most = most


def remainder(scenario: Scenario) -> Remainder:
    """Payouts as equal as can be; see the module for the rule."""
    course = _Course(scenario)
    stretches = _stretches([ceiling.cents for ceiling in course.ceilings])
    ends = accumulate(stretch.payouts for stretch in stretches)
    bound_by = [end - 1 for end, stretch in zip(ends, stretches, strict=True) for _ in range(stretch.payouts)]
    return course.answer([cents for stretch in stretches for cents in _shared(stretch)], dict(enumerate(bound_by)))


def fixed_remainder(scenario: Scenario, wish: Decimal) -> Remainder:
    """The same amount on each pay day, as the resident wishes, and less only where it would take from a charge.

    Only payouts that are less than wished have a binding reason. A wish below zero is a `NotAScenario`.
    """
    course, wished, paid = _Course(scenario), to_cents(wish), 0
    if wished < 0:
        raise NotAScenario("wish", "negative")
    payouts: list[int] = []
    for ceiling in course.ceilings:
        payouts.append(min(wished, ceiling.cents - paid))
        paid += payouts[-1]
    return course.answer(payouts, {number: number for number, cents in enumerate(payouts) if cents < wished})


def most_payable(scenario: Scenario, day: date) -> Decimal:
    """The most that can be paid out on a day without taking from a charge, when nothing is paid before it."""
    return from_cents(_Course(replace(scenario, pay_days=(day,))).ceilings[0].cents)


def with_extra(scenario: Scenario, day: date, extra: Decimal) -> Scenario:
    """The scenario in which `extra` is paid out on `day` besides the pay days; raises `TooMuch` with what can be."""
    most = most_payable(scenario, day)
    if extra > most:
        raise TooMuch(extra, most)
    return replace(scenario, charges=(*scenario.charges, Charge(day, extra, "")))


class _Ceiling(NamedTuple):
    """The most that all payouts until a pay day may sum to, and the day on which the money is then lowest."""

    cents: int
    lowest_day: date


class _Stretch(NamedTuple):
    """A number of equal payouts and what they sum to."""

    payouts: int
    cents: int


class _Course:
    """The course of the money over the days of a scenario, before payouts."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.pay_days = sorted(scenario.pay_days)
        self.change = self._changes()
        self.days = sorted(self.change)
        self.ceilings = self._ceilings()

    def _changes(self) -> dict[date, int]:
        change: dict[date, int] = defaultdict(int)
        change[self.scenario.on] = to_cents(self.scenario.balance)
        for income in self.scenario.income:
            change[income.on] += to_cents(income.amount)
        for charge in self.scenario.charges:
            change[charge.on] -= to_cents(charge.amount)
        for day in self.pay_days:
            change[day] += 0
        return change

    def _ceilings(self) -> list[_Ceiling]:
        """From the last day back: the lowest level so far, and of equally low days the first."""
        level = sum(self.change.values()) - to_cents(self.scenario.buffer)
        lowest, lowest_day, ceilings, waiting = level, self.days[-1], [], self.pay_days.copy()
        for day in reversed(self.days):
            if level <= lowest:
                lowest, lowest_day = level, day
            if waiting and waiting[-1] == day:
                ceilings.append(_Ceiling(max(lowest, 0), lowest_day))
                waiting.pop()
            level -= self.change[day]
        return ceilings[::-1]

    def answer(self, payouts: list[int], bound_by: Mapping[int, int]) -> Remainder:
        """The answer for payouts in cents; `bound_by` says which ceiling binds which payout, both by number."""
        return Remainder(
            tuple(Payout(day, from_cents(cents)) for day, cents in zip(self.pay_days, payouts, strict=True)),
            tuple(self._bindings(bound_by)),
            self._lowest(payouts),
            tuple(self._short(payouts)),
        )

    def _bindings(self, bound_by: Mapping[int, int]) -> Iterator[Binding]:
        reasons = _Reasons(self.scenario)
        for payout, ceiling in bound_by.items():
            yield reasons.binding(self.pay_days[payout], self.ceilings[ceiling].lowest_day)

    def _lowest(self, payouts: list[int]) -> Lowest:
        paid = dict(zip(self.pay_days, payouts, strict=True))
        level, found = 0, []
        for day in self.days:
            level += self.change[day] - paid.get(day, 0)
            found.append((level, day))
        lowest, first = min(found)
        return Lowest(first, from_cents(lowest))

    def _short(self, payouts: list[int]) -> Iterator[Short]:
        """Charges in order of day; what is missing for one is taken as found elsewhere, so that the next stands
        alone."""
        scenario = self.scenario
        free = max(to_cents(scenario.advance_limit) - to_cents(scenario.advance_used), 0)
        charges: dict[date, list[Charge]] = defaultdict(list)
        for charge in scenario.charges:
            charges[charge.on].append(charge)
        level, paid = free, dict(zip(self.pay_days, payouts, strict=True))
        for day in self.days:
            level += self.change[day] + sum(to_cents(charge.amount) for charge in charges[day]) - paid.get(day, 0)
            for charge in charges[day]:
                cents = to_cents(charge.amount)
                if cents > max(level, 0):
                    yield Short(day, charge.name, from_cents(cents - max(level, 0)))
                level = max(level - cents, min(level, 0))


class _Reasons:
    """Finds the charges that explain a low day."""

    def __init__(self, scenario: Scenario) -> None:
        self.charges = sorted(scenario.charges, key=lambda charge: charge.on)
        self.charge_days = [charge.on for charge in self.charges]
        self.income_days = sorted({income.on for income in scenario.income})

    def binding(self, pay_day: date, because: date) -> Binding:
        later = bisect_right(self.income_days, because)
        last_income = self.income_days[later - 1] if later else date.min
        of_the_day = self._largest(because, because)
        return Binding(
            pay_day,
            because,
            of_the_day.name if of_the_day else "",
            self._largest(last_income, because),
            self.income_days[later] if later < len(self.income_days) else None,
        )

    def _largest(self, first: date, last: date) -> Charge | None:
        """The largest charge of these days, both included; of equal ones the first."""
        begin, end = bisect_left(self.charge_days, first), bisect_right(self.charge_days, last)
        return max(self.charges[begin:end], key=lambda charge: charge.amount, default=None)


def _stretches(ceilings: list[int]) -> list[_Stretch]:
    """The steps of the lower convex hull: a payout larger than the next one shares with it, until none is."""
    hull: list[_Stretch] = []
    before = 0
    for ceiling in ceilings:
        step, before = _Stretch(1, ceiling - before), ceiling
        while hull and hull[-1].cents * step.payouts >= step.cents * hull[-1].payouts:
            last = hull.pop()
            step = _Stretch(last.payouts + step.payouts, last.cents + step.cents)
        hull.append(step)
    return hull


def _shared(stretch: _Stretch) -> Iterator[int]:
    """Whole cents, the odd ones one each to the last payouts."""
    each, odd = divmod(stretch.cents, stretch.payouts)
    for number in range(stretch.payouts):
        yield each + (number >= stretch.payouts - odd)
