"""A small town in the middle of its work, made from a seed: the same seed gives the same people, money and days.

Each `Step` is one thing a case worker, an approver or the bank does. Doing it again, as someone does who does not know
whether the first time came through, must change nothing: `Step.again` names the refusals that say so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.test import override_settings

from budgeting.actions.entries import NotWaiting, Part, decide_entry
from budgeting.models import Agreement, Entry, Resident
from payments.actions.answers import take_in_answer
from payments.actions.batches import AlreadyDecided, NothingToPay, approve_batch, release_batch
from payments.actions.day import run_day
from payments.actions.settle import TakenIn, take_in_statement
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.factories import House
from tests.faults.bank import Bank, came_back, came_in, drawn, paid, refusal
from tests.one_file import assemble_batch

ON = date(2026, 11, 2)  # a Monday
FIRST = ON + timedelta(days=1)
NOW = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@dataclass
class Scene:
    """The town, its bank and what the bank is going to send; `sent` keeps bytes so that they never differ."""

    random: Random
    home: House
    bank: Bank
    residents: list[Resident] = field(default_factory=list)
    incomes: dict[int, Agreement] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The bytes of this name, made the first time they are asked for."""
        if name not in self.sent:
            self.sent[name] = make()
        return self.sent[name]


@dataclass(frozen=True)
class Step:
    """One thing that is done; `again` are the refusals that tell someone it was done before.

    `whole`: it is kept as one or not at all. The day's run keeps each of its own steps.
    """

    name: str
    do: Callable[[Scene], object]
    again: tuple[type[Exception], ...] = ()
    whole: bool = True
    had_effect: Callable[[Any], object] = id
    effects: int | None = 1  # of many who do it at once, so many have an effect
    ready: Callable[[Scene], object] = id  # what the bank prepares on its own side

    def repeat(self, scene: Scene) -> None:
        """Does it as someone does who does not know whether it came through."""
        try:
            self.do(scene)
        except self.again:
            return


@contextmanager
def steady() -> Iterator[None]:
    """Inside, the same seed gives the same names, accounts and end-to-end ids on every machine."""
    numbers, factories._numbers = factories._numbers, count(1)
    try:
        with override_settings(E2E_KEY=b"the same on every machine, every day"):
            yield
    finally:
        factories._numbers = numbers


def scene(seed: int) -> Scene:
    """Residents with an income, charges, some money and perhaps an advance; everything else is still to come."""
    random = Random(seed)
    home = factories.house()
    made = Scene(random, home, Bank(home.account.iban, Decimal(random.randrange(100_000, 900_000)) / 100))
    for number in range(random.randint(2, 3)):
        limit = f"{random.choice([0, 50, 400])}.00"
        who = factories.resident(home, money=_euro(random, 100, 900), limit=limit, on=ON)
        made.residents.append(who)
        made.incomes[who.pk] = factories.income(home, who, amount=_euro(random, 400, 1600), day=2)
        for category in random.sample(["rent", "energy", "water", "subscriptions"], 2 if number else 1):
            factories.charge(home, who, amount=_euro(random, 20, 500), day=random.randint(1, 3), category=category)
    return made


def _euro(random: Random, least: int, most: int) -> str:
    return f"{random.randint(least, most)}.{random.randint(0, 99):02d}"


def _first_statement(scene: Scene) -> bytes:
    lines = []
    for who in scene.residents:
        benefit = scene.incomes[who.pk]
        told = {"iban": benefit.counterparty.accounts.get().iban, "name": benefit.counterparty.name}
        lines.append(came_in(str(benefit.amounts.get().amount), ON, remittance="uitkering november", **told))
    lines.append(came_in(_euro(scene.random, 5, 90), ON, name="J. Voorbeeld", remittance="voor het winkelen"))
    lines.append(drawn(_euro(scene.random, 1, 9), ON, name="Bank", remittance="kosten"))
    return scene.bank.day(ON, *lines)


def _sent_first(scene: Scene) -> bytes:
    return scene.once("import", lambda: _first_statement(scene))


def _import(scene: Scene) -> object:
    return _taken_in(scene, _sent_first(scene))


def _taken_in(scene: Scene, data: bytes) -> object:
    return take_in_statement(data=data, name="camt.xml", by=scene.home.case_worker, on=ON + timedelta(days=7))


def _decide(scene: Scene) -> object:
    entry = Entry.objects.filter(counterparty_name="J. Voorbeeld").get()
    half = (entry.amount / 2).quantize(Decimal("0.01"))
    parts = [Part(half, scene.residents[0]), Part(entry.amount - half, scene.residents[1])]
    return decide_entry(entry=entry, parts=parts, on=ON, by=scene.home.case_worker)


def _plan(scene: Scene) -> object:
    return run_day(on=ON, first=FIRST, by=scene.home.case_worker)


def _assemble(scene: Scene) -> object:
    return assemble_batch(bank_account=scene.home.account, on=ON, first=FIRST, by=scene.home.case_worker)


def _approve(scene: Scene) -> object:
    batch = PaymentBatch.objects.get()
    return approve_batch(batch=batch, digest=batch.digest, on=ON, by=scene.home.approver)


def _release(scene: Scene) -> object:
    return release_batch(batch=PaymentBatch.objects.get(), now=NOW, by=scene.home.approver)


def _orders() -> list[PaymentOrder]:
    return list(PaymentOrder.objects.exclude(batch=None).order_by("end_to_end_id"))


def _answered(scene: Scene) -> bytes:
    return scene.once("answer", lambda: refusal(PaymentBatch.objects.get(), {_orders()[0].end_to_end_id: "AC04"}, ON))


def _answer(scene: Scene) -> object:
    return take_in_answer(data=_answered(scene), on=FIRST, by=scene.home.case_worker)


def _settled(scene: Scene) -> bytes:
    return scene.once("settle", lambda: scene.bank.day(FIRST, *(paid(order, FIRST) for order in _orders()[1:])))


def _settle(scene: Scene) -> object:
    return _taken_in(scene, _settled(scene))


def _returned(scene: Scene) -> bytes:
    day = FIRST + timedelta(days=1)
    return scene.once("return", lambda: scene.bank.day(day, came_back(_orders()[-1], day)))


def _return(scene: Scene) -> object:
    return _taken_in(scene, _returned(scene))


def _is_imported(taken: TakenIn) -> bool:
    return taken.result.status == "imported"


STEPS = (
    Step("import", _import, ready=_sent_first, had_effect=_is_imported),
    Step("decide", _decide, (NotWaiting,)),
    Step("plan", _plan, whole=False, effects=None),
    Step("assemble", _assemble, (NothingToPay,)),
    Step("approve", _approve, (AlreadyDecided,)),
    Step("release", _release, (AlreadyDecided,)),
    Step("answer", _answer, ready=_answered, had_effect=lambda answered: answered.rejected),
    Step("settle", _settle, ready=_settled, had_effect=_is_imported),
    Step("return", _return, ready=_returned, had_effect=_is_imported),
)
