"""What must hold of an order before it may go in a batch; an order that fails is held with its reason."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum

from budgeting.actions.accounts import problems_of
from budgeting.actions.ledger import lock_residents
from budgeting.core.endings import held_because
from budgeting.core.money import ZERO
from budgeting.models import Account, BankAccount, Resident, Town, User
from budgeting.models.among import EVERYONE, among
from payments.actions.holdings import own_money
from payments.actions.limits import free_advances, order_of_need
from payments.actions.orders import hold_payments, move_orders
from payments.core.banking_days import minus
from payments.core.endings import goes_all_the_same
from payments.core.payment_file import CannotBePaid, Payment, checked
from payments.core.shortage import DEFAULT_ORDER, rank_of
from payments.models import OrderQuerySet, PaymentOrder


class NotToBePaid(Exception):
    """What was checked for the batch holds no more: whose `order`, and the `reason` an order would be held for."""

    def __init__(self, order: PaymentOrder, reason: str) -> None:
        super().__init__(f"{order}: {reason}")
        self.order, self.reason = order, reason


@transaction.atomic
def reconsider(*, on: date, first: date, by: User | None = None) -> dict[str, int]:
    """Looks again at every order that would go out by `first`: holds what may not go, and plans what may go again.

    Orders that a person holds (`by_hand`) stay held. Returns how many are held now, by reason.
    """
    hold_payments()
    return looked_again(on=on, first=first, by=by)[0]


def looked_again(
    *, on: date, first: date, by: User | None, residents: Collection[int] = EVERYONE
) -> tuple[dict[str, int], list[PaymentOrder]]:
    """What `reconsider` does for these residents, and the orders it looked at as they are now, locked.

    For who holds payments. Not everybody together only where no limit of the town is near (`is_within_limits`): what
    others take of it is not asked then.
    """
    order_of_the_town = order_of_need(Town.objects.get())
    rows = _going(first).filter(among("resident", residents)).select_for_update(no_key=True)
    orders = in_order_of_need(rows, order_of_the_town)
    if not orders:
        return {}, []
    lock_residents({order.resident_id for order in orders})
    reasons = _reasons(orders, on=on, first=first, of_all=residents == EVERYONE)
    _let_go([order for order in orders if order.state == "held" and order.pk not in reasons], by=by)
    held: dict[str, list[PaymentOrder]] = defaultdict(list)
    for order in orders:
        if reason := reasons.get(order.pk):
            held[reason].append(order)
    for reason, those in held.items():
        _hold([order for order in those if order.reason != reason], reason, by=by)
    return {reason: len(those) for reason, those in held.items()}, orders


def is_within_limits(first: date) -> bool:
    """Whether all that would go out by `first` stays within what the town lets go at once and on a day.

    Then each resident's orders can be looked at apart from all others'.
    """
    town = Town.objects.get()
    wanted = _going(first).aggregate(total=Sum("amount"))["total"] or ZERO
    return wanted <= min(town.batch_limit, town.day_limit - going_out_on(first, states=_GOING_OUT))


def stretches(first: date, most: int) -> Iterator[range]:
    """The residents of orders that would go out by `first`, by number, in stretches of at most so many orders.

    Everybody at once where a limit of the town may hold something. A resident is never in two stretches.
    """
    if not is_within_limits(first):
        yield EVERYONE
        return
    start, last, orders = 0, 0, 0
    counted = _going(first).order_by("resident").values_list("resident").annotate(Count("pk"))
    for resident, count in list(counted):
        if orders and orders + count > most:
            yield range(start, last + 1)
            start, orders = last + 1, 0
        last, orders = resident, orders + count
    if orders:
        yield range(start, last + 1)


def _going(first: date) -> OrderQuerySet:
    """Orders that would go out by this day, unless something speaks against it."""
    return PaymentOrder.objects.filter(state__in=["planned", "held"], execute_on__lte=first).exclude(reason=BY_HAND)


def check_still_payable(orders: Sequence[PaymentOrder], *, on: date) -> None:
    """Looks at the accounts and limits of a batch once more before its file is made. Raises `NotToBePaid`."""
    town, accounts = Town.objects.get(), Account.objects.filter(among("pk", {order.account_id for order in orders}))
    problems = problems_of(accounts, on=on)
    days = {day: going_out_on(day, states=_GONE) for day in {order.execute_on for order in orders}}
    for order in orders:
        if problem := problems.get(order.account_id):
            raise NotToBePaid(order, problem)
        if order.amount > town.order_limit:
            raise NotToBePaid(order, "over_order_limit")
        days[order.execute_on] += order.amount
        if days[order.execute_on] > town.day_limit:
            raise NotToBePaid(order, "over_day_limit")


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

    Money to live on that a person has decided to pay out stands where the town's order has it. Of equal need, residents
    go by their number, and not by who was planned first: that hangs on which of the workers of a day was quicker.
    """
    of_the_rest = len(order_of_the_town) + 1

    def need(order: PaymentOrder) -> tuple[int, date, int, int]:
        has_a_place = order.kind == "charge" or is_protected(order)
        rank = rank_of(order.category, order_of_the_town) if has_a_place else of_the_rest
        return rank, order.due_on, order.resident_id, order.pk

    return sorted(orders, key=need)


def is_protected(order: PaymentOrder) -> bool:
    """Whether this remainder was decided upon when money was short, so that it goes before other payments."""
    return order.kind == "remainder" and "protected" in order.explanation


BY_HAND = "by_hand"


def _reasons(orders: Sequence[PaymentOrder], *, on: date, first: date, of_all: bool) -> dict[int, str]:
    """The first reason why each order may not go; orders that may are left out."""
    rules = _Rules(orders, on=on, first=first, of_all=of_all)
    found = {}
    for order in orders:
        reason = rules.reason(order)
        if reason:
            found[order.pk] = reason
    return found


class _Rules:
    """Limits, accounts and money, as they stand at this moment; what passes uses up its part.

    `of_all`: these are all orders there are, and what the town lets go at once and on a day may hold some of them.
    """

    def __init__(self, orders: Sequence[PaymentOrder], *, on: date, first: date, of_all: bool) -> None:
        self.on, self.first = on, first
        self.town = Town.objects.get()
        numbers = {order.resident_id for order in orders}
        stopped = Resident.objects.filter(among("pk", numbers)).exclude(stopped_because="")
        self.stopped_because = dict(stopped.values_list("pk", "stopped_because"))
        used = Account.objects.filter(among("pk", {order.account_id for order in orders}))
        self.accounts = {account.pk: account for account in used}
        self.ours = set(BankAccount.objects.values_list("iban", flat=True))
        self.problems = problems_of(self.accounts.values(), on=on)
        self.known_since = minus(on, self.town.cooling_off_days)
        self.own_money = own_money(numbers)
        free = free_advances(numbers, on=on)
        self.available = {number: self.own_money[number] + free[number] for number in numbers}
        self.undecided = self._undecided(orders)
        self.per_resident = _going_out(numbers, first)
        self.total, self.that_day = ZERO, going_out_on(first, states=_GOING_OUT) if of_all else ZERO

    def reason(self, order: PaymentOrder) -> str:
        """Why this order may not go now, or "" and what it takes is taken."""
        reason = self._stopped(order) or self._written(order) or self._account(order)
        reason = reason or self._limits(order) or self._money(order)
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
        if goes_all_the_same(order.explanation):
            return ""
        return held_because(self.stopped_because.get(order.resident_id, ""))

    def _written(self, order: PaymentOrder) -> str:
        """What no bank's file can say is found here, and not when the file is made."""
        try:
            checked(_payment(order, self.first), debtor_iban="", on=self.first)
        except CannotBePaid as refusal:
            return _CANNOT_BE_WRITTEN[refusal.field]
        return ""

    def _account(self, order: PaymentOrder) -> str:
        if order.iban in self.ours:
            return "iban_is_ours"
        if problem := self.problems.get(order.account_id):
            return problem
        return "account_is_new" if self.accounts[order.account_id].since > self.known_since else ""

    def _limits(self, order: PaymentOrder) -> str:
        if order.amount > self.town.order_limit:
            return "over_order_limit"
        if self.per_resident[order.resident_id] + order.amount > self.town.resident_day_limit:
            return "over_resident_limit"
        if self.total + order.amount > self.town.batch_limit:
            return "over_batch_limit"
        return "over_day_limit" if self.that_day + self.total + order.amount > self.town.day_limit else ""

    def _money(self, order: PaymentOrder) -> str:
        number = order.resident_id
        purse = self.available if order.kind == "charge" else self.own_money
        if order.amount > purse[number] or (number in self.undecided and not _is_decided(order)):
            return "short"
        self.available[number] -= order.amount
        self.own_money[number] = max(self.own_money[number] - order.amount, ZERO)
        return ""


# The reason for an order of each field in which the bank's file would not take it.
_CANNOT_BE_WRITTEN = {
    "end_to_end_id": "id_cannot_be_written",
    "execution_date": "day_cannot_be",
    "amount": "amount_cannot_be",
    "name": "name_cannot_be_written",
    "iban": "iban_wrong",
    "remittance": "remittance_cannot_be_written",
    "reference": "reference_wrong",
}


def _payment(order: PaymentOrder, first: date) -> Payment:
    """The order as it would stand in a file for this first day."""
    words = (order.remittance, order.structured_reference)
    return Payment(order.end_to_end_id, max(order.execute_on, first), order.amount, order.name, order.iban, *words)


def _is_decided(order: PaymentOrder) -> bool:
    return "shortage" in order.explanation or is_protected(order)


def _going_out(residents: Iterable[int], day: date) -> dict[int, Decimal]:
    """What goes out for each resident on the day already, in earlier batches."""
    rows = PaymentOrder.objects.filter(among("resident", list(residents)), execute_on=day, state__in=_GOING_OUT)
    sums = rows.values_list("resident").annotate(total=Sum("amount"))
    return defaultdict(lambda: ZERO, sums)


def going_out_on(day: date, *, states: Sequence[str]) -> Decimal:
    """What goes out on the day already, for everyone, in all batches together."""
    rows = PaymentOrder.objects.filter(execute_on=day, state__in=states)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


_GONE = ("released", "booked")
_GOING_OUT = ("batched", *_GONE)
