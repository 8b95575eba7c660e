"""Killed workers and runs at the same time: work is done, once, and whoever comes second says so."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from backend.models import Upload
from backend.operate.leases import DAY, MOST_ATTEMPTS, WORKER, only_one, take_up_left_tasks
from backend.tasks import take_in_uploads
from backend.uploads import ChosenFile, receive
from budgeting.models import Entry
from payments.actions.parts import PART
from payments.models import DayPart, PaymentOrder
from tests import databases, factories
from tests.databases import OwnDatabase
from tests.factories import ON
from tests.faults.bank import Bank, came_in
from tests.house.tree import ROOT

SECONDS = 60


def begun(own: OwnDatabase, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=own.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(happened: Callable[[], bool]) -> None:
    patience = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < patience, "it did not happen"
        time.sleep(0.05)


def one_upload(home: factories.House) -> None:
    data = Bank(home.account.iban).day(ON, came_in("10.00", ON, name="A", remittance="b"))
    take_in_uploads.enqueue(str(receive([ChosenFile("a.xml", data)], by=home.case_worker)))


def test_takes_up_a_task_whose_worker_was_killed(own_database: OwnDatabase) -> None:
    one_upload(factories.house())
    with databases.owner(own_database.name) as gate:
        gate.execute("SELECT pg_advisory_lock(hashtext('payments'), 0)")  # so that the task stands still in its middle
        killed = begun(own_database, "worker", "--worker-id", "first", "--no-startup-delay")
        until(lambda: Upload.objects.filter(begun_at__isnull=False).exists())
        assert take_up_left_tasks() == 0, "a living worker keeps its task"
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
    assert Entry.objects.count() == 0

    until(lambda: take_up_left_tasks() == 1)
    second = begun(own_database, "worker", "--worker-id", "second", "--no-startup-delay", "--batch")

    _, complaint = second.communicate(timeout=SECONDS)
    assert second.returncode == 0, complaint
    task = DBTaskResult.objects.get()
    assert (task.status, task.worker_ids) == ("SUCCESSFUL", ["first", "second"])
    assert (Entry.objects.count(), Upload.objects.get().state) == (1, Upload.State.DONE)


def test_takes_in_the_rest_of_the_files_when_who_began_with_them_is_gone(own_database: OwnDatabase) -> None:
    home = factories.house()
    bank = Bank(home.account.iban)
    days = [bank.day(ON, came_in("10.00", ON, name="A", remittance=text)) for text in ("b", "c")]
    files = [ChosenFile(f"{number}.xml", data) for number, data in enumerate(days)]
    take_in_uploads.enqueue(str(receive(files, by=home.case_worker)))
    first = Upload.objects.order_by("pk")[0].pk
    with databases.owner(own_database.name) as other, other.transaction():
        other.execute("UPDATE upload SET state = 'done', content = NULL, done_at = now() WHERE id = %s", [first])
        worker = begun(own_database, "worker", "--worker-id", "one", "--no-startup-delay", "--batch")
        until(lambda: _waits_for_a_row(own_database.name))

    _, complaint = worker.communicate(timeout=SECONDS)
    assert worker.returncode == 0, complaint
    assert set(Upload.objects.values_list("state", flat=True)) == {Upload.State.DONE}
    assert DBTaskResult.objects.get().return_value == 1


def _waits_for_a_row(name: str) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock' AND query ~ 'upload'"
    with databases.owner() as server:
        return server.execute(asked, [name]).fetchone() != (0,)


@pytest.mark.django_db
def test_gives_up_a_task_that_every_worker_dies_of() -> None:
    one_upload(factories.house())
    for number in range(MOST_ATTEMPTS):
        DBTaskResult.objects.get().claim(f"worker {number}")
        assert take_up_left_tasks() == 1

    task = DBTaskResult.objects.get()
    assert task.status == "FAILED"
    assert task.exception_class_path.endswith("LeftByEveryWorker")
    assert take_up_left_tasks() == 0


@pytest.mark.django_db
def test_knows_a_worker_that_lives_by_its_lock() -> None:
    one_upload(factories.house())
    DBTaskResult.objects.get().claim("alive")

    with only_one(WORKER, "alive") as mine:
        assert mine
        assert take_up_left_tasks() == 0
    assert take_up_left_tasks() == 1


def test_runs_the_day_once_when_two_begin_it_at_once(own_database: OwnDatabase) -> None:
    home = factories.house()
    who = factories.resident(home, money="900.00")
    factories.charge(home, who, day=3)
    with databases.owner(own_database.name) as gate:
        gate.execute("SELECT pg_advisory_lock(hashtext('payments'), 0)")
        one = begun(own_database, "daily_run", "--on", "2026-11-02", "--json")
        until(lambda: _is_held(DAY))
        other = begun(own_database, "daily_run", "--on", "2026-11-02", "--json")
        told, _ = other.communicate(timeout=SECONDS)
        assert (other.returncode, json.loads(told)["runs_elsewhere"]) == (0, True)
        assert json.loads(told)["steps"] == {}
        assert one.poll() is None
    told, _ = one.communicate(timeout=SECONDS)

    assert one.returncode == 0
    assert json.loads(told)["steps"]["plan_orders"]["new"] >= 1


def test_runs_with_two_processes_the_day_that_one_would(own_database: OwnDatabase) -> None:
    _three_parts(own_database)
    command = begun(own_database, "daily_run", "--on", "2026-11-02", "--processes", "2", "--json")
    told, complaint = command.communicate(timeout=SECONDS)

    assert command.returncode == 0, complaint
    steps = json.loads(told)["steps"]
    assert (steps["plan_orders"]["new"], steps["plan_remainders"]["new"]) == (6, 3)
    assert list(steps).index("alerts") < list(steps).index("anchor_audit")
    assert PaymentOrder.objects.count() == 9
    assert not DayPart.objects.exists()


@pytest.mark.django_db
def test_names_a_number_of_processes_that_cannot_be_and_helps_nobody_when_no_day_is_run(capsys) -> None:
    from django.core.management import CommandError, call_command  # noqa: PLC0415 - beside what needs it

    factories.house()
    for count in (0, 65):
        with pytest.raises(CommandError, match=f"--processes must be 1 to 64, not {count}"):
            call_command("daily_run", "--processes", str(count))
    call_command("daily_run", "--helps", "--json")

    assert json.loads(capsys.readouterr().out) == {"helped": 0}


def test_begins_the_day_again_when_who_ran_it_was_killed_and_a_helper_lives(own_database: OwnDatabase) -> None:
    _three_parts(own_database)
    with databases.owner(own_database.name) as gate:
        gate.execute("SELECT pg_advisory_lock(hashtext('payments part'), 2000)")  # the last part stands still
        runs = begun(own_database, "daily_run", "--on", "2026-11-02", "--json")
        until(lambda: DayPart.objects.filter(told__isnull=False).count() == 2)
        # The one that runs the day waits for that part; who helps has none left in this step.
        helps = begun(own_database, "daily_run", "--helps", "--json")
        until(lambda: _connected() > 2)
        os.kill(runs.pid, signal.SIGKILL)
        runs.communicate()
        gate.execute("SELECT pg_advisory_unlock_all()")
        told, _ = helps.communicate(timeout=SECONDS)

    assert json.loads(told)["helped"] <= 1
    again = begun(own_database, "daily_run", "--on", "2026-11-02", "--json")
    told, _ = again.communicate(timeout=SECONDS)
    assert json.loads(told)["steps"]["plan_remainders"]["new"] == 3
    assert PaymentOrder.objects.count() == 9


def _three_parts(own: OwnDatabase) -> None:
    """Three residents so far apart that each is in a part of their own."""
    home = factories.house()
    for number in range(3):
        with databases.owner(own.name) as owner:
            owner.execute("SELECT setval(pg_get_serial_sequence('resident', 'id'), %s)", [number * PART + 1])
        factories.charge(home, factories.resident(home, money="2900.00"), day=3)


def _connected() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_begins_the_day_again_after_a_step_that_broke_off(own_database: OwnDatabase, monkeypatch, capsys) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - beside what it is patched for

    from payments.actions import day  # noqa: PLC0415

    home = factories.house()
    factories.charge(home, factories.resident(home, money="900.00"), day=3)
    monkeypatch.setattr(day, "repay_advances", _breaks)
    with pytest.raises(SystemExit) as ended:
        call_command("daily_run", "--on", "2026-11-02", "--json")
    monkeypatch.undo()
    first = json.loads(capsys.readouterr().out)
    call_command("daily_run", "--on", "2026-11-02", "--json")
    second = json.loads(capsys.readouterr().out)

    assert ended.value.code == 1
    assert first["broke_off"] == "repay_advances"
    assert list(first["steps"])[-1] == "plan_orders"
    assert "broke_off" not in second
    assert second["steps"]["plan_orders"]["new"] == 0, "the step before was kept"
    assert "anchor_audit" in second["steps"]


def _breaks(**_: object) -> int:
    raise RuntimeError("the bank's calendar is not there")


def _is_held(job: str) -> bool:
    with only_one(job) as mine:
        return not mine
