"""How a played municipality fared: charges in time, leefgeld from week to week, money lent, and how true the books are.

The script knows whose every euro really is, so that a wrong booking can be counted.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from backend.example.load import Loaded
from backend.example.script import Script
from budgeting.actions.ledger import advances_used
from budgeting.actions.recognition import OWN_ID_RULE
from budgeting.core.money import CENT, ZERO
from budgeting.models import Allocation, LedgerAccount, WaitingEntry
from payments.core.banking_days import charge_day, on_or_after
from payments.models import PaymentOrder

_WEEK = timedelta(days=7)
# In the first two months there is little to spread: income comes in before charges begin.
_SETTLED_AFTER = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Course:
    """How it went. `misbooked` counts entries given to the wrong resident without a person.

    `days_unpaid` adds up, over all charges, the days between the banking day a charge should have left and the day it
    did (or the end). `remainder_spread` is the residents' mean of the standard deviation of a week's leefgeld over its
    mean, after the first two months.
    """

    misbooked: int
    waiting: int
    orders: dict[str, int]
    charges_due: int
    charges_late: int
    days_unpaid: int
    remainder_a_week: Decimal
    remainder_spread: float
    residents_lent_to: int
    lent_now: Decimal


def course_of(script: Script, loaded: Loaded) -> Course:
    """The course of a script that was played to its end in this database."""
    unpaid = _days_unpaid(script)
    weeks = _weeks(script)
    numbers = [resident.pk for resident in loaded.residents.values()]
    return Course(
        misbooked=_misbooked(script, loaded),
        waiting=WaitingEntry.objects.filter(closed_at=None).count(),
        orders=dict(Counter(f"{kind} {state}" for kind, state in PaymentOrder.objects.values_list("kind", "state"))),
        charges_due=len(unpaid),
        charges_late=sum(days > 0 for days in unpaid),
        days_unpaid=sum(unpaid),
        remainder_a_week=(_mean(week for row in weeks for week in row)).quantize(CENT),
        remainder_spread=round(float(_mean(_spread(row) for row in weeks if any(row))), 3),
        residents_lent_to=LedgerAccount.objects.filter(kind="advance").count(),
        lent_now=sum(advances_used(numbers).values(), ZERO),
    )


def _misbooked(script: Script, loaded: Loaded) -> int:
    truth = {(c.on, c.amount, c.remittance): c.resident for c in script.credits}
    keys = {row.pk: key for key, row in loaded.residents.items()}
    rows = Allocation.objects.filter(decided_by=None).exclude(rule_version=OWN_ID_RULE)
    found = rows.values_list("resident", "entry__booking_date", "entry__amount", "entry__remittance")
    return sum(truth.get((on, amount, text)) != keys.get(resident or 0) for resident, on, amount, text in found)


def _days_unpaid(script: Script) -> list[int]:
    """Per charge that should have left during the play: how many days later it did."""
    first, until = on_or_after(script.start), script.until
    paid: dict[tuple[int | None, date], date] = {}
    rows = PaymentOrder.objects.filter(kind="charge").exclude(state="cancelled")
    for agreement, due, state, booked in rows.values_list("agreement", "due_on", "state", "booked_on"):
        if charge_day(due, first=first) < until:
            day = booked if state == "booked" and booked else until
            paid[agreement, due] = min(paid.get((agreement, due), until), day)
    return [max(0, (day - charge_day(due, first=first)).days) for (_, due), day in paid.items()]


def _weeks(script: Script) -> list[list[Decimal]]:
    """Per resident the leefgeld that was booked in each whole week after the first months."""
    first = script.start + _SETTLED_AFTER
    weeks = max(0, (script.until - first) // _WEEK)
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO] * weeks)
    rows = PaymentOrder.objects.filter(kind="remainder", state="booked", booked_on__gte=first)
    for resident, day, amount in rows.values_list("resident", "booked_on", "amount"):
        if day and (week := (day - first) // _WEEK) < weeks:
            sums[resident][week] += amount
    return list(sums.values())


def _spread(weeks: list[Decimal]) -> Decimal:
    return statistics.pstdev(weeks) / (sum(weeks, ZERO) / len(weeks))


def _mean(values: Iterable[Decimal]) -> Decimal:
    found = list(values)
    return sum(found, ZERO) / len(found) if found else ZERO
