"""What will come in and go out in the coming weeks as far as agreements and orders say, carefully."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Q

from budgeting.actions.alert_facts import habits_of
from budgeting.core.outlook import Cautious
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Agreement, Allocation
from payments.actions.plan import amount_on
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
    ahead = PaymentOrder.objects.filter(going, state__in=["planned", "held"], resident__in=list(residents))
    for number, day, amount, name in ahead.values_list("resident", "execute_on", "amount", "category"):
        if day < on + AHEAD:
            found[number].append(Charge(max(day, on), amount, name))
    return found


def incomes_ahead(residents: Iterable[int], on: date, *, until: date | None = None) -> dict[int, list[Income]]:
    """Income to count on, carefully, for each resident; see `expected_incomes`."""
    found: dict[int, list[Income]] = defaultdict(list)
    for agreement, income in expected_incomes(residents, on, until=until):
        found[agreement.resident_id].append(income)
    return found


def expected_incomes(
    residents: Iterable[int], on: date, *, until: date | None = None
) -> Iterator[tuple[Agreement, Income]]:
    """Income and its agreement: as low as agreed or as it came, as late as it came; without what came already."""
    rows = Agreement.objects.coming_in().in_force(on).filter(resident__in=list(residents))
    related = rows.select_related("counterparty").prefetch_related("amounts", "pauses", "exceptions")
    agreements = list(related)
    habits = habits_of(agreements, on=on, expected=income_day)
    amounts = {agreement.pk: amount_on(agreement, on) for agreement in agreements}
    received = _received(agreements, on)
    for agreement in agreements:
        for day in _expected(agreement, on, until or on + AHEAD):
            if not _came(received[agreement.pk], day, agreement.window_days):
                lowest = agreement.amount_low or amounts[agreement.pk]
                habit = habits.get(agreement.pk, Cautious(lowest, 0))
                arrives = income_day(income_day(day) + timedelta(days=habit.days_late))
                yield agreement, Income(arrives, min(lowest, habit.amount), "cautious")


def _expected(agreement: Agreement, on: date, until: date) -> tuple[date, ...]:
    recurrence = Recurrence.from_dict(agreement.recurrence)
    ends = agreement.valid_until
    return due_dates(
        recurrence,
        since=on + timedelta(days=1),
        until=until,
        valid_from=agreement.valid_from,
        valid_until=ends,
        exceptions={exception.due_on for exception in agreement.exceptions.all()},
        pauses=[(pause.valid_from, pause.valid_until) for pause in agreement.pauses.all()],
    )


def _received(agreements: Iterable[Agreement], on: date) -> dict[int, list[date]]:
    numbers = [agreement.pk for agreement in agreements]
    rows = Allocation.objects.standing().filter(agreement__in=numbers, due_on__gte=on - AHEAD)
    found: dict[int, list[date]] = defaultdict(list)
    for number, day in rows.values_list("agreement", "due_on"):
        if number and day:
            found[number].append(day)
    return found


def _came(days: Iterable[date], expected: date, window: int) -> bool:
    return any(abs((day - expected).days) <= window for day in days)
