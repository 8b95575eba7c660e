"""Who watches the house learns how it is, and nothing about anybody."""

import json
import logging
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.test import Client

from backend.operate import health
from backend.operate.log_lines import BLOT, JsonLines, blotted
from backend.tasks import take_in_uploads
from budgeting.actions.audit import record
from budgeting.models import AuditEvent
from payments.actions.settle import take_in_statement
from tests import factories
from tests.factories import ON
from tests.faults.bank import Bank, came_in

NOW = datetime(2026, 11, 9, 8, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_lives_without_asking_the_database(client: Client) -> None:
    answer = client.get("/gezond/leeft/")  # without `db` pytest lets nobody touch it

    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_is_ready_when_the_database_and_its_tables_are_there(client: Client) -> None:
    answer = client.get("/gezond/klaar/")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True


@pytest.mark.django_db
def test_is_not_ready_with_the_database_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise OperationalError("connection refused to host 10.1.2.3")

    monkeypatch.setattr(health, "_is_migrated", away)
    monkeypatch.setattr(health.connection, "close", lambda: None)

    answer = client.get("/gezond/klaar/")

    assert answer.status_code == 503
    assert (answer.json()["ready"], answer.json()["database"]) == (False, False)
    assert "10.1.2.3" not in answer.content.decode()


@pytest.mark.django_db
def test_is_not_ready_before_its_tables_are_made(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one to do"])

    answer = client.get("/gezond/klaar/")

    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["migrated"]) == (True, False)


@pytest.mark.django_db
def test_counts_days_since_the_account_that_lags_most_was_heard_of() -> None:
    home = factories.house()
    assert health.look(now=NOW).days_since_tie_out is None

    data = Bank(home.account.iban).day(ON, came_in("10.00", ON, name="A", remittance="b"))
    assert take_in_statement(data=data, name="a.xml", by=None, on=ON).result.status == "imported"

    found = health.look(now=NOW)
    assert found.days_since_tie_out == 7
    assert found.waiting_entries == 1
    assert found.worries() == ["days_since_tie_out"]


@pytest.mark.django_db
def test_tells_how_long_a_task_waits_and_the_audit_chain_is_silent() -> None:
    factories.house()
    record(action="looked", subject="test", by=None)
    take_in_uploads.enqueue("5f0b5b1e-0000-0000-0000-000000000000")
    last = AuditEvent.objects.latest("pk").at

    found = health.look(now=last + timedelta(hours=27))

    assert found.chain_head_seconds == 27 * 3600
    assert found.oldest_task_seconds is not None
    assert abs(found.oldest_task_seconds - 27 * 3600) < 60
    assert set(found.worries()) == {"oldest_task_seconds", "chain_head_seconds"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "given"), [("", "Bearer "), ("right", ""), ("right", "Bearer wrong"), ("right", "right")]
)
def test_has_no_page_of_figures_without_the_token(client: Client, settings, token: str, given: str) -> None:
    settings.METRICS_TOKEN = token

    assert client.get("/gezond/cijfers/", headers={"authorization": given}).status_code == 404


@pytest.mark.django_db
def test_gives_figures_as_prometheus_reads_them(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "right"

    answer = client.get("/gezond/cijfers/", headers={"authorization": "Bearer right"})

    lines = answer.content.decode().splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert "huishoudboekje_ready 1" in samples
    assert all(len(line.split()) == 2 and line.split()[1].isdigit() for line in samples)
    assert answer.content.endswith(b"\n")


def test_tells_no_figures_that_nobody_can_know_while_the_database_is_away() -> None:
    told = [line.split()[0] for line in health.as_metrics(health.Health()) if not line.startswith("#")]

    assert told == [f"huishoudboekje_{name}" for name in ("database", "migrated", "ready")]
    assert health.Health().worries() == []


def test_answers_a_load_balancer_that_speaks_without_encryption(client: Client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/gezond/leeft/").status_code == 200
    assert Client().get("/inloggen/").status_code == 301


@pytest.mark.parametrize(
    "secret",
    [
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "123456782",
        "06-12345678",
        "+31 6 12345678",
        "sam@voorbeeld.example",
    ],
)
def test_blots_out_of_its_log_what_could_be_about_somebody(secret: str) -> None:
    assert blotted(f"row of {secret} is gone") == f"row of {BLOT} is gone"


def test_leaves_in_its_log_what_an_operator_needs() -> None:
    words = "taking in 20261122T080000-upload.xml broke off at line 1042 of batch:17 on 2026-11-22"

    assert blotted(words) == words


def test_writes_one_object_a_line_with_the_kind_of_an_error_and_not_its_words() -> None:
    try:
        int("Key (bsn)=(123456782) already exists\nfor Sam Voorbeeld")
    except ValueError:
        trace = sys.exc_info()
    line = JsonLines().format(logging.LogRecord("payments", logging.ERROR, "x", 1, "upload %s", (17,), trace))

    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "payments", "upload 17")
    assert told["error"] == "builtins.ValueError"
    assert told["places"][0].endswith("test_writes_one_object_a_line_with_the_kind_of_an_error_and_not_its_words")
    assert "Voorbeeld" not in line
