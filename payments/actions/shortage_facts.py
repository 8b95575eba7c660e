"""Who has too little for what has to be paid now, and what each way on would mean: as plain facts, for a person."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from budgeting.actions.ledger import advances_used
from budgeting.models import Town
from payments.actions.holdings import own_money
from payments.actions.limits import advance_limits, order_of_need
from payments.core.shortage import Choice, Due, Line, Means, Shortage, decide
from payments.models import OrderQuerySet, PaymentOrder


@dataclass(frozen=True, slots=True)
class Short:
    """One resident's shortage: what is missing in euro, the facts as plain JSON, and their digest."""

    resident: int
    missing: Decimal
    facts: dict[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 over what a person looks at; the day up to which was looked ahead is no part of it."""
        seen = {name: value for name, value in self.facts.items() if name != "first"}
        return hashlib.sha256(json.dumps(seen, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def to_be_paid(first: date) -> OrderQuerySet:
    """Charges that should go out by `first` and are planned, or held only because money is short."""
    rows = PaymentOrder.objects.filter(kind="charge", state__in=["planned", "held"], execute_on__lte=first)
    return rows.filter(reason__in=["", "short"])


def shortages(orders: Iterable[PaymentOrder], *, on: date, first: date) -> dict[int, Short]:
    """Of the residents of these orders those with too little for all, with every choice."""
    of_resident: dict[int, list[PaymentOrder]] = defaultdict(list)
    for order in orders:
        of_resident[order.resident_id].append(order)
    town, numbers = Town.objects.get(), list(of_resident)
    money, lent, limits = own_money(numbers), advances_used(numbers), advance_limits(numbers, on=on)
    found = {}
    for number, those in of_resident.items():
        means = Means(money[number], limits[number], lent[number])
        dues = [Due(order.pk, order.due_on, order.amount, order.category) for order in those]
        answer = decide(means, dues, protected_living_money=town.protected_living_money, order=order_of_need(town))
        if answer.missing:
            found[number] = Short(number, answer.missing, _facts(means, answer, those, first))
    return found


def _facts(means: Means, answer: Shortage, orders: Sequence[PaymentOrder], first: date) -> dict[str, Any]:
    named = {order.pk: order for order in orders}
    return {
        "first": first.isoformat(),
        "balance": _euro(means.balance),
        "advance_limit": _euro(means.advance_limit),
        "advance_used": _euro(means.advance_used),
        "free_advance": _euro(means.free_advance),
        "missing": _euro(answer.missing),
        "proposed": answer.proposed.code,
        "choices": [_choice(choice, named) for choice in answer.choices],
    }


def _choice(choice: Choice, named: Mapping[int, PaymentOrder]) -> dict[str, Any]:
    return {
        "code": choice.code,
        "living_money": _euro(choice.living_money),
        "balance_after": _euro(choice.balance_after),
        "advance_after": _euro(choice.advance_after),
        "over_limit": _euro(choice.over_limit),
        "lines": [_line(line, named[line.due.key]) for line in choice.lines],
    }


def _line(line: Line, order: PaymentOrder) -> dict[str, Any]:
    return {
        "order": order.pk,
        "name": order.name,
        "category": order.category,
        "due_on": order.due_on.isoformat(),
        "amount": _euro(order.amount),
        "paid": line.is_paid,
        "source": line.source.value,
        "from_balance": _euro(line.from_balance),
        "from_advance": _euro(line.from_advance),
        "missing": _euro(line.missing),
        "consequence": line.consequence,
    }


def _euro(value: Decimal) -> str:
    return f"{value:.2f}"
