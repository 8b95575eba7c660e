"""Gives the alerts what payments know: which charges left or came back, and until when the money lasts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, chain, islice

from django.db import transaction
from django.db.models import Q

from budgeting.actions.alert_facts import LOOK_BACK, Incomes, incomes_of
from budgeting.actions.alerts import FOREWARNING_DAYS, Refreshed, hold_alerts, look_again, refresh_alerts
from budgeting.core.alerts import Due, Paid
from budgeting.core.lateness import Payers
from budgeting.core.money import ZERO
from budgeting.models import Resident, User
from budgeting.models.among import among
from payments.actions.foreseen import charges_ahead, incomes_ahead
from payments.actions.holdings import own_money
from payments.actions.limits import free_advances
from payments.actions.parts import Day, Spread, Told, is_everybody, one_after_another, together
from payments.core.banking_days import income_day
from payments.models import PaymentOrder


def watch(*, on: date, by: User | None = None, spread: Spread = one_after_another) -> Refreshed:
    """Opens and closes alerts for the day; each part of the residents is a transaction.

    How late a payer usually is, is known when all parts were looked at; the few agreements that hang on it come after.
    """
    day = Day(on, on, by)
    looked = spread(look_at_part, day)
    payers = payers_told(late for *_, late in looked)
    again = [_look_again(range(*part), left, payers, day) for _, part, left, _ in looked if left]
    return together(Refreshed, [counts for counts, *_ in looked] + again)


@transaction.atomic
def look_at_part(part: range, day: Day) -> Told:
    """Looks at a part of the residents. Returns the counts of `Refreshed`, the part, the agreements left for later, and
    how late its payers were: counterparty, category, day due, and the days late seen."""
    hold_alerts(part)
    incomes = incomes_of(on=day.on, expected=income_day, residents=part)
    payers, is_all = incomes.payers(), is_everybody(part)
    did = refresh_alerts(
        on=day.on,
        incomes=incomes,
        payers=payers if is_all else None,
        charges=_charges(part, day.on),
        balances=_balances(part, day.on, incomes),
        residents=part,
        by=day.by,
    )
    late = [[*payer, due.isoformat(), days] for payer, due, days in payers.told()]
    return [astuple(did), [part.start, part.stop], [] if is_all else incomes.waiting(day.on), late]


def payers_told(told: Iterable[Told]) -> Payers:
    """How late the payers of all parts were."""
    payers = Payers()
    for counterparty, category, due, late in chain.from_iterable(told):
        payers.tell((counterparty, category), [(date.fromisoformat(due), days) for days in late])
    return payers


@transaction.atomic
def _look_again(part: range, agreements: Sequence[int], payers: Payers, day: Day) -> tuple[int, ...]:
    hold_alerts(part)
    incomes = incomes_of(on=day.on, expected=income_day, residents=part, only=agreements)
    return astuple(look_again(
        on=day.on, incomes=incomes, payers=payers, agreements=agreements, residents=part, by=day.by
    ))  # fmt: skip


# An agreement all of whose orders left at the first attempt has nothing to say.
_WELL = Q(state__in=["released", "booked"], attempt=1)


def _charges(part: range, on: date) -> tuple[Sequence[Due], Sequence[Paid]]:
    """Due dates of charges that were not cancelled, and the orders that paid them or came back.

    Of an agreement all of them, or none where each was paid at once: that is nearly every agreement.
    """
    rows = PaymentOrder.objects.filter(
        among("resident", part), kind="charge", due_on__gt=on - LOOK_BACK, due_on__lte=on
    )
    rows = rows.exclude(state="cancelled").exclude(agreement=None).order_by("agreement", "due_on", "attempt")
    looked_at = {number or 0 for number in rows.exclude(_WELL).order_by().values_list("agreement", flat=True)}
    fields = ("pk", "agreement", "due_on", "amount", "state", "reason")
    dues: dict[tuple[int, date], Due] = {}
    paid = []
    for number, agreement, day, amount, state, reason in rows.filter(among("agreement", looked_at)).values_list(
        *fields
    ):
        key = int(agreement or 0), day
        dues[key] = Due(key[0], "out", day, amount, amount, amount, window=0)
        if state in {"released", "booked", "returned"}:
            paid.append(Paid(number, key[0], day, amount, returned=state == "returned", return_reason=reason))
    return list(dues.values()), paid


def _balances(part: range, on: date, incomes: Incomes) -> Mapping[int, Sequence[tuple[date, Decimal]]]:
    """For every resident the end of each coming day: own money and what may be lent, with careful income."""
    numbers = list(Resident.objects.taking_part(on).filter(among("pk", part)).values_list("pk", flat=True))
    money, free = own_money(numbers), free_advances(numbers, on=on)
    income, charges = incomes_ahead(numbers, on, known=incomes), charges_ahead(numbers, on)
    days = [on + timedelta(days=ahead) for ahead in range(FOREWARNING_DAYS + 1)]
    found = {}
    for number in numbers:
        change: dict[date, Decimal] = defaultdict(lambda: ZERO)
        for coming in income[number]:
            change[coming.on] += coming.amount
        for going in charges[number]:
            change[going.on] -= going.amount
        levels = accumulate((change[day] for day in days), initial=money[number] + free[number])
        found[number] = list(zip(days, islice(levels, 1, None), strict=True))
    return found
