"""A client that nobody here wrote, made from the OpenAPI document, walks a euro's whole way against the served product.

It brings the statement, decides whose the money is, has the batch put together and brings the statement on which it was
paid. Two people approve and release: for that there is no door.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from backend.api.access_keys import Wanted, add_key
from backend.api.scopes import SCOPES
from budgeting.core.schedule import Recurrence
from budgeting.models import Agreement, Resident
from payments.actions.batches import approve_batch, release_batch
from payments.core import banking_days
from payments.models import PaymentBatch, PaymentOrder
from tests import factories
from tests.databases import OwnDatabase
from tests.faults.bank import Bank, came_in, paid
from tests.serving import ROOT, served

NAME = "generated_client"
PURPOSE = "inkomensbeheer"


@dataclass
class Way:
    """Who is on the way, and the first day on which the bank can still pay."""

    home: factories.House
    resident: Resident
    income: Agreement
    on: date
    first: date


class Client:
    """The generated functions by their names in the document; each answer as the generated code reads it."""

    def __init__(self, address: str, token: str) -> None:
        made = importlib.import_module(f"{NAME}.client")
        self._door = made.AuthenticatedClient(base_url=f"{address}/api/v1", token=token, timeout=30)
        self._keys = count(1)

    def close(self) -> None:
        """Lets go of its connections."""
        self._door.get_httpx_client().close()

    def get(self, resource: str, name: str, *row: int, **asked: Any) -> Any:
        return self._call(resource, name, *row, **asked)

    def post(self, resource: str, name: str, *row: int, body: Any, **headers: Any) -> Any:
        return self._call(resource, name, *row, body=body, idempotency_key=f"client-{next(self._keys):06d}", **headers)

    def _call(self, resource: str, name: str, *row: int, **asked: Any) -> Any:
        module = importlib.import_module(f"{NAME}.api.{resource}.{name}")
        answer = module.sync_detailed(*row, client=self._door, x_doelbinding=PURPOSE, **asked)
        assert answer.status_code < 300, answer.content
        return answer


def model(name: str) -> Any:
    return getattr(importlib.import_module(f"{NAME}.models"), name)


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's package, importable."""
    programs = Path(sys.executable).parent
    command = [str(programs / "openapi-python-client"), "generate", "--meta", "none", "--overwrite"]
    command += ["--path", str(ROOT / "docs" / "openapi.yaml"), "--output-path", str(tmp_path / NAME)]
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PATH": path})
    assert done.returncode == 0, done.stdout
    # Of what only hands out bytes the generator leaves the typed answer out, and says so; of nothing else.
    left_out = {line.split(" within")[0] for line in done.stdout.splitlines() if line.startswith("WARNING")}
    assert left_out <= {f"WARNING parsing GET {a}" for a in ("/batches/{number}/file", "/journal")}, done.stdout
    monkeypatch.syspath_prepend(tmp_path)


@pytest.fixture
def way(own_database: OwnDatabase) -> Way:
    now = timezone.localtime()
    home = factories.house()
    on, first = now.date(), banking_days.first_execution_day(now.date(), now.time(), home.town.cut_off)
    once = Recurrence(unit="once", starts_on=first)
    weekly = Recurrence(unit="week", starts_on=first, weekdays=(first.isoweekday(),))
    who = factories.resident(home, pay_rhythm=weekly)
    factories.charge(home, who, amount="612.40", recurrence=once, valid_from=date(2026, 1, 1))
    income = factories.income(home, who, amount="900.00", recurrence=once, valid_from=date(2026, 1, 1))
    return Way(home, who, income, on, first)


@pytest.fixture
def client(generated: None, way: Way, own_database: OwnDatabase) -> Iterator[Client]:
    wanted = Wanted("zaaksysteem", tuple(SCOPES), (PURPOSE,), way.on + timedelta(days=30))
    _, token = add_key(wanted=wanted, responsible=way.home.case_worker, on=way.on)
    with served(own_database.environment) as address, closing(Client(address, token)) as made:
        yield made


@pytest.mark.journey
def test_walks_a_euros_whole_way_with_a_client_that_was_generated(client: Client, way: Way) -> None:
    bank = Bank(way.home.account.iban)
    came = came_in("900.00", way.on, name="Onbekende afzender", remittance="geld")
    taken = bring(client, bank.day(way.on, came))
    assert (taken.status, taken.entries, taken.new) == ("imported", 1, 1)

    decide(client, way)
    call_command("daily_run", "--json", stdout=StringIO())
    made = client.post("batches", "post_batch", body=model("NewBatchRequest")(iban=way.home.account.iban)).parsed
    two_people_let_it_go(way, made.id, made.digest)
    orders = list(PaymentOrder.objects.filter(batch=made.id))
    assert [order.kind for order in orders] == ["charge", "remainder"]

    bring(client, bank.day(way.first, *(paid(order, way.first) for order in orders)))

    booked = client.get("orders", "orders", batch=made.id).parsed.items
    assert [order.state for order in booked] == ["booked", "booked"]
    assert client.get("batches", "batch", made.id).parsed.state == "closed"
    story = client.get("residents", "story", way.resident.pk, language=model("StoryLanguage")("nl")).parsed
    blocks = {block.key: block for block in story.blocks}
    assert [(item.amount, item.tone) for item in blocks["charges"].items] == [("612.40", "paid")]
    assert blocks["money"].figure == "230.08", "900.00 less 612.40 rent and 57.52, of 287.60 over five weeks"
    assert client.get("books", "books").parsed.ok


def bring(client: Client, statement: bytes) -> Any:
    """Brings a bank file; what became of it."""
    file = importlib.import_module(f"{NAME}.types").File(payload=BytesIO(statement))
    return client.post("statements", "post_statement", body=file, x_file_name="afschrift.xml").parsed


def decide(client: Client, way: Way) -> None:
    """Says whose the only entry is that waits."""
    (waiting,) = client.get("entries", "entries", waits=True).parsed.items
    version = client.get("entries", "entry", waiting.id).headers["ETag"]
    part = model("NewPartRequest")(amount="900.00", agreement=way.income.pk)
    body = model("DecisionRequest")(parts=[part])
    decided = client.post("entries", "post_entry_decision", waiting.id, body=body, if_match=version).parsed
    assert decided.waits is False


def two_people_let_it_go(way: Way, number: int, digest: str) -> None:
    """As the pages do: the key counts as the case worker, so the approver has to be somebody else."""
    batch = PaymentBatch.objects.get(pk=number)
    approve_batch(batch=batch, digest=digest, on=way.on, by=way.home.approver)
    release_batch(batch=batch, now=timezone.localtime(), by=way.home.approver)
