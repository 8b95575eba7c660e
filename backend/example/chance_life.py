"""What befalls a municipality by chance: late, missing, double and changed income, lost work, new rents.

All of it follows from the seed. The odds are assumptions, written down here; without `faults` life is regular but for
the hours that differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from backend.example import parts as p
from backend.example.events import Credit, agreed_credits, chance_of, in_booking_order, month_starts
from backend.example.made_up import made_up_iban
from backend.example.people import agreement_of
from backend.example.record import ExampleAgreement, ExampleTown
from backend.example.script import Ending, NewAgreement, NewAmount, Script
from backend.example.troubles import IncomeTrouble, Refusal, Trouble
from budgeting.core.money import CENT, from_cents
from payments.core.banking_days import income_day

_STRANGER_SERIAL = 10_000_000
_NOTICED_AFTER = timedelta(days=60)  # a case worker ends an income that has not come for two months


@dataclass(frozen=True, slots=True)
class Odds:
    """Chances per payment (late, missing, double) and per month (stopped, changed), and how far they go."""

    late: float
    most_days: int
    missing: float
    double: float
    stopped: float
    changed: float
    lowest: float = 0.85
    highest: float = 1.1


_ODDS = {
    "wages": Odds(0.03, 9, 0.006, 0.003, 0.010, 0.02),
    "other_income": Odds(0.20, 14, 0.070, 0.002, 0.010, 0.00),
    "alimony_received": Odds(0.30, 20, 0.100, 0.000, 0.010, 0.01),
    "benefit": Odds(0.015, 6, 0.004, 0.002, 0.006, 0.02, 0.9, 1.05),
    "pension": Odds(0.002, 3, 0.001, 0.000, 0.000, 0.01, 0.97, 1.04),
    "student_finance": Odds(0.010, 20, 0.004, 0.000, 0.008, 0.00),
}
_ALLOWANCE = Odds(0.003, 5, 0.002, 0.000, 0.010, 0.03, 0.5, 1.2)
_A_CHARGE_COMES_BACK = 0.004
_AN_ACCOUNT_IS_CLOSED = 0.004
_A_CHARGE_CHANGES = 0.01
_STRANGERS_A_MONTH = 0.05  # per resident
_A_STRANGER_IS_KNOWN = 0.6
_LOST_WORK_IS_REPLACED = 0.85
_WORK = frozenset({"wages", "other_income"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What lasts in an agreed income: from when it stops, and from when it is another amount."""

    stopped_on: date | None = None
    changed: tuple[tuple[date, Decimal], ...] = ()


def chance_script(town: ExampleTown, start: date, until: date, *, seed: int, faults: bool) -> Script:
    """A script for any town, from `start` (the first of a month) to the day before `until`."""
    if not faults:
        agreed = agreed_credits(town, start, until, seed=seed, trouble_of=lambda _agreement, _due: None)
        return Script(town, start, until, in_booking_order(agreed))
    life = _Life(town, start, until, seed)
    return Script(
        town=town,
        start=start,
        until=until,
        credits=in_booking_order(life.credits()),
        refusals=tuple(life.refusals()),
        new_amounts=tuple(life.new_amounts()),
        new_agreements=tuple(life.new_agreements),
        endings=tuple(life.endings()),
    )


class _Life:
    """All lives of a town: each agreement's own, drawn when it is first asked for."""

    def __init__(self, town: ExampleTown, start: date, until: date, seed: int) -> None:
        self.town, self.start, self.until, self.seed = town, start, until, seed
        self.months = month_starts(start, (until.year - start.year) * 12 + until.month - start.month + 1)
        self.fates: dict[str, Fate] = {}
        self.new_agreements = tuple(self._after_lost_work())

    def credits(self) -> Iterator[Credit]:
        """All money that comes in."""
        later = [new.agreement for new in self.new_agreements]
        yield from agreed_credits(
            self.town, self.start, self.until, seed=self.seed, trouble_of=self.trouble, later=later
        )
        for number in range(round(len(self.town.residents) * _STRANGERS_A_MONTH * len(self.months))):
            yield self._stranger(number)

    def trouble(self, agreement: ExampleAgreement, due: date) -> IncomeTrouble | None:
        """What happens to the payment of a due date."""
        fate, odds = self.fate(agreement), _odds(agreement)
        if fate.stopped_on and due >= fate.stopped_on:
            return IncomeTrouble(Trouble.STOPPED)
        amount = next((value for day, value in reversed(fate.changed) if day <= due), None)
        chance = chance_of(self.seed, "payment", agreement.key, due)
        drawn = chance.random()
        if drawn < odds.missing:
            return IncomeTrouble(Trouble.MISSING)
        if drawn < odds.missing + odds.late:
            return IncomeTrouble(Trouble.LATE, chance.randint(1, odds.most_days), amount)
        if drawn < odds.missing + odds.late + odds.double:
            return IncomeTrouble(Trouble.DOUBLE, 1, amount)
        return IncomeTrouble(Trouble.CHANGED_INCOME, amount=amount) if amount else None

    def fate(self, agreement: ExampleAgreement) -> Fate:
        """What lasts, month by month from the second on; what has stopped changes no more."""
        if agreement.key not in self.fates:
            self.fates[agreement.key] = _fate(agreement, self.months[1:], self.seed)
        return self.fates[agreement.key]

    def refusals(self) -> Iterator[Refusal]:
        """Payments that come back, and residents whose own account is closed for half a month."""
        for month, next_month in pairwise((*self.months, self.until + timedelta(days=31))):
            for one in self._charges():
                if chance_of(self.seed, "comes back", one.key, month).random() < _A_CHARGE_COMES_BACK:
                    iban = self.town.counterparties[one.counterparty].iban
                    yield Refusal(Trouble.RETURNED, iban, month, next_month, amount=one.amount)
            for resident in self.town.residents:
                if chance_of(self.seed, "closed", resident.key, month).random() < _AN_ACCOUNT_IS_CLOSED:
                    yield Refusal(Trouble.REJECTED, resident.iban, month, month + timedelta(days=15))

    def new_amounts(self) -> Iterator[NewAmount]:
        """New rents and tariffs, told ten days before; and changed incomes, heard of a month after."""
        for month in self.months[1:]:
            for one in self._charges():
                chance = chance_of(self.seed, "charge", one.key, month)
                if chance.random() < _A_CHARGE_CHANGES:
                    amount = (one.amount * Decimal(f"{chance.uniform(0.97, 1.08):.3f}")).quantize(CENT)
                    yield NewAmount(month - timedelta(days=10), one.key, amount, month)
        for one in self.town.agreements.values():
            if one.direction == "in":
                for day, amount in self.fate(one).changed:
                    heard = day + timedelta(days=31)
                    yield NewAmount(heard, one.key, amount, heard)

    def endings(self) -> Iterator[Ending]:
        """Incomes that stopped, ended by a case worker when that is plain."""
        for one in self.town.agreements.values():
            if one.direction == "in" and (stopped := self.fate(one).stopped_on):
                yield Ending(stopped + _NOTICED_AFTER, one.key)

    def _charges(self) -> Iterator[ExampleAgreement]:
        return (one for one in self.town.agreements.values() if one.direction == "out")

    def _after_lost_work(self) -> Iterator[NewAgreement]:
        """Who loses work often gets a benefit some weeks later."""
        for place, resident in enumerate(self.town.residents, 1):
            lost = [self.fate(one).stopped_on for one in resident.agreements if one.category in _WORK]
            day = next((stopped for stopped in lost if stopped), None)
            chance = chance_of(self.seed, "after work", resident.key)
            if day and chance.random() < _LOST_WORK_IS_REPLACED:
                begins = day + timedelta(days=chance.randint(14, 56))
                amount = f"{chance.uniform(1050, 1400):.2f}"
                number, after = len(resident.agreements) + 1, (begins - self.start).days
                yield NewAgreement(begins, agreement_of(place, number, p.benefit(amount), after=after))

    def _stranger(self, number: int) -> Credit:
        chance = chance_of(self.seed, "stranger", number)
        day = income_day(self.start + timedelta(days=chance.randrange((self.until - self.start).days)))
        resident = chance.choice(self.town.residents).key if chance.random() < _A_STRANGER_IS_KNOWN else ""
        cents = chance.randint(500, 30000)
        iban, kind = made_up_iban(_STRANGER_SERIAL + number), Trouble.UNKNOWN_PAYER
        text = f"overboeking {number:05d}"
        return Credit(day, from_cents(cents), f"Onbekende {number}", iban, text, resident=resident, trouble=kind)


def _odds(agreement: ExampleAgreement) -> Odds:
    return _ODDS.get(agreement.category, _ALLOWANCE)


def _fate(agreement: ExampleAgreement, months: Iterable[date], seed: int) -> Fate:
    odds, amount = _odds(agreement), agreement.amount
    changed: list[tuple[date, Decimal]] = []
    for month in months:
        chance = chance_of(seed, "fate", agreement.key, month)
        drawn = chance.random()
        if drawn < odds.stopped:
            return Fate(month, tuple(changed))
        if drawn < odds.stopped + odds.changed:
            factor = Decimal(f"{chance.uniform(odds.lowest, odds.highest):.3f}")
            amount = max((amount * factor).quantize(CENT), agreement.spread + CENT)
            changed.append((month, amount))
    return Fate(None, tuple(changed))
