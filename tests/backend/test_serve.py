"""`make run`'s last step: pages on this computer only, with the worker beside them, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from tests.databases import OwnDatabase

SECONDS = 30


def manage(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def answers(port: int, path: str = "") -> int:
    """The status of the front page or another, asked until the server is there."""
    patience = time.monotonic() + SECONDS
    while time.monotonic() < patience:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as page:
                return int(page.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serves_pages_beside_a_worker_and_ends_both(own_database: OwnDatabase, ending: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=own_database.environment, stdout=subprocess.PIPE) as server:
        try:
            assert answers(port) < 500
            workers = psutil.Process(server.pid).children()

            server.send_signal(ending)

            assert server.wait(SECONDS) == 0
        finally:
            server.kill()  # a test that fails must not wait for ever
    assert len(workers) == 1
    assert not [worker for worker in workers if worker.is_running()]


def test_does_not_serve_production_without_encryption() -> None:
    production = {**os.environ, "DJANGO_ENV": "production"}

    assert manage("serve", environment=production).returncode != 0


def test_says_whether_its_own_database_runs(tmp_path: Path) -> None:
    here = {**os.environ, "DATA_DIR": str(tmp_path)}

    assert json.loads(manage("database", "status", "--json", environment=here).stdout)["running"] is False
    assert json.loads(manage("database", "start", "--json", environment=here).stdout)["running"] is True
    assert json.loads(manage("database", "stop", "--json", environment=here).stdout)["running"] is False


def test_leaves_an_operators_database_alone(own_database: OwnDatabase) -> None:
    refused = manage("database", "stop", environment=own_database.environment)

    assert refused.returncode == 1
    assert "DATABASE_URL" in refused.stderr


def test_does_not_migrate_as_the_application(own_database: OwnDatabase) -> None:
    without = {name: value for name, value in own_database.environment.items() if name != "DATABASE_OWNER_URL"}

    refused = manage("migrate", environment=without)

    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL" in refused.stderr


def test_loads_every_view_before_the_first_page_and_searches_none_of_it_again() -> None:
    told = "import gc, sys, backend.wsgi; print(gc.get_freeze_count(), 'backend.web.desk.alerts' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    held, loaded = found.stdout.split()
    assert (int(held) > 50_000, loaded) == (True, "True")


@pytest.mark.django_db
def test_answers_a_page_with_one_process_of_the_database() -> None:
    from backend.wsgi import one_processor_a_page  # noqa: PLC0415 - sets Django up

    assert one_processor_a_page in {found() for _, found, *_ in connection_created.receivers}
    one_processor_a_page(connection)
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_parallel_workers_per_gather")
        assert cursor.fetchone() == ("0",)
        cursor.execute("RESET max_parallel_workers_per_gather")
