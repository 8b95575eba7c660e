"""The house's own PostgreSQL comes up whatever state it was left in, and never twice."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backend.engine import APP_ROLE, DATABASE, LONGEST_SOCKET_FOLDER, OWNER_ROLE, socket_folder
from backend.engine import cluster as engine
from backend.engine.cluster import Cluster, EngineBelongsToSomeoneElse, EngineDidNotStart

START = """
import sys
from pathlib import Path
from backend.engine.cluster import Cluster
Cluster(Path(sys.argv[1])).start()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One server for the tests that leave it whole."""
    home = tmp_path_factory.mktemp("engine")
    yield home
    Cluster(home).stop()


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[Path]:
    """A place where no server was ever made."""
    yield tmp_path
    Cluster(tmp_path).stop()


def ask(home: Path, question: str, *, role: str = APP_ROLE) -> object:
    folder = Cluster(home).start()
    with psycopg.connect(host=str(folder), port=5432, user=role, dbname=DATABASE, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def test_starts_one_server_when_two_commands_come_first_at_once(new_home: Path) -> None:
    commands = [subprocess.Popen([sys.executable, "-c", START, str(new_home)]) for _ in range(3)]

    assert [command.wait(60) for command in commands] == [0, 0, 0]
    assert ask(new_home, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'huishoudboekje%'") == 2
    assert (new_home / "postgres" / "server.log").read_text().count("starting PostgreSQL") == 1


def test_keeps_what_was_committed_when_the_server_is_killed(home: Path) -> None:
    folder = Cluster(home).start()
    with psycopg.connect(host=str(folder), port=5432, user=OWNER_ROLE, dbname=DATABASE) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    killed = Cluster(home).pid()
    assert killed

    os.kill(killed, signal.SIGKILL)

    assert ask(home, "SELECT answer FROM kept", role=OWNER_ROLE) == 42
    assert Cluster(home).pid() != killed


def test_starts_beside_a_pid_file_that_names_another_program(home: Path) -> None:
    Cluster(home).start()
    pid_file = home / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    Cluster(home).stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    assert not Cluster(home).is_running()
    assert ask(home, "SELECT 1") == 1


@pytest.mark.parametrize("seconds", [0.25, 0.5, 0.8, 1.1])
def test_starts_over_after_a_kill_during_the_very_first_start(new_home: Path, seconds: float) -> None:
    first = subprocess.Popen([sys.executable, "-c", START, str(new_home)])
    with contextlib.suppress(subprocess.TimeoutExpired):
        first.wait(seconds)
    first.kill()
    first.wait()

    assert ask(new_home, "SELECT 1") == 1
    assert ask(new_home, "SELECT current_setting('data_checksums')") == "on"


def test_checks_its_own_pages_and_listens_to_this_computer_only(home: Path) -> None:
    assert ask(home, "SHOW data_checksums") == "on"
    assert ask(home, "SHOW fsync") == "on"
    assert ask(home, "SHOW listen_addresses") == ""
    assert socket_folder(home).stat().st_mode & 0o777 == 0o700
    assert (
        ask(home, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()") == "UTF8"
    )


def test_says_whether_it_was_running_when_it_is_stopped_twice(new_home: Path) -> None:
    Cluster(new_home).start()

    assert Cluster(new_home).stop()
    assert not Cluster(new_home).stop()
    assert not Cluster(new_home).is_running()


def test_finds_a_short_place_for_the_socket_of_a_checkout_with_a_long_path(tmp_path: Path) -> None:
    deep = tmp_path / ("a-long-name-" * 10) / "checkout"

    assert ask(deep, "SELECT 1") == 1
    assert len(str(socket_folder(deep.resolve()))) <= LONGEST_SOCKET_FOLDER
    assert Cluster(deep).stop()


def test_leaves_another_users_server_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cluster(home).start()
    monkeypatch.setattr(engine.os, "geteuid", lambda: 4242)

    with pytest.raises(EngineBelongsToSomeoneElse):
        Cluster(home).stop()


def test_shows_the_servers_last_words_when_it_will_not_start(new_home: Path) -> None:
    Cluster(new_home).start()
    Cluster(new_home).stop()
    with (new_home / "postgres" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")

    with pytest.raises(EngineDidNotStart, match="no_such_setting"):
        Cluster(new_home).start()
