"""What if: a resident's coming weeks as they are, and with one thing changed. Nothing is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from budgeting.core.money import ZERO, amount
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Resident
from payments.actions.foreseen import expected_incomes
from payments.actions.holdings import holdings
from payments.actions.limits import advance_limits
from payments.actions.outlook import agreed_both_ways, charges_until
from payments.actions.repayment import repayments
from payments.core.banking_days import charge_day, income_day
from payments.core.scenario import Charge, Income, Scenario
from payments.core.what_if import NOW, Outcome, side_by_side

WEEKS = 8
HOUSING = frozenset({"rent", "mortgage"})


@dataclass(frozen=True, slots=True)
class NewRent:
    """From a day on the rent is so much, in euro."""

    amount: Decimal
    valid_from: date


@dataclass(frozen=True, slots=True)
class LosesIncome:
    """From a day on an agreed income does not come any more."""

    agreement: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class Regular:
    """So much on each day of a recurrence, in euro."""

    amount: Decimal
    recurrence: Recurrence
    name: str = ""


@dataclass(frozen=True, slots=True)
class MovesIn:
    """Someone moves in on a day and brings income and charges."""

    valid_from: date
    income: tuple[Regular, ...] = ()
    charges: tuple[Regular, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A debt is paid in instalments from a day on, `times` times at the most."""

    instalment: Regular
    valid_from: date
    times: int


Change = NewRent | LosesIncome | MovesIn | Arrangement


class NotTheirs(LookupError):
    """No income of this agreement is expected for this resident in these weeks."""


def what_if(
    resident: Resident, changes: Mapping[str, Sequence[Change]], *, on: date, weeks: int = WEEKS
) -> tuple[Outcome, ...]:
    """How it is now, and for each named list of changes how it would be; in the order given. Raises `NotTheirs`.

    The remainder is calculated over all the weeks, as careful as a payout is.
    """
    until = on + timedelta(days=7 * weeks)
    budget = _budget(resident, on, until)
    scenarios = {NOW: budget.scenario}
    for name, listed in changes.items():
        scenarios[name] = _changed(budget, listed, on, until)
    return side_by_side(scenarios, days=7 * weeks)


@dataclass(frozen=True, slots=True)
class _Budget:
    """A scenario, and which of its income comes from which agreement (by place)."""

    scenario: Scenario
    agreements: tuple[int, ...]


def _budget(resident: Resident, on: date, until: date) -> _Budget:
    number = resident.pk
    terms, holding = agreed_both_ways([number], on=on), holdings([number])[number]
    incomes = list(expected_incomes([number], on, until=until, agreed=terms["in"]))
    dues = charges_until([number], on=on, until=until, agreed=terms["out"])[number]
    now, instalments = repayments({number: holding.lent}, on=on, until=until)
    charges = [*(Charge(due.on, due.amount, due.name) for due in dues), *instalments[number]]
    scenario = Scenario(
        on=on,
        balance=holding.own - now[number],
        pay_days=_pay_days(resident, on, until),
        income=tuple(income for _, income in incomes),
        charges=tuple(charges),
        buffer=resident.buffer,
        advance_limit=advance_limits([number], on=on)[number],
        advance_used=holding.lent,
    )
    return _Budget(scenario, tuple(terms.number for terms, _ in incomes))


def _pay_days(resident: Resident, on: date, until: date) -> tuple[date, ...]:
    rhythm = Recurrence.from_dict(resident.pay_rhythm)
    return due_dates(rhythm, since=on, until=until, valid_from=resident.starts_on, valid_until=resident.ends_on)


def _changed(budget: _Budget, changes: Iterable[Change], on: date, until: date) -> Scenario:
    income = list(zip(budget.agreements, budget.scenario.income, strict=True))
    charges = list(budget.scenario.charges)
    for change in changes:
        if isinstance(change, NewRent):
            charges = [_with_rent(charge, change) for charge in charges]
        elif isinstance(change, LosesIncome):
            if change.agreement not in budget.agreements:
                raise NotTheirs
            income = [one for one in income if not _is_lost(one, change)]
        elif isinstance(change, MovesIn):
            income += [(0, line) for one in change.income for line in _comes(one, change.valid_from, on, until)]
            charges += [line for one in change.charges for line in _goes(one, change.valid_from, on, until)]
        else:
            charges += list(_goes(change.instalment, change.valid_from, on, until))[: change.times]
    return replace(budget.scenario, income=tuple(line for _, line in income), charges=tuple(charges))


def _with_rent(charge: Charge, change: NewRent) -> Charge:
    is_changed = charge.name in HOUSING and charge.on >= change.valid_from
    return replace(charge, amount=amount(change.amount)) if is_changed else charge


def _is_lost(one: tuple[int, Income], change: LosesIncome) -> bool:
    return one[0] == change.agreement and one[1].on >= change.valid_from


def _comes(one: Regular, valid_from: date, on: date, until: date) -> Iterator[Income]:
    for day in due_dates(one.recurrence, since=on, until=until, valid_from=valid_from):
        yield Income(income_day(day), amount(one.amount), "cautious")


def _goes(one: Regular, valid_from: date, on: date, until: date) -> Iterator[Charge]:
    for day in due_dates(one.recurrence, since=on, until=until, valid_from=valid_from):
        if amount(one.amount) > ZERO:
            yield Charge(max(charge_day(day), on), amount(one.amount), one.name)
