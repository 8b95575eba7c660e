"""Django's PostgreSQL backend for several servers: enters the primary, and never one that was replaced.

Every server is asked before one is chosen: one that was primary when we last looked may have been replaced since, so
the first that takes writes is not good enough. A process also remembers the highest timeline it saw, and enters no
server of an earlier one. What somebody who reaches the old server only writes there, synchronous replication keeps from
ever being acknowledged (docs/scale.md). A server that is silent costs `connect_timeout` for each new connection.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.postgresql import base as postgresql

_TIMELINE = "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int"
_lock = threading.Lock()
_highest: dict[str, int] = {}


class OldPrimary(psycopg.OperationalError):
    """The only server that takes writes is one whose place another has taken: nothing is read or written there."""


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """A connection to the server that takes writes, of the highest timeline there is."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connects. Raises `OldPrimary`, and `psycopg.OperationalError` when no server takes writes."""
        servers = conn_params["host"]
        found: list[tuple[int, Any]] = []
        refused = psycopg.OperationalError("no server of the database was asked")
        for place in _one_by_one(conn_params):
            try:
                connection = super().get_new_connection(place)
            except psycopg.OperationalError as refusal:
                refused = refusal
                continue
            found.append((_timeline_of(connection), connection))
        return _chosen(servers, found, refused)


def _one_by_one(conn_params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parameters for each server by itself."""
    hosts = str(conn_params["host"]).split(",")
    ports = str(conn_params.get("port") or "").split(",")
    for number, host in enumerate(hosts):
        port = ports[number] if len(ports) == len(hosts) else ports[0]
        yield {**conn_params, "host": host, **({"port": port} if port else {})}


def _timeline_of(connection: Any) -> int:
    """Zero when it broke off before it could say."""
    with suppress(psycopg.Error):
        with connection.cursor() as cursor:
            timeline = int(cursor.execute(_TIMELINE).fetchone()[0])
        connection.rollback()
        return timeline
    return 0


def _chosen(servers: str, found: list[tuple[int, Any]], refused: psycopg.OperationalError) -> Any:
    """The connection of the highest timeline; the others are closed."""
    found.sort(key=lambda one: one[0])
    timeline, chosen = found[-1] if found else (0, None)
    with _lock:
        known = _highest.get(servers, 0)
        holds = bool(timeline) and timeline >= known
        _highest[servers] = max(known, timeline)
    for _, connection in found if not holds else found[:-1]:
        connection.close()
    if holds:
        return chosen
    if timeline:
        raise OldPrimary(f"the database that answers has timeline {timeline}, and {known} was seen")
    raise refused
