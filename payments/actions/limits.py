"""How much the town may lend each resident on a day, and in which order it pays when money is short."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from budgeting.actions.ledger import advances_used
from budgeting.core.money import ZERO
from budgeting.models import Resident, Town
from budgeting.models.among import among
from payments.core.shortage import DEFAULT_ORDER
from payments.models import AdvanceAllowance

_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)


def advance_limits(residents: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """The resident's limit and what was allowed above it that day, in euro; nothing while the town lends nothing."""
    numbers = list(residents)
    more = AdvanceAllowance.objects.in_force(on).filter(resident=OuterRef("pk")).order_by().values("resident")
    rows = Resident.objects.filter(among("pk", numbers)).annotate(
        more=Coalesce(Subquery(more.annotate(total=Sum("amount")).values("total")), ZERO, output_field=_MONEY),
        lends=Exists(Town.objects.filter(lends_advances=True)),
    )
    limits = dict.fromkeys(numbers, ZERO)
    for number, limit, above, lends in rows.values_list("pk", "advance_limit", "more", "lends"):
        if lends:
            limits[number] = limit + above
    return limits


def free_advances(residents: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """What may still be lent each resident; nothing when more was lent already than may be today."""
    numbers = list(residents)
    limits, lent = advance_limits(numbers, on=on), advances_used(numbers)
    return {number: max(limits[number] - lent[number], ZERO) for number in numbers}


def order_of_need(town: Town) -> Sequence[Sequence[str]]:
    """The town's own order of need, or the default one."""
    return [list(categories) for categories in town.order_of_need] or DEFAULT_ORDER
