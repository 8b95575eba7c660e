"""The command that makes, lists and stops keys of other systems."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from backend.models import ApiKey
from budgeting.models import AuditEvent, User
from payments.actions.batches import NotTheSecondPerson, approve_batch
from payments.actions.plan import plan_orders
from payments.models import PaymentBatch
from tests import factories
from tests.backend.api.door import Door
from tests.backend.web.desk import ON
from tests.factories import House

PORTAL = ("portaal", "--scope=story:read", "--purpose=mijn-portaal", "--until=2027-01-01")


def key(*arguments: str) -> Any:
    told = StringIO()
    call_command("api_key", *arguments, "--json", stdout=told)
    return json.loads(told.getvalue())


def test_makes_a_key_that_opens_what_it_says_and_tells_it_once(home: House) -> None:
    made = key("add", *PORTAL, f"--by={home.case_worker.username}")
    who = factories.resident(home)
    headers = {"Authorization": f"Bearer {made['key']}", "X-Doelbinding": "mijn-portaal"}

    assert Client().get(f"/api/v1/residents/{who.pk}/story", headers=headers).status_code == 200
    assert Client().get(f"/api/v1/residents/{who.pk}", headers=headers).status_code == 403
    assert made["key"].split("_", 2)[2] not in str(key("list"))
    assert AuditEvent.objects.filter(action="api_key.added", actor=home.case_worker.username).count() == 1


def test_stops_a_key_at_once(home: House) -> None:
    made = key("add", *PORTAL, f"--by={home.case_worker.username}")

    assert key("stop", made["label"], f"--by={home.case_worker.username}")["stopped"]
    answer = Client().get("/api/v1/health", headers={"Authorization": f"Bearer {made['key']}"})
    assert answer.status_code == 401
    with pytest.raises(CommandError, match="no open key"):
        key("stop", made["label"], f"--by={home.case_worker.username}")


@pytest.mark.parametrize(
    "wrong",
    [("--until=2020-01-01",), ("--purpose=x",), ("--by=niemand",), ("--purpose=spatie ",), ("--scope=everything",)],
)
def test_makes_no_key_that_is_not_right(home: House, wrong: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        key("add", *PORTAL, f"--by={home.case_worker.username}", *wrong)
    assert not ApiKey.objects.exists()


def test_lets_nobody_log_in_as_a_system(door: Door) -> None:
    system = User.objects.get(username="systeem zaaksysteem")

    assert not system.has_usable_password()


def test_lets_nobody_approve_what_their_own_key_put_in_a_file(door: Door, home: House) -> None:
    who = factories.resident(home, money="900.00")
    factories.charge(home, who, day=2)
    plan_orders(on=ON, first=ON, by=None)
    batch = door.post("/batches", {"iban": home.account.iban}).json()
    responsible = home.case_worker
    factories.grant_role(user=responsible, role="approver", on=ON, by=None)

    with pytest.raises(NotTheSecondPerson):
        approve_batch(batch=batch_row(batch), digest=batch["digest"], on=ON, by=responsible)
    assert approve_batch(batch=batch_row(batch), digest=batch["digest"], on=ON, by=home.approver).state == "approved"


def batch_row(batch: dict[str, Any]) -> Any:
    return PaymentBatch.objects.get(pk=batch["id"])
