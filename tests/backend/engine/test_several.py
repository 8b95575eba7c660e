"""Of several servers the one that holds is entered, never one that was replaced, and a silent line is noticed."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db.backends.postgresql import base as postgresql

from backend.engine import settings_from_url
from backend.engine.several import base as several

SERVERS = "db1,db2"


class Server:
    """What stands in for a connection: its timeline, and whether it was closed."""

    def __init__(self, timeline: int) -> None:
        self.timeline, self.closed = timeline, False

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    monkeypatch.setattr(several, "_highest", {})
    monkeypatch.setattr(several, "_timeline_of", lambda server: server.timeline)
    return several._highest


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Server | None]:
    """By host; None refuses: it is away, or a standby."""
    there: dict[str, Server | None] = {}

    def connect(_: object, place: dict[str, str]) -> Server:
        if (server := there[place["host"]]) is None:
            raise psycopg.OperationalError("refused")
        return server

    monkeypatch.setattr(postgresql.DatabaseWrapper, "get_new_connection", connect)
    return there


def entered() -> Server:
    wrapper = several.DatabaseWrapper({**settings_from_url(f"postgresql://app@{SERVERS}/budget"), "TIME_ZONE": None})
    return wrapper.get_new_connection({"host": SERVERS, "port": "5432,5433"})


def test_enters_the_one_that_takes_writes(servers: dict[str, Server | None]) -> None:
    servers |= {"db1": None, "db2": Server(1)}

    assert entered() is servers["db2"]


def test_asks_every_server_before_it_enters_one(servers: dict[str, Server | None]) -> None:
    servers |= {"db1": Server(1), "db2": None}
    assert entered() is servers["db1"]
    old = Server(1)
    servers |= {"db1": old, "db2": Server(2)}

    assert entered() is servers["db2"]
    assert old.closed


def test_refuses_a_server_that_was_replaced_also_when_no_other_answers(servers: dict[str, Server | None]) -> None:
    servers |= {"db1": None, "db2": Server(2)}
    entered()
    old = Server(1)
    servers |= {"db1": old, "db2": None}

    with pytest.raises(several.OldPrimary):
        entered()
    assert old.closed


def test_says_why_when_nobody_takes_writes(servers: dict[str, Server | None]) -> None:
    servers |= {"db1": None, "db2": None}

    with pytest.raises(psycopg.OperationalError, match="refused"):
        entered()


def test_takes_a_server_that_broke_off_for_away(servers: dict[str, Server | None]) -> None:
    servers |= {"db1": Server(0), "db2": None}

    with pytest.raises(psycopg.OperationalError):
        entered()


def test_reads_the_timeline_of_a_real_server(django_db_setup: None, django_db_blocker, monkeypatch) -> None:
    from django.db import connection  # noqa: PLC0415 - beside what may ask it

    monkeypatch.undo()
    with django_db_blocker.unblock(), connection.cursor():
        assert several._timeline_of(connection.connection) >= 1


def test_notices_a_silent_line_at_both_ends() -> None:
    options = settings_from_url(f"postgresql://app@{SERVERS}/budget")["OPTIONS"]

    assert int(options["tcp_user_timeout"]) <= 15_000
    assert "tcp_user_timeout=15000" in options["options"]
    assert options["target_session_attrs"] == "read-write"
    assert "options" not in settings_from_url("postgresql://app@db1/budget")["OPTIONS"]
