"""The same changes through the pages, the API and a command leave the same rows and the same events."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import BinaryField, DateTimeField, ForeignKey, Model

from budgeting.models import (
    Account,
    Agreement,
    AgreementAmount,
    AgreementException,
    AgreementPause,
    Allocation,
    Assignment,
    AuditEvent,
    Counterparty,
    Entry,
    Household,
    JournalEntry,
    ParticipationSheet,
    Posting,
    Resident,
    StatementImport,
    User,
    WaitingEntry,
)
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch, PaymentOrder
from tests import databases, factories
from tests.backend.api.door import Door
from tests.backend.api.test_frame import newcomer
from tests.backend.web.desk import ON, signed_in
from tests.factories import House
from tests.faults.bank import Bank, came_in

TABLES: tuple[type[Model], ...] = (
    Household, Resident, ParticipationSheet, Account, Assignment, Counterparty, Agreement, AgreementAmount,
    AgreementPause, AgreementException, StatementImport, Entry, WaitingEntry, JournalEntry, Posting, Allocation,
    PaymentOrder, PaymentBatch,
)  # fmt: skip
OPERATIONS = 10


@dataclass
class World:
    """A town of its own, the same every time, and the ways into it."""

    home: House
    door: Door
    folder: Path
    bank: Bank
    page: Any = None
    own: list[int] = field(default_factory=list)
    day: date = ON

    @classmethod
    def made(cls, folder: Path) -> "World":
        factories._numbers = iter(range(1, 10_000))
        home = factories.house()
        world = cls(
            home, Door.of(home), folder, Bank(home.account.iban, Decimal("1000.00")), signed_in(home.case_worker)
        )
        who = factories.resident(home, money="900.00")
        factories.charge(home, who, day=2)
        plan_orders(on=ON, first=ON, by=None)
        world.own.append(who.pk)
        return world


def send(answer: Any, *expected: int) -> Any:
    assert answer.status_code in (expected or (200, 201, 302)), answer.content[:2000]
    return answer


def register(world: World, way: str, chance: Random) -> None:
    facts = newcomer(world.home, last_name=f"Nieuwkomer {chance.randrange(10**6)}")
    facts["iban"] = factories.made_up_iban(chance.randrange(10**8))
    if way == "page":
        rhythm = facts.pop("pay_rhythm")
        del facts["case_worker"]
        form = {**facts, "language": "nl", "unit": rhythm["unit"], "every": 1, "starts_on": rhythm["starts_on"]}
        send(world.page.post("/inwoners/nieuw/", form), 302)
    else:
        send(world.door.post("/residents", facts), 201)


def agree(world: World, way: str, chance: Random) -> None:
    who, number = world.own[0], chance.randrange(10**6)
    iban, amount = (
        factories.made_up_iban(chance.randrange(10**8)),
        f"{chance.randrange(1, 900)}.{chance.randrange(10, 99)}",
    )
    facts = {
        "direction": chance.choice(["in", "out"]),
        "category": "rent",
        "description": f"Huur {number}",
        "iban": iban,
    }
    if way == "page":
        form = {**facts, "name": f"Partij {number}", "amount": amount.replace(".", ","), "unit": "month", "every": 1}
        send(
            world.page.post(f"/inwoners/{who}/afspraak/", form | {"starts_on": "2026-12-01", "words": "huur, 12"}), 302
        )
    else:
        rhythm = {"unit": "month", "every": 1, "starts_on": "2026-12-01"}
        body = {**facts, "resident": who, "counterparty": f"Partij {number}", "amount": amount, "recurrence": rhythm}
        send(world.door.post("/agreements", body | {"words": ["huur", "12"]}), 201)


def change(world: World, way: str, chance: Random) -> None:
    """Another amount, a pause or an end of an agreement that has not one yet."""
    agreement = chance.choice(list(Agreement.objects.order_by("pk")))
    what = chance.choice(["amount", "pause", "end"])
    day = (ON + timedelta(days=chance.randrange(60, 900))).isoformat()
    body = {
        "amount": {"amount": f"{chance.randrange(1, 900)}.50", "valid_from": day},
        "pause": {"valid_from": day, "reason": "Verhuizing"},
        "end": {"valid_until": day},
    }[what]
    if way == "page":
        form = {
            f"{what}-{name}": value.replace(".", ",") if name == "amount" else value for name, value in body.items()
        }
        send(world.page.post(f"/afspraken/{agreement.pk}/{what}/", form), 302, 422)
    else:
        address = {"amount": "amounts", "pause": "pauses", "end": "endings"}[what]
        send(world.door.change(f"/agreements/{agreement.pk}", address, body), 201, 409)


def statement(world: World, way: str, chance: Random) -> None:
    world.day += timedelta(days=1)
    data = world.bank.day(world.day, came_in(f"{chance.randrange(1, 90)}.00", world.day, name="Niemand"))
    if way == "page":
        file = SimpleUploadedFile("afschrift.xml", data)
        send(world.page.post("/bank/", {"chosen": [file]}), 302)
    elif way == "api":
        send(world.door.post("/statements", data, content_type="application/xml", x_file_name="afschrift.xml"), 201)
    else:
        (world.folder / "afschrift.xml").write_bytes(data)
        call_command("import_statements", str(world.folder / "afschrift.xml"), "--json", stdout=StringIO())


def decide(world: World, way: str, chance: Random) -> None:
    """Gives the entry that waits longest to the resident, or takes the last decision back."""
    waiting = WaitingEntry.objects.filter(closed_at=None).order_by("opened_at", "pk").first()
    if waiting is None:
        return
    who, amount = world.own[0], waiting.entry.amount
    if way == "page":
        form = {"choose": f"resident:{who}", "category": "benefit"}
        send(world.page.post(f"/bank/wachtend/{waiting.pk}/", form), 302)
    else:
        part = {"amount": f"{amount:.2f}", "resident": who, "category": "benefit"}
        send(world.door.change(f"/entries/{waiting.pk}", "decisions", {"parts": [part]}), 201)


def assemble(world: World, way: str, chance: Random) -> None:
    if way == "page":
        send(world.page.post("/betalen/maken/", {"bank_account": world.home.account.pk}), 302)
    else:
        send(world.door.post("/batches", {"iban": world.home.account.iban}), 201, 409)


def cancel(world: World, way: str, chance: Random) -> None:
    batch = PaymentBatch.objects.filter(state="draft").first()
    if batch is None:
        return
    if way == "page":
        send(world.page.post(f"/betalen/bestand/{batch.pk}/annuleren/", {"reason": "Te vroeg"}), 302)
    else:
        send(world.door.change(f"/batches/{batch.pk}", "cancellations", {"reason": "Te vroeg"}), 201)


CHANGES: tuple[Callable[[World, str, Random], None], ...] = (
    register, agree, change, statement, decide, assemble, cancel,
)  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row, without who made it and when: that is what differs."""
    return {table.__name__: [_row(row) for row in table._base_manager.order_by("pk")] for table in TABLES}


def _row(row: Model) -> dict[str, Any]:
    fields = [f for f in row._meta.concrete_fields if not isinstance(f, DateTimeField | BinaryField)]
    return {
        f.name: f.value_from_object(row) for f in fields if not (isinstance(f, ForeignKey) and f.related_model is User)
    }


def events() -> list[tuple[object, ...]]:
    """What was done, without who did it; looking is another thing on a page than in an answer."""
    told = AuditEvent.objects.exclude(action__in=["looked", "api_key.added"]).order_by("id")
    return [
        (e.action, e.subject, e.resident_id, {k: v for k, v in json.loads(e.body).items() if k != "purpose"})
        for e in told
    ]


def walked(folder: Path, way: str, seed: int) -> tuple[Any, Any]:
    """The rows and events after the same operations, done this way."""
    chance = Random(seed)
    with databases.own_database():
        world = World.made(folder)
        chosen = [*CHANGES, *(chance.choice(CHANGES) for _ in range(OPERATIONS - len(CHANGES)))]
        chance.shuffle(chosen)
        for number, operation in enumerate(chosen):
            operation(world, way, Random(seed * 1000 + number))
        return rows(), events()


@pytest.mark.parametrize("seed", [1, 2])
def test_leaves_the_same_rows_and_events_by_page_api_and_command(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, seed: int
) -> None:
    with django_db_blocker.unblock():
        by_page, by_api, by_command = (walked(tmp_path, way, seed) for way in ("page", "api", "command"))

    assert by_page[1] == by_api[1] == by_command[1]
    assert {action for action, *_ in by_page[1]} >= {"resident.registered", "agreement.made", "statement.imported"}
    for table in by_page[0]:
        assert by_page[0][table] == by_api[0][table] == by_command[0][table], table
