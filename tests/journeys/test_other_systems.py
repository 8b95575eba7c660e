"""Without hands but those of two people: the bank's folders, a system that assembles, and a portal that is told."""

import hashlib
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from backend.api.authentication import KeyThrottle
from backend.api.events import ALL_KINDS, subscribe
from backend.example.released import read_released
from payments.actions.batches import approve_batch, release_batch
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.backend.api.door import Door
from tests.backend.api.receiver import listening
from tests.backend.web.desk import MORNING, ON
from tests.faults.bank import Bank, came_in, paid

pytestmark = [pytest.mark.django_db, pytest.mark.journey]


def put(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    (folder / f"{name}.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  {name}\n")


def run_day() -> dict[str, Any]:
    told = io.StringIO()
    call_command("daily_run", "--json", stdout=told)
    steps: dict[str, Any] = json.loads(told.getvalue())["steps"]
    return steps


def test_pays_a_charge_with_machines_all_around_and_two_people_in_the_middle(settings: Any, tmp_path: Path) -> None:
    settings.INBOX, settings.OUTBOX = tmp_path / "in", tmp_path / "out"
    KeyThrottle.forget()
    with time_machine.travel(MORNING, tick=False) as clock, listening(now=int(MORNING.timestamp())) as portal:
        home = factories.house()
        who = factories.resident(home)
        factories.charge(home, who, day=3)
        income = factories.income(home, who)
        door, bank = Door.of(home), Bank(home.account.iban)
        _, secret = subscribe(name="portaal", url=portal.url, kinds=ALL_KINDS, by=home.case_worker)
        portal.secret = secret.encode()

        # Monday: income comes in by the bank's folder, and a system says whose it is.
        put(tmp_path / "in", "maandag.xml", bank.day(ON, came_in("1200.00", ON, name="Niemand")))
        assert [one["status"] for one in run_day()["take_in_bank_files"]["taken"]] == ["imported"]
        entry = f"/entries/{door.get('/entries?waits=true').json()['items'][0]['id']}"
        part = {"amount": "1200.00", "agreement": income.pk}
        assert door.change(entry, "decisions", {"parts": [part]}).status_code == 201
        run_day()
        clock.shift(timedelta(days=1))
        portal.now += 86400
        made = door.post("/batches", {"iban": home.account.iban}).json()

        # Two people, and only they, let it go.
        batch = PaymentBatch.objects.get(pk=made["id"])
        approve_batch(batch=batch, digest=made["digest"], on=ON + timedelta(days=1), by=home.approver)
        release_batch(batch=batch, now=MORNING + timedelta(days=1), by=home.approver)
        assert run_day()["place_payment_files"]["placed"] == [f"{batch.message_id}.xml"]

        # The bank carries out what it found in the folder, and says so on Wednesday.
        found = read_released((tmp_path / "out" / f"{batch.message_id}.xml").read_bytes()).payments
        orders = list(PaymentOrder.objects.filter(batch=batch))
        assert len(found) == len(orders)
        clock.shift(timedelta(days=1))
        portal.now += 86400
        wednesday = ON + timedelta(days=2)
        put(tmp_path / "in", "woensdag.xml", bank.day(wednesday, *(paid(order, wednesday) for order in orders)))
        steps = run_day()

        assert steps["take_in_bank_files"]["taken"][0]["settled"] == len(orders)
        assert PaymentBatch.objects.get().state == "closed"
        assert Decimal(made["total"]) == sum(order.amount for order in orders)
        told = portal.kinds()
        assert told.index("batch.released") < told.index("order.booked") < told.index("batch.closed")
        booked = [event["subject"] for event in portal.events.values() if event["type"].endswith("order.booked")]
        assert sorted(booked) == sorted(f"order:{order.pk}" for order in orders)
        assert f"resident:{who.pk}" in {event["subject"] for event in portal.events.values()}
        assert portal.not_believed == []
        assert door.get("/books").json()["ok"]
