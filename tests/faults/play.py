"""Random operations on a town and on the reference model, compared after each: same money, same states, same refusals.

A play is made from its seed alone, within one transaction that is rolled back; when it goes wrong, the seed and the
last operations are told, and the same seed plays the same again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from backend.example.statement_writer import Line
from budgeting.actions.entries import Part, decide_entry, take_back
from budgeting.actions.ledger import reverse
from budgeting.actions.statements import ImportResult
from budgeting.actions.undo import undo_import
from budgeting.core import closing
from budgeting.core.schedule import Recurrence
from budgeting.models import Counterparty, JournalEntry, Resident, StatementImport, WaitingEntry
from payments.actions.answers import take_in_answer
from payments.actions.batches import approve_batch, cancel_batch, release_batch
from payments.actions.checks import reconsider
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders, repay_advances
from payments.actions.settle import take_in_statement
from payments.core.banking_days import charge_day, plus
from payments.models import PaymentBatch, PaymentOrder
from tests import databases, factories
from tests.faults import flows
from tests.faults.balances import NUMBER_ANEW, a_batch, an_entry, apart, likely_batch, the_town
from tests.faults.bank import Bank, came_back, came_in, drawn, paid, paid_as_one, refusal
from tests.faults.model import NEED, ZERO, Model, Order
from tests.faults.picture import violations
from tests.faults.refusals import refusal_of as _name
from tests.faults.scene import steady
from tests.one_file import assemble_batch

LIMITS = ("0.00", "300.00", "900.00")
OPENING = Decimal("20000.00")
Charge = tuple[int, Decimal, date, str]


@dataclass(frozen=True)
class Imported:
    """A statement that stands in the books: its attempt, bytes and entries, and whether it told of our payments."""

    attempt: int
    day: date
    data: bytes
    entries: tuple[int, ...]
    ours: bool


class OtherThanTheModel(AssertionError):
    """The house and the model parted; the message says where, and how to see it again."""


@dataclass
class Play:
    """One town, its bank and its model, and what was done so far."""

    seed: int
    random: Random = field(init=False)
    on: date = factories.ON
    done: list[str] = field(default_factory=list)
    charges: dict[int, Charge] = field(default_factory=dict)
    gifts: dict[int, tuple[int, Decimal]] = field(default_factory=dict)
    imports: list["Imported"] = field(default_factory=list)
    known: list[Counterparty] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.home = factories.house(resident_day_limit=Decimal("900.00"))
        self.residents: dict[int, Resident] = {}
        self.incomes: dict[int, str] = {}
        for limit in LIMITS:
            who = factories.resident(self.home, limit=limit)
            benefit = factories.income(self.home, who, low=Decimal("1.00"), high=Decimal("5000.00"), window_days=45)
            self.residents[who.pk], self.incomes[who.pk] = who, benefit.counterparty.accounts.get().iban
        self.leaver = factories.resident(self.home, limit="50.00")
        self.residents[self.leaver.pk] = self.leaver
        limits = {number: who.advance_limit for number, who in self.residents.items()}
        self.model = Model(limits, Decimal("900.00"), self.leaver.pk, own=OPENING, bank=OPENING)
        self.bank = Bank(self.home.account.iban, OPENING)
        self._take_in([])

    @property
    def first(self) -> date:
        """The first day the bank can execute what is made today."""
        return plus(self.on, 1)

    def step(self) -> None:
        """One operation, chosen by chance, on both; then both must say the same."""
        operation = self.random.choices(OPERATIONS, WEIGHTS)[0]
        self.done.append(operation.__name__)
        expected, real = operation(self)
        if expected != real:
            raise OtherThanTheModel(self._told(f"{operation.__name__}: {real or 'done'}, not {expected or 'done'}"))
        for what, ours, theirs in self._both():
            if ours != theirs:
                raise OtherThanTheModel(self._told(f"{what} after {operation.__name__}: {apart(ours, theirs)}"))

    def verify(self) -> None:
        """Every invariant, now; but that nothing is forgotten (I-26) is up to who plans, and here that is chance."""
        if found := [what for what in violations() if not what.startswith("I-26 ")]:
            raise OtherThanTheModel(self._told("; ".join(found)))

    def _told(self, what: str) -> str:
        return f"{what}\nseed {self.seed}, operation {len(self.done)}: {' '.join(self.done[-12:])}"

    def _both(self) -> Iterator[tuple[str, Any, Any]]:
        """What the model says and what the house says, one fact after the other."""
        model, now = self.model, the_town()
        sums = now.sums
        for kind, said in (("resident", model.money), ("advance", {n: -v for n, v in model.lent.items()})):
            yield kind, {n: v for n, v in said.items() if v}, sums.get(kind, {})
        yield "own", model.own, sums.get("own", {}).get(None, ZERO)
        yield "bank", model.bank, -sums["bank"].get(None, ZERO)
        yield "suspense", sum(model.waiting.values(), ZERO), sums.get("suspense", {}).get(None, ZERO)
        transit = sum((order.amount for order in model.orders.values() if order.state == "released"), ZERO)
        yield "in transit", transit, sums.get("in_transit", {}).get(None, ZERO)
        yield "orders", {n: (o.state, o.amount, o.execute) for n, o in model.orders.items()}, now.orders
        yield "batches", {number: batch.state for number, batch in model.batches.items()}, now.batches
        yield "waiting", set(model.waiting), now.waiting
        yield "leaving", model.leaving, now.endings.get(self.leaver.pk, "")
        yield "closed", model.closed_until, now.closed and closing.month_after(now.closed)

    def statement(self) -> tuple[str, str]:
        """The bank's day: incomes, strangers' money, money drawn, our payments booked, doubled, returned."""
        lines: list[tuple[str, Any, Line]] = []
        for who, iban in self.incomes.items():
            if self.random.random() < 0.2:
                text = {"iban": iban, "name": "Uitkeerder", "remittance": "uitkering"}
                lines.append(("income", who, came_in(self._euro(50, 700), self.on, **text)))
        for _ in range(self.random.randint(1, 3)):
            way = self.random.choice([came_in, came_in, drawn])
            lines.append(("stranger", None, way(self._euro(1, 150), self.on, name="X", remittance="iets anders")))
        lines += self._news_of_orders()
        self.random.shuffle(lines)
        return "", self._take_in(lines)

    def _news_of_orders(self) -> Iterator[tuple[str, Any, Line]]:
        orders = {
            order.end_to_end_id: order
            for order in PaymentOrder.objects.filter(state__in=["released", "booked"]).order_by("pk")
        }
        as_one = self.random.random() < 0.3 and a_batch(self.random, "released")
        for name, order in orders.items():
            chance = self.random.random()
            if as_one and order.batch_id == as_one.pk and order.state == "released":
                continue
            if order.state == "released" and chance < 0.6:
                yield "paid", name, paid(order, self.on)
                for _ in range(int(chance < 0.04) + int(chance < 0.02)):
                    yield "paid", name, paid(order, self.on)
                for _ in range(int(0.02 < chance < 0.12) + int(0.02 < chance < 0.05)):
                    yield "back", name, came_back(order, self.on)
            elif order.state == "booked" and chance < 0.08:
                yield "back", name, came_back(order, self.on)
                if chance < 0.02:
                    yield "back", name, came_back(order, self.on)
        if as_one:
            left = [name for name, order in orders.items() if (order.batch_id, order.state) == (as_one.pk, "released")]
            amount = sum((orders[name].amount for name in left), ZERO)
            yield "as_one", left, paid_as_one(as_one, self.on, amount)

    def _take_in(self, lines: list[tuple[str, Any, Line]]) -> str:
        data = self.bank.day(self.on, *(line for _, _, line in lines))
        result = self._taken(data)
        assert result.attempt_id is not None
        ours = any(kind in {"paid", "back", "as_one"} for kind, _, _ in lines)
        self.imports.append(Imported(result.attempt_id, self.on, data, result.entry_ids, ours))
        open_now = set(
            WaitingEntry.objects.filter(pk__in=result.entry_ids, closed_at=None).values_list("pk", flat=True)
        )
        told = list(zip(result.entry_ids, lines, strict=True))
        seen: set[tuple[str, object]] = set()
        for entry, (kind, about, line) in sorted(told, key=lambda one: one[1][0] == "back"):
            if (kind, str(about)) in seen and kind in {"paid", "back"}:
                self.model.came(entry, line.amount, None)
                continue
            seen.add((kind, str(about)))
            if kind == "income":
                self.model.came(entry, line.amount, None if entry in open_now else about)
            elif kind == "stranger":
                self.model.came(entry, line.amount, None)
            else:
                names = about if kind == "as_one" else [about]
                self.model.settled(names, "returned" if kind == "back" else "booked")
        return "" if result.status == "imported" else result.status

    def _taken(self, data: bytes) -> ImportResult:
        return take_in_statement(data=data, name="a.xml", by=self.home.case_worker, on=self.on).result

    def same_file(self) -> tuple[str, str]:
        return "already_imported", self._taken(self.random.choice(self.imports).data).status

    def undo(self) -> tuple[str, str]:
        """Mostly of the latest statement; the first, with which the books began, stays."""
        last = self.random.choice([self.imports[-1], self.imports[-1], *self.imports[1:]])
        attempt, by = StatementImport.objects.get(pk=last.attempt), self.home.case_worker
        if last is self.imports[0]:
            return "", ""
        real = _name(lambda: undo_import(attempt=attempt, reason="x", on=self.on, by=by))
        if last is not self.imports[-1] or last.ours or self.model.is_closed(last.day):
            return "CannotUndo", real
        expected = self.model.undo(last.entries)
        if not expected:
            self.imports.pop()
            self.bank.balance = self.bank.pages.pop().opening
        return expected, real

    def tomorrow(self) -> tuple[str, str]:
        self.on = plus(self.on, self.random.randint(1, 2))
        return "", ""

    def new_charge(self) -> tuple[str, str]:
        who, amount = self.random.choice(list(self.incomes)), self._amount(5, 500)
        category, due = self.random.choice(list(NEED)), self.on + timedelta(days=self.random.randint(-3, 9))
        once = {"recurrence": Recurrence(unit="once", starts_on=due), "valid_from": date(2026, 1, 1)}
        facts = {"amount": str(amount), "category": category, "to": self._counterparty()}
        made = factories.charge(self.home, self.residents[who], **facts, **once)
        self.charges[made.pk] = (who, amount, due, category)
        return "", ""

    def plan(self) -> tuple[str, str]:
        """Every charge that is due around today has its order, once."""
        near = {n: c for n, c in self.charges.items() if -31 <= (c[2] - self.on).days < 35}
        known = set(PaymentOrder.objects.filter(kind="charge").values_list("agreement_id", flat=True))
        planned = plan_orders(on=self.on, first=self.first)
        for order in PaymentOrder.objects.filter(kind="charge", agreement__in=near).order_by("pk"):
            who, amount, due, category = near[order.agreement_id]
            need = (False, NEED[category], due, who, order.pk)
            day = charge_day(due, first=self.first)
            kept = self.model.orders.setdefault(
                order.end_to_end_id, Order(who, amount, need, day, "charge", order.iban)
            )
            if kept.state in {"planned", "held"}:
                kept.execute = day
        return str(len(near.keys() - known)), str(planned.new)

    def remainders(self) -> tuple[str, str]:
        """How much is for the core's own tests; here each pay day has one living order, of money and no more."""
        plan_remainders(on=self.on, first=self.first)
        for row in (rows := PaymentOrder.objects.filter(kind="remainder").order_by("pk")):
            need = (True, 5, row.due_on, row.resident_id, row.pk)
            order = self.model.orders.setdefault(
                row.end_to_end_id, Order(row.resident_id, row.amount, need, row.execute_on, "remainder", row.iban)
            )
            if row.state in {"planned", "held", "cancelled"} and order.state in {"planned", "held"}:
                order.state, order.amount, order.execute = row.state, row.amount, row.execute_on
        live = [
            (row.resident_id, row.due_on) for row in rows if row.state in {"planned", "held", "batched", "released"}
        ]
        return "", "" if len(live) == len(set(live)) else "two remainders of one day"

    def look_again(self) -> tuple[str, str]:
        self.model.ready(self.first)
        reconsider(on=self.on, first=self.first)
        return "", ""

    def assemble(self) -> tuple[str, str]:
        made: list[PaymentBatch] = []
        account, by = self.home.account, self.home.case_worker
        real = _name(lambda: made.append(assemble_batch(bank_account=account, on=self.on, first=self.first, by=by)))
        return self.model.assemble(made[0].pk if made else 0, self.first), real

    def approve(self) -> tuple[str, str]:
        if (batch := likely_batch(self.random, "draft")) is None:
            return "", ""
        real = _name(lambda: approve_batch(batch=batch, digest=batch.digest, on=self.on, by=self.home.approver))
        return self.model.approve(batch.pk), real

    def cancel(self) -> tuple[str, str]:
        if (batch := a_batch(self.random)) is None:
            return "", ""
        by = self.home.case_worker if batch.state == "draft" else self.home.approver
        return self.model.cancel(batch.pk), _name(lambda: cancel_batch(batch=batch, reason="x", on=self.on, by=by))

    def release(self) -> tuple[str, str]:
        if (batch := likely_batch(self.random, "approved")) is None:
            return "", ""
        now = datetime.combine(self.on, time(10), tzinfo=ZoneInfo("Europe/Amsterdam"))
        expected = self.model.release(batch.pk, self.on)
        return expected, _name(lambda: release_batch(batch=batch, now=now, by=self.home.approver))

    def reject(self) -> tuple[str, str]:
        """The bank refuses some orders of a file; what was booked before stays booked."""
        if (batch := a_batch(self.random, "released", "closed")) is None:
            return "", ""
        names = [name for name in self.model.batches[batch.pk].orders if self.random.random() < 0.3]
        data = refusal(batch, dict.fromkeys(names, "AC04"), self.on)
        said = take_in_answer(data=data, on=self.on, by=None)
        refused = [name for name in names if self.model.orders[name].state == "released"]
        self.model.settled(refused, "rejected")
        return str(len(refused)), str(said.rejected)

    def decide(self) -> tuple[str, str]:
        if (entry := an_entry(self.random)) is None:
            return "", ""
        cut = (entry.amount * self.random.choice([0, 0, 25, 50]) / 100).quantize(Decimal("0.01"))
        parts = [(self._who(), entry.amount - cut), (self.random.choice([None, self._who()]), cut)][: 2 if cut else 1]
        real = [Part(amount, self.residents.get(who or 0)) for who, amount in parts]
        by = self.home.case_worker
        return self.model.decide(entry.pk, parts), _name(
            lambda: decide_entry(entry=entry, parts=real, on=self.on, by=by)
        )

    def take_back(self) -> tuple[str, str]:
        if (entry := an_entry(self.random)) is None:
            return "", ""
        real = _name(lambda: take_back(entry=entry, reason="x", on=self.on, by=self.home.case_worker))
        return self.model.take_back(entry.pk), real

    def give(self, to: int = 0) -> tuple[str, str]:
        who, amount = to or self._who(), self._amount(1, 300)
        factories.give(self.home, self.residents[who], str(amount), on=self.on)
        self.gifts[JournalEntry.objects.latest("pk").pk] = (who, amount)
        return self.model.give(who, amount), ""

    def reverse(self) -> tuple[str, str]:
        if not self.gifts:
            return "", ""
        number = self.random.choice(list(self.gifts))
        entry, by = JournalEntry.objects.get(pk=number), self.home.case_worker
        real = _name(lambda: reverse(journal_entry=entry, reason="x", by=by, on=self.on))
        who, amount = self.gifts[number]
        if amount == ZERO:
            return "AlreadyReversed", real
        expected = self.model.give(who, -amount)
        self.gifts[number] = (who, amount if expected else ZERO)
        return expected, real

    def repay(self) -> tuple[str, str]:
        """Mostly after some money came in for who was lent."""
        borrowers = [number for number, value in self.model.lent.items() if value]
        if borrowers and self.random.random() < 0.7:
            self.give(self.random.choice(borrowers))
        repay_advances(on=self.on)
        return self.model.repay(), ""

    def _who(self) -> int:
        return self.random.choice(list(self.residents))

    def _counterparty(self) -> Counterparty:
        """Mostly one who is paid already, as one energy company is by many."""
        if not self.known or self.random.random() < 0.15:
            self.known.append(factories.landlord(self.home))
        return self.random.choice(self.known)

    def _euro(self, least: int, most: int) -> str:
        return f"{self.random.randint(least, most)}.{self.random.randint(0, 99):02d}"

    def _amount(self, least: int, most: int) -> Decimal:
        return Decimal(self._euro(least, most))


CHANCES = {
    Play.statement: 5, Play.same_file: 1, Play.tomorrow: 2, Play.new_charge: 4, Play.plan: 3, Play.remainders: 1,
    Play.look_again: 1, Play.assemble: 3, Play.approve: 4, Play.cancel: 1, Play.release: 6, Play.reject: 1,
    Play.decide: 4, Play.take_back: 2, Play.give: 2, Play.reverse: 1, Play.undo: 1, Play.repay: 3, **flows.CHANCES,
}  # fmt: skip
OPERATIONS, WEIGHTS = list(CHANCES), list(CHANCES.values())


@contextmanager
def played(seed: int) -> Iterator[Play]:
    """A play of this seed, of which nothing is kept, in a database of its own that is as good as new."""
    with databases.owner(connection.settings_dict["NAME"]) as server:
        server.execute(NUMBER_ANEW)
    with steady(), transaction.atomic():
        yield Play(seed)
        transaction.set_rollback(True)


def play(seed: int, operations: int) -> int:
    """Plays so many operations and verifies the books now and then; answers how many were played."""
    with played(seed) as made:
        for number in range(operations):
            made.step()
            if number % 75 == 74:
                made.verify()
        made.verify()
    return operations
