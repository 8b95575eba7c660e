"""What residents have, were lent, and expect: the figures with which a case worker judges what goes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from budgeting.core.ledger import balance
from budgeting.core.money import ZERO
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Agreement, Posting
from payments.core.banking_days import income_day

AHEAD = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Purse:
    """Euro: what we hold for a resident (negative never, what is lent stands apart), and what was lent."""

    balance: Decimal = ZERO
    lent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Expected:
    """One income as agreed, on the banking day it should be there."""

    agreement: Agreement
    due_on: date
    day: date
    amount: Decimal


def purses(residents: Iterable[int]) -> dict[int, Purse]:
    """The purse of each resident, in one query."""
    wanted = list(residents)
    kinds = Posting.objects.filter(account__kind__in=["resident", "advance"], account__resident__in=wanted)
    sums = {
        (number, kind): total
        for number, kind, total in kinds.values_list("account__resident", "account__kind").annotate(total=Sum("amount"))
    }
    return {
        number: Purse(balance(sums.get((number, "resident"), ZERO)), sums.get((number, "advance"), ZERO))
        for number in wanted
    }


def expected_income(agreements: Iterable[Agreement], *, on: date, until: date) -> list[Expected]:
    """What the agreements (with `amount_on`) let us expect on `on` <= day < `until`, the earliest first."""
    found = [
        Expected(agreement, due, income_day(due), amount)
        for agreement in agreements
        for due in due_days(agreement, since=on - timedelta(days=7), until=until)
        if (amount := getattr(agreement, "amount_on", None)) is not None and on <= income_day(due) < until
    ]
    return sorted(found, key=lambda income: (income.day, income.agreement.pk))


def due_days(agreement: Agreement, *, since: date, until: date) -> tuple[date, ...]:
    """The due dates of an agreement, without looking at its pauses and exceptions."""
    return due_dates(
        Recurrence.from_dict(agreement.recurrence),
        since=since,
        until=until,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
    )
