"""Disk full, database away, a clock that goes back, a migration killed half-way: named, refused or done later, once."""

import errno
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from backend import exchange
from backend.management.commands import daily_run, worker
from backend.operate import away, health
from budgeting.actions.anchors import anchor_chain, missing_anchors
from budgeting.actions.audit import record
from budgeting.models import Entry, StatementFile
from payments.actions.batches import approve_batch, release_batch
from payments.actions.settle import take_in_statement
from payments.models import PaymentBatch, PaymentOrder
from tests import databases, factories
from tests.backend.web.desk import MORNING, ON, batch_of, signed_in
from tests.databases import OwnDatabase
from tests.factories import House
from tests.faults.bank import Bank, came_in
from tests.house.tree import ROOT

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# The night in which the clock goes from 3:00 to 2:00, and the one in which it goes from 2:00 to 3:00.
WINTER, SUMMER = date(2027, 10, 31), date(2027, 3, 28)


@pytest.fixture
def home(db: None) -> House:
    return factories.house()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(away, "SECONDS_BETWEEN_TRIES", 0.01)
    monkeypatch.setattr(worker, "SECONDS_BETWEEN_TRIES", 0.01)


def run_day(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("daily_run", "--json", *words, stdout=out)
    return dict(json.loads(out.getvalue()))


def statement(home: House) -> bytes:
    return Bank(home.account.iban).day(ON, came_in("20.00", ON, name="Niemand", remittance="iets"))


@contextmanager
def disk_with_room_for(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes, as on a disk that is full: a write is cut off there."""
    earlier, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, earlier[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)
        signal.signal(signal.SIGXFSZ, ignored)


def test_keeps_nothing_of_a_statement_when_the_database_has_no_room(home: House, monkeypatch) -> None:
    data = statement(home)
    with monkeypatch.context() as full:
        full.setattr("budgeting.actions.recognition.record", _disk_full, raising=False)
        full.setattr("budgeting.actions.statements.record", _disk_full)
        answer = _chosen(home, data)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert (Entry.objects.count(), StatementFile.objects.count()) == (0, 0)

    assert take_in_statement(data=data, name="a.xml", by=None, on=ON).result.status == "imported"


def test_leaves_no_half_payment_file_on_a_full_disk(home: House, tmp_path: Path) -> None:
    factories.charge(home, factories.resident(home, money="700.00"), amount="612.40")
    batch = batch_of(home)
    approve_batch(batch=batch, digest=batch.digest, on=ON, by=home.approver)
    sent = release_batch(batch=batch, now=MORNING, by=home.approver)
    with disk_with_room_for(100), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        exchange.place(tmp_path, now=MORNING)
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith(".")]

    assert exchange.place(tmp_path, now=MORNING).placed == [f"{sent.message_id}.xml"]
    assert (tmp_path / f"{sent.message_id}.xml").read_bytes() == bytes(PaymentBatch.objects.get().content or b"")


def test_writes_no_half_line_of_the_chain_on_a_full_disk(home: House) -> None:
    record(action="looked", subject="test", by=None)
    first = anchor_chain(on=ON)
    path = next(Path(settings.AUDIT_ANCHOR).iterdir())
    size = path.stat().st_size
    record(action="looked", subject="test", by=None)
    with disk_with_room_for(size + 20), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        anchor_chain(on=ON)
    assert missing_anchors() == (1, None)

    second = anchor_chain(on=ON)
    assert first is not None
    assert second is not None
    assert second.count == first.count + 1
    assert missing_anchors() == (2, None)


def test_goes_on_after_a_line_of_the_chain_that_was_killed_half_way(home: House) -> None:
    record(action="looked", subject="test", by=None)
    anchor_chain(on=ON)
    path = next(Path(settings.AUDIT_ANCHOR).iterdir())
    with path.open("ab") as file:
        file.write(b'{"on": "2026-11')
    record(action="looked", subject="test", by=None)

    anchor_chain(on=ON)

    assert missing_anchors() == (2, None)


@pytest.mark.django_db
def test_waits_for_a_database_that_is_away_and_runs_the_whole_day(monkeypatch) -> None:
    factories.house()
    real, asked = daily_run._steps, []

    def away_at_first(*told: Any) -> Any:
        asked.append(told)
        return {"plan_orders": _is_away} if len(asked) < 3 else real(*told)

    monkeypatch.setattr(daily_run, "_steps", away_at_first)
    monkeypatch.setattr(connection, "close", lambda: None)

    told = run_day("--on", "2026-11-02")

    assert len(asked) == 3
    assert "anchor_audit" in told["steps"]


@pytest.mark.django_db
def test_says_so_when_the_database_stays_away(monkeypatch) -> None:
    factories.house()
    monkeypatch.setattr(daily_run, "_steps", lambda *_: {"plan_orders": _is_away})
    monkeypatch.setattr(connection, "close", lambda: None)

    with pytest.raises(CommandError, match="stayed away"):
        run_day("--on", "2026-11-02", "--patience", "0.1")


def test_lets_a_worker_go_on_under_another_name_when_the_database_was_away(monkeypatch) -> None:
    names: list[str] = []

    def work(_: object, *, worker_id: str, **__: object) -> None:
        names.append(worker_id)
        if len(names) < 3:
            _is_away()

    monkeypatch.setattr(db_worker.Command, "handle", work)
    monkeypatch.setattr(worker, "Alive", _NobodysName)

    worker.Command().handle(worker_id="w" * 64)

    assert names == ["w" * 64, "w" * 62 + "-2", "w" * 62 + "-3"]


class _NobodysName:
    def __init__(self, name: str) -> None: ...

    def begin(self) -> None: ...

    def end(self) -> None: ...


@pytest.mark.parametrize("night", [WINTER, SUMMER], ids=["winter", "summer"])
def test_pays_once_in_the_night_in_which_the_clock_is_moved(home: House, night: date) -> None:
    who = factories.resident(home, money="2000.00", on=night - timedelta(days=20))
    factories.charge(home, who, amount="100.00", day=(night + timedelta(days=1)).day)
    begin = datetime(night.year, night.month, night.day, 0, 30, tzinfo=AMSTERDAM).astimezone(ZoneInfo("UTC"))
    seen = []
    for hours in (0, 1, 2, 3, 2, 1):  # and at last the clock goes back by itself
        with time_machine.travel(begin + timedelta(hours=hours), tick=False):
            told = run_day()
            seen.append((timezone.localtime().hour, told["on"]))
        orders = list(PaymentOrder.objects.values_list("end_to_end_id", "due_on", "amount").order_by("pk"))
        assert len({one[0] for one in orders}) == len(orders)
        assert len([one for one in orders if one[1] == night + timedelta(days=1)]) == 1

    assert {on for _, on in seen} == {night.isoformat()}
    assert [hour for hour, _ in seen[:4]] == ([0, 1, 2, 2] if night == WINTER else [0, 1, 3, 4])


def test_keeps_a_stay_and_a_payment_run_when_the_clock_goes_back_an_hour(home: House) -> None:
    factories.charge(home, factories.resident(home, money="700.00"), amount="612.40", day=2)
    with time_machine.travel(MORNING, tick=False):
        client = signed_in(home.case_worker)
        assert client.post("/betalen/maken/", {"bank_account": home.account.pk}).status_code == 302
        run_day()
        before = list(PaymentOrder.objects.values_list("end_to_end_id", "state").order_by("pk"))
    with time_machine.travel(MORNING - timedelta(hours=1), tick=False):
        assert client.get("/betalen/").status_code == 200
        run_day()

    assert list(PaymentOrder.objects.values_list("end_to_end_id", "state").order_by("pk")) == before


def test_takes_nothing_of_a_migration_that_was_killed_and_all_of_it_the_next_time(own_database: OwnDatabase) -> None:
    call_command("migrate", "backend", "0002", verbosity=0, interactive=False)
    assert not health.look(now=timezone.localtime()).migrated
    words = [sys.executable, "manage.py", "migrate", "--no-input"]
    with databases.owner(own_database.name) as gate, gate.transaction():
        # It may make its tables and must wait to write down that it did.
        gate.execute("LOCK TABLE django_migrations IN SHARE MODE")
        child = subprocess.Popen(words, cwd=ROOT, env=own_database.environment, stdout=subprocess.DEVNULL)
        _wait_until_it_waits(own_database.name)
        child.send_signal(signal.SIGKILL)
        child.wait()
    _wait_until_it_left(own_database.name)
    found = health.look(now=timezone.localtime())
    assert (found.database, found.ready) == (True, False)
    assert "backend_apikey" not in connection.introspection.table_names()

    call_command("migrate", verbosity=0, interactive=False)

    assert health.look(now=timezone.localtime()).ready


def test_says_what_to_do_when_tables_are_missing(own_database: OwnDatabase) -> None:
    with databases.owner(own_database.name) as server:
        server.execute('ALTER TABLE "user" RENAME TO user_of_before')
    words = [sys.executable, "manage.py", "demo"]

    told = subprocess.run(words, cwd=ROOT, env=own_database.environment, capture_output=True, text=True, check=False)
    whole = subprocess.run(
        [*words, "--traceback"], cwd=ROOT, env=own_database.environment, capture_output=True, check=False
    )

    assert told.returncode == 1
    assert told.stderr.startswith(
        "The database is empty or of another version: run `manage.py migrate` first. (relation"
    )
    assert "Traceback" not in told.stderr
    assert b"Traceback" in whole.stderr


def _wait_until_it_waits(name: str) -> None:
    asked = """SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'
               AND query LIKE 'INSERT INTO "django_migrations"%%'"""
    patience = time.monotonic() + 60
    with databases.owner() as server:
        while server.execute(asked, [name]).fetchone() != (1,):
            assert time.monotonic() < patience, "the migration did not come so far"
            time.sleep(0.05)


def _wait_until_it_left(name: str) -> None:
    """Its server process hears a moment later that nobody is there."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND query LIKE 'INSERT INTO \"django_migr%%'"
    patience = time.monotonic() + 60
    with databases.owner() as server:
        while server.execute(asked, [name]).fetchone() != (0,):
            assert time.monotonic() < patience, "the migration goes on without anybody"
            time.sleep(0.05)


def _chosen(home: House, data: bytes) -> Any:
    client: Client = signed_in(home.case_worker)
    client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.web.desk.bank.take_in_bundle", lambda _: _take_in(data))
        return client.post("/bank/", {"chosen": io.BytesIO(data)})


def _take_in(data: bytes) -> Any:
    return take_in_statement(data=data, name="a.xml", by=None, on=ON)


def _is_away(*_: object, **__: object) -> None:
    raise OperationalError("the connection is closed")


def _disk_full(*_: object, **__: object) -> None:
    raise OperationalError from psycopg.errors.DiskFull("could not extend file: No space left on device")
