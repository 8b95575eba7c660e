"""What residents have and were lent, asked as one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, QuerySet, Sum, Value
from django.db.models.functions import Cast

from budgeting.core import ledger
from budgeting.core.money import ZERO
from budgeting.models import Posting
from budgeting.models.among import among
from payments.models import PaymentOrder

_WAITS = "batched"


@dataclass(frozen=True, slots=True)
class Holding:
    """Euro: `own` is what a resident has, less what waits in batches; `lent` is what was lent and is not back."""

    own: Decimal
    lent: Decimal


def holdings(residents: Collection[int]) -> dict[int, Holding]:
    """Of each of these residents, in one question: both sums are of one moment."""
    numbers = list(residents)
    purses = Posting.objects.filter(among("account__resident", numbers), account__kind__in=["resident", "advance"])
    waiting = PaymentOrder.objects.filter(among("resident", numbers), state=_WAITS)
    rows = _sums(purses, F("account__kind"), F("account__resident")).union(
        _sums(waiting, Value(_WAITS), F("resident")), all=True
    )
    found = {(number, kind): total for kind, number, total in rows}
    return {number: _holding(found, number) for number in numbers}


def own_money(residents: Iterable[int]) -> dict[int, Decimal]:
    """What each resident has, less what waits in batches already."""
    return {number: one.own for number, one in holdings(list(residents)).items()}


def _holding(found: dict[tuple[int, str], Decimal], number: int) -> Holding:
    balance = ledger.balance(found.get((number, "resident"), ZERO))
    return Holding(balance - found.get((number, _WAITS), ZERO), found.get((number, "advance"), ZERO))


def _sums(rows: QuerySet[Any], kind: F | Value, whose: F) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(what=Cast(kind, CharField()), whose=whose).values("what", "whose")
    summed: QuerySet[Any, Any] = named.annotate(total=Sum("amount")).values_list("what", "whose", "total")
    return summed
