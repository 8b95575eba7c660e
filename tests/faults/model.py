"""What the books should say, in plain dicts: the reference that the real house is held against.

Euro as Decimal, days as dates, residents and agreements by number, orders by their end-to-end id. An operation answers
"" when it did what it says, else the name of the refusal that is due.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")
NEED = {"rent": 0, "energy": 1, "water": 2, "subscriptions": 5}
Parts = Sequence[tuple[int | None, Decimal]]


@dataclass
class Order:
    """One payment to be; `kind` is charge or remainder."""

    who: int
    amount: Decimal
    need: tuple[object, ...]
    execute: date
    kind: str
    to: str  # whose account is paid
    state: str = "planned"
    refused: bool = False  # held because the bank refuses the account
    last: bool = False  # the last money of a participation


@dataclass
class Batch:
    """Orders that go together, on a day."""

    orders: list[str]
    first: date
    state: str = "draft"


@dataclass
class Model:
    """Money per resident, lent, of the town's own and at the bank; entries that wait or found their place."""

    limit: dict[int, Decimal]
    day_limit: Decimal
    leaver: int = 0  # the one resident who may stop
    money: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    lent: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    own: Decimal = ZERO
    bank: Decimal = ZERO
    waiting: dict[int, Decimal] = field(default_factory=dict)
    placed: dict[int, Parts] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    batches: dict[int, Batch] = field(default_factory=dict)
    closed: list[date] = field(default_factory=list)  # the first day after each closed month
    refused: set[str] = field(default_factory=set)  # whose accounts the bank refuses
    leaving: str = ""

    def came(self, entry: int, amount: Decimal, who: int | None) -> str:
        """An entry of the bank: recognised as a resident's income, or waiting."""
        self.bank += amount
        if who is None:
            self.waiting[entry] = amount
            return ""
        self.placed[entry] = [(who, amount)]
        return self._move(self.placed[entry])

    def decide(self, entry: int, parts: Parts) -> str:
        if entry not in self.waiting:
            return "NotWaiting"
        refused = self._move(parts)
        if not refused:
            self.placed[entry] = parts
            del self.waiting[entry]
        return refused

    def take_back(self, entry: int) -> str:
        if entry not in self.placed:
            return "NothingToTakeBack"
        refused = self._move([(who, -amount) for who, amount in self.placed[entry]])
        if not refused:
            self.waiting[entry] = sum((amount for _, amount in self.placed.pop(entry)), ZERO)
        return refused

    def undo(self, entries: Iterable[int]) -> str:
        """All entries of an import go as they came; nothing is lent for it."""
        after: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        for entry in entries:
            for who, amount in self.placed.get(entry, ()):
                after[who] -= amount
        own = after.pop(None, ZERO)
        if any(self.money[who] + amount < ZERO for who, amount in after.items()):
            return "BalanceTooLow"
        self.own += own
        for who, amount in after.items():
            self._paid_in(who, amount)
        for entry in entries:
            gone = sum((amount for _, amount in self.placed.pop(entry, ())), ZERO)
            self.bank -= gone or self.waiting.pop(entry, ZERO)
        return ""

    def give(self, who: int, amount: Decimal) -> str:
        """From the town's own to a resident, or back when it is reversed."""
        return self._move([(who, amount), (None, -amount)])

    def _move(self, parts: Parts) -> str:
        """To each their part; what a resident lacks is lent, or nothing moves at all."""
        after: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        for who, amount in parts:
            after[who] += amount
        own = after.pop(None, ZERO)
        lacking = {who: -min(self.money[who] + amount, ZERO) for who, amount in after.items()}
        if any(lack and self.lent[who] + lack > self.limit[who] for who, lack in lacking.items()):
            return "BalanceTooLow"
        self.own += own
        for who, amount in after.items():
            self.lent[who] += lacking[who]
            self._paid_in(who, amount + lacking[who])
        return ""

    def _paid_in(self, who: int | None, amount: Decimal) -> None:
        """Whatever moves in the purse of who has ended makes that end once more."""
        self.money[who] += amount
        if who == self.leaver and self.leaving == "ended":
            self.leaving = "ending"

    def _refuse(self, order: Order) -> None:
        """Every bank in a play says that the account is closed."""
        if order.to not in self.refused:
            self.refused.add(order.to)
            for other in self.orders.values():
                if (other.to, other.state) == (order.to, "planned"):
                    other.state, other.refused = "held", True

    def lift(self, to: str) -> None:
        self.refused.discard(to)
        for order in self.orders.values():
            if order.to == to and order.state == "held" and order.refused:
                order.state, order.refused = "planned", False

    @property
    def closed_until(self) -> date | None:
        return self.closed[-1] if self.closed else None

    def is_closed(self, day: date) -> bool:
        return self.closed_until is not None and day < self.closed_until

    def close(self, month: date, on: date) -> str:
        after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        if on < after:
            return "MonthNotOver"
        self.closed.append(after)
        return ""

    def leave(self, who: int, on: date) -> str:
        """From today on: what was planned for later is cancelled."""
        if self.leaving:
            return "AlreadyEnding"
        self.leaving = "ending"
        for order in self.orders.values():
            if order.who == who and order.state in {"planned", "held"} and order.need[2] >= on:
                order.state = "cancelled"
        return ""

    def stay(self) -> str:
        if self.leaving != "ending":
            return "NotEnding"
        self.leaving = ""
        return ""

    def pay_last(self, who: int, on: date) -> tuple[str, Decimal]:
        """What is lent first, then one order of the rest; a last order that did not go makes place for it."""
        if self.leaving != "ending":
            return "NotEnding", ZERO
        waiting = [o for o in self.orders.values() if o.who == who and o.last and o.state in {"planned", "held"}]
        value = self.money[who] - self.lent[who]
        if self._underway(who) - len(waiting) or value <= ZERO:
            return "SomethingIsLeft", ZERO
        for order in waiting:
            order.state = "cancelled"
        self.money[who], self.lent[who] = value, ZERO
        return "", value

    def end(self, who: int) -> str:
        if self.leaving != "ending":
            return "NotEnding"
        if self._underway(who) or self.money[who] or self.lent[who]:
            return "SomethingIsLeft"
        self.leaving = "ended"
        return ""

    def _underway(self, who: int) -> int:
        live = {"planned", "held", "batched", "released"}
        return sum(order.who == who and order.state in live for order in self.orders.values())

    def spendable(self, who: int) -> Decimal:
        """What a resident has, less what waits in batches."""
        return self.money[who] - sum(
            (order.amount for order in self.orders.values() if order.who == who and order.state == "batched"), ZERO
        )

    def repay(self) -> str:
        for who in self.lent:
            paid = min(self.spendable(who), self.lent[who])
            if paid > ZERO:
                self.money[who] -= paid
                self.lent[who] -= paid
        return ""

    def ready(self, first: date) -> list[str]:
        """What may go on this day, in the order of need; everything else is held."""
        waiting = [o for o in self.orders.items() if o[1].state in {"planned", "held"} and o[1].execute <= first]
        own = {order.who: self.spendable(order.who) for _, order in waiting}
        purse = {who: money + self.limit[who] - self.lent[who] for who, money in own.items()}
        today = {who: self.paid_on(who, first) for who in own}
        for _, order in sorted(waiting, key=lambda item: item[1].need):
            who, enough = order.who, order.amount <= (purse if order.kind == "charge" else own)[order.who]
            order.refused = order.to in self.refused
            enough = enough and not order.refused and today[who] + order.amount <= self.day_limit
            order.state = "planned" if enough else "held"
            if order.state == "planned":
                today[who] += order.amount
                purse[who] -= order.amount
                own[who] = max(own[who] - order.amount, ZERO)
        return [name for name, order in waiting if order.state == "planned"]

    def paid_on(self, who: int, day: date) -> Decimal:
        """What goes or went out for a resident on a day."""
        gone = {"batched", "released", "booked"}
        orders = [o for o in self.orders.values() if o.who == who and o.execute == day and o.state in gone]
        return sum((order.amount for order in orders), ZERO)

    def assemble(self, number: int, first: date) -> str:
        names = self.ready(first)
        if not names:
            return "NothingToPay"
        for name in names:
            self.orders[name].state, self.orders[name].execute = "batched", first
        self.batches[number] = Batch(names, first)
        return ""

    def approve(self, number: int) -> str:
        return self._to(number, "draft", "approved")

    def cancel(self, number: int) -> str:
        refused = self._to(number, "draft", "cancelled") and self._to(number, "approved", "cancelled")
        if not refused:
            self._set(self.batches[number].orders, "planned")
        return refused

    def release(self, number: int, on: date) -> str:
        batch = self.batches[number]
        if batch.state != "approved":
            return "AlreadyDecided"
        if any(self.orders[name].to in self.refused for name in batch.orders):
            return "NotToBePaid"
        if batch.first < on:
            return "CannotBePaid"
        money, lent = dict(self.money), dict(self.lent)
        for order in (self.orders[name] for name in sorted(batch.orders)):
            short = max(order.amount - max(money.get(order.who, ZERO), ZERO), ZERO)
            lent[order.who] = lent.get(order.who, ZERO) + short
            money[order.who] = money.get(order.who, ZERO) + short - order.amount
            if short and (order.kind == "remainder" or lent[order.who] > self.limit[order.who]):
                return "AdvanceNotAllowed"
        self.money.update(money)
        self.lent.update(lent)
        self._set(batch.orders, "released")
        return self._to(number, "approved", "released")

    def settled(self, names: Iterable[str], state: str) -> str:
        """The bank booked, returned or rejected released orders."""
        for name in names:
            order = self.orders[name]
            if state in {"booked", "returned"}:
                self.bank += order.amount if state == "returned" else -order.amount
            if state in {"returned", "rejected"}:
                self._paid_in(order.who, order.amount)
                self._refuse(order)
            order.state = state
        for batch in self.batches.values():
            if batch.state == "released" and all(self.orders[name].state != "released" for name in batch.orders):
                batch.state = "closed"
        return ""

    def _to(self, number: int, before: str, after: str) -> str:
        if self.batches[number].state != before:
            return "AlreadyDecided"
        self.batches[number].state = after
        return ""

    def _set(self, names: Iterable[str], state: str) -> None:
        for name in names:
            self.orders[name].state = state
