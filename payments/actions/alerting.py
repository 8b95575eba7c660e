"""Gives the alerts what payments know: which charges left or came back, and until when the money lasts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from budgeting.actions.alert_facts import LOOK_BACK
from budgeting.actions.alerts import FOREWARNING_DAYS, Refreshed, refresh_alerts
from budgeting.core.alerts import Due, Paid
from budgeting.core.collecting import many_objects
from budgeting.models import Resident, User
from payments.actions.checks import own_money
from payments.actions.foreseen import charges_ahead, incomes_ahead
from payments.actions.limits import free_advances
from payments.core.banking_days import income_day
from payments.models import PaymentOrder


@many_objects()
def watch(*, on: date, by: User | None = None) -> Refreshed:
    """Opens and closes alerts for the day."""
    return refresh_alerts(on=on, expected=income_day, charges=_charges(on), balances=_balances(on), by=by)


def _charges(on: date) -> tuple[Sequence[Due], Sequence[Paid]]:
    """Every due date of a charge that was not cancelled, and the orders that paid it or came back."""
    rows = PaymentOrder.objects.filter(kind="charge", due_on__gt=on - LOOK_BACK, due_on__lte=on)
    rows = rows.exclude(state="cancelled").exclude(agreement=None).order_by("agreement", "due_on", "attempt")
    fields = ("pk", "agreement", "due_on", "amount", "state", "reason")
    dues: dict[tuple[int, date], Due] = {}
    paid = []
    for number, agreement, day, amount, state, reason in rows.values_list(*fields):
        key = int(agreement or 0), day
        dues[key] = Due(key[0], "out", day, amount, amount, amount, window=0)
        if state in {"released", "booked", "returned"}:
            paid.append(Paid(number, key[0], day, amount, returned=state == "returned", return_reason=reason))
    return list(dues.values()), paid


def _balances(on: date) -> Mapping[int, Sequence[tuple[date, Decimal]]]:
    """For every resident the end of each coming day: own money and what may be lent, with careful income."""
    numbers = list(Resident.objects.taking_part(on).values_list("pk", flat=True))
    money, free = own_money(numbers), free_advances(numbers, on=on)
    income, charges = incomes_ahead(numbers, on), charges_ahead(numbers, on)
    days = [on + timedelta(days=ahead) for ahead in range(FOREWARNING_DAYS + 1)]
    found = {}
    for number in numbers:
        level = money[number] + free[number]
        levels = []
        for day in days:
            level += sum(line.amount for line in income[number] if line.on == day)
            level -= sum(line.amount for line in charges[number] if line.on == day)
            levels.append((day, level))
        found[number] = levels
    return found
