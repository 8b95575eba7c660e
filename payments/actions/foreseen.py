"""What will come in and go out in the coming weeks as far as agreements and orders say, carefully."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Q

from budgeting.actions.alert_facts import Incomes, habits_of
from budgeting.actions.terms import terms_of
from budgeting.core.outlook import Cautious
from budgeting.core.terms import Terms
from budgeting.models import Agreement, Allocation
from budgeting.models.among import among
from payments.core.banking_days import income_day
from payments.core.scenario import Charge, Income
from payments.models import PaymentOrder

AHEAD = timedelta(days=35)


def charges_ahead(residents: Iterable[int], on: date) -> dict[int, list[Charge]]:
    """Charges that still have to leave, on the day they do; what is late leaves today.

    Money to live on that was decided upon when money was short, or asked besides, is on its way already and counts too.
    """
    found: dict[int, list[Charge]] = defaultdict(list)
    going = Q(kind="charge") | Q(explanation__has_any_keys=["protected", "extra"])
    whom = among("resident", list(residents))
    ahead = PaymentOrder.objects.filter(going, whom, state__in=["planned", "held"])
    for number, day, amount, name in ahead.values_list("resident", "execute_on", "amount", "category"):
        if day < on + AHEAD:
            found[number].append(Charge(max(day, on), amount, name))
    return found


def incomes_ahead(
    residents: Iterable[int],
    on: date,
    *,
    until: date | None = None,
    known: Incomes | None = None,
    agreed: Sequence[Terms] | None = None,
) -> dict[int, list[Income]]:
    """Income to count on, carefully, for each resident; see `expected_incomes`."""
    found: dict[int, list[Income]] = defaultdict(list)
    for terms, income in expected_incomes(residents, on, until=until, known=known, agreed=agreed):
        found[terms.resident].append(income)
    return found


def expected_incomes(
    residents: Iterable[int],
    on: date,
    *,
    until: date | None = None,
    known: Incomes | None = None,
    agreed: Sequence[Terms] | None = None,
) -> Iterator[tuple[Terms, Income]]:
    """Income and its agreement: as low as agreed or as it came, as late as it came; without what came already.

    `known`: the incomes of the same residents, when they were fetched for something else in this transaction;
    `agreed`: the terms of the incomes in force that day, when they were fetched with the charges.
    """
    if agreed is None:
        agreed = known.in_force(on) if known else _agreed(residents, on)
    habits = known.habits() if known else habits_of(agreed, on=on, expected=income_day)
    received = _received(agreed, on)
    for terms in agreed:
        came = received.get(terms.number, ())
        for day in terms.due_dates(on + timedelta(days=1), until or on + AHEAD):
            if not _came(came, day, terms.window_days):
                lowest = terms.amount_low or terms.amount_on(on)
                habit = habits.get(terms.number, Cautious(lowest, 0))
                arrives = income_day(income_day(day) + timedelta(days=habit.days_late))
                yield terms, Income(arrives, min(lowest, habit.amount), "cautious")


def _agreed(residents: Iterable[int], on: date) -> list[Terms]:
    return terms_of(Agreement.objects.coming_in().in_force(on).filter(among("resident", list(residents))))


def _received(agreed: Iterable[Terms], on: date) -> dict[int, list[date]]:
    rows = Allocation.objects.standing().filter(among("agreement", [terms.number for terms in agreed]))
    found: dict[int, list[date]] = defaultdict(list)
    for number, day in rows.filter(due_on__gte=on - AHEAD).values_list("agreement", "due_on"):
        if number and day:
            found[number].append(day)
    return found


def _came(days: Iterable[date], expected: date, window: int) -> bool:
    return any(abs((day - expected).days) <= window for day in days)
