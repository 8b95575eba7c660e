"""What must hold of an order before it may go in a batch; an order that fails is held with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from budgeting.actions.ledger import lock_residents, resident_balances
from budgeting.core.iban import NotAnIban, iban
from budgeting.core.money import ZERO
from budgeting.models import Account, BankAccount, Resident, Town, User
from payments.actions.limits import free_advances, order_of_need
from payments.actions.orders import hold_payments, move_orders
from payments.core.banking_days import minus
from payments.core.shortage import DEFAULT_ORDER, rank_of
from payments.models import PaymentOrder


@transaction.atomic
def reconsider(*, on: date, first: date, by: User | None = None) -> dict[str, int]:
    """Looks again at every order that would go out by `first`: holds what may not go, and plans what may go again.

    Orders that a person holds (`by_hand`) stay held. Returns how many are held now, by reason.
    """
    hold_payments()
    rows = PaymentOrder.objects.filter(state__in=["planned", "held"], execute_on__lte=first).exclude(reason=BY_HAND)
    order_of_the_town = order_of_need(Town.objects.get())
    orders = in_order_of_need(rows.select_for_update(no_key=True), order_of_the_town)
    lock_residents(order.resident_id for order in orders)
    reasons = _reasons(orders, on=on, first=first)
    _let_go([order for order in orders if order.state == "held" and order.pk not in reasons], by=by)
    held: dict[str, list[PaymentOrder]] = defaultdict(list)
    for order in orders:
        if reason := reasons.get(order.pk):
            held[reason].append(order)
    for reason, those in held.items():
        _hold([order for order in those if order.reason != reason], reason, by=by)
    return {reason: len(those) for reason, those in held.items()}


def _let_go(orders: Sequence[PaymentOrder], *, by: User | None) -> None:
    move_orders(orders, "planned", by=by)


def _hold(orders: Sequence[PaymentOrder], reason: str, *, by: User | None) -> None:
    """An order held for another reason before goes through planned, so that every step is written."""
    move_orders([order for order in orders if order.state == "held"], "planned", by=by)
    move_orders(orders, "held", by=by, reason=reason)


def in_order_of_need(
    orders: Iterable[PaymentOrder], order_of_the_town: Sequence[Sequence[str]] = DEFAULT_ORDER
) -> list[PaymentOrder]:
    """What matters most first: it is paid first when money is short. Remainders come last; they are never lent for.

    Money to live on that a person has decided to pay out stands where the town's order has it.
    """
    of_the_rest = len(order_of_the_town) + 1

    def need(order: PaymentOrder) -> tuple[int, date, int]:
        has_a_place = order.kind == "charge" or is_protected(order)
        return rank_of(order.category, order_of_the_town) if has_a_place else of_the_rest, order.due_on, order.pk

    return sorted(orders, key=need)


def is_protected(order: PaymentOrder) -> bool:
    """Whether this remainder was decided upon when money was short, so that it goes before other payments."""
    return order.kind == "remainder" and "protected" in order.explanation


BY_HAND = "by_hand"


def _reasons(orders: Sequence[PaymentOrder], *, on: date, first: date) -> dict[int, str]:
    """The first reason why each order may not go; orders that may are left out."""
    rules = _Rules(orders, on=on, first=first)
    found = {}
    for order in orders:
        reason = rules.reason(order)
        if reason:
            found[order.pk] = reason
    return found


class _Rules:
    """Limits, accounts and money, as they stand at this moment; what passes uses up its part."""

    def __init__(self, orders: Sequence[PaymentOrder], *, on: date, first: date) -> None:
        self.on = on
        self.town = Town.objects.get()
        numbers = {order.resident_id for order in orders}
        self.residents = Resident.objects.in_bulk(numbers)
        self.accounts = Account.objects.in_bulk({order.account_id for order in orders})
        self.ours = set(BankAccount.objects.values_list("iban", flat=True))
        self.own_money = own_money(numbers)
        free = free_advances(numbers, on=on)
        self.available = {number: self.own_money[number] + free[number] for number in numbers}
        self.undecided = self._undecided(orders)
        self.per_resident = _going_out(numbers, first)
        self.total = ZERO

    def reason(self, order: PaymentOrder) -> str:
        """Why this order may not go now, or "" and what it takes is taken."""
        reason = self._stopped(order) or self._account(order) or self._limits(order) or self._money(order)
        if not reason:
            self.total += order.amount
            self.per_resident[order.resident_id] += order.amount
        return reason

    def _undecided(self, orders: Iterable[PaymentOrder]) -> set[int]:
        """Residents with too little for all charges, in a town that keeps money to live on apart: a person decides."""
        if self.town.protected_living_money == ZERO:
            return set()
        wanted: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for order in orders:
            wanted[order.resident_id] += order.amount if order.kind == "charge" else ZERO
        return {number for number, amount in wanted.items() if amount > self.available[number]}

    def _stopped(self, order: PaymentOrder) -> str:
        return "resident_stopped" if self.residents[order.resident_id].stopped_because else ""

    def _account(self, order: PaymentOrder) -> str:
        account = self.accounts[order.account_id]
        try:
            iban(order.iban)
        except NotAnIban:
            return "iban_wrong"
        if order.iban in self.ours:
            return "iban_is_ours"
        if account.name_check == Account.NameCheck.NO_MATCH:
            return "name_does_not_match"
        if account.since > minus(self.on, self.town.cooling_off_days) and account.added_by_id is not None:
            return "account_is_new"
        return ""

    def _limits(self, order: PaymentOrder) -> str:
        if order.amount > self.town.order_limit:
            return "over_order_limit"
        if self.per_resident[order.resident_id] + order.amount > self.town.resident_day_limit:
            return "over_resident_limit"
        return "over_batch_limit" if self.total + order.amount > self.town.batch_limit else ""

    def _money(self, order: PaymentOrder) -> str:
        number = order.resident_id
        purse = self.available if order.kind == "charge" else self.own_money
        if order.amount > purse[number] or (number in self.undecided and not _is_decided(order)):
            return "short"
        self.available[number] -= order.amount
        self.own_money[number] = max(self.own_money[number] - order.amount, ZERO)
        return ""


def _is_decided(order: PaymentOrder) -> bool:
    return "shortage" in order.explanation or is_protected(order)


def _going_out(residents: Iterable[int], day: date) -> dict[int, Decimal]:
    """What goes out for each resident on the day already, in earlier batches."""
    rows = PaymentOrder.objects.filter(resident__in=residents, execute_on=day, state__in=_GOING_OUT)
    sums = rows.values_list("resident").annotate(total=Sum("amount"))
    return defaultdict(lambda: ZERO, sums)


_GOING_OUT = ("batched", "released", "booked")


def own_money(residents: Iterable[int]) -> dict[int, Decimal]:
    """What each resident has, less what waits in batches already."""
    money = resident_balances(residents)
    waiting = PaymentOrder.objects.filter(resident__in=money, state="batched").values_list("resident", "amount")
    for number, amount in waiting:
        money[number] -= amount
    return money
