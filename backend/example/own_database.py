"""A database of a play's own: made by the owner's role, entered by the application's, and dropped after."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

_PREFIX = "simulate_"


class NoOwner(RuntimeError):
    """DATABASE_OWNER_URL is not set: nobody here may make a database."""


@contextmanager
def own_database() -> Iterator[str]:
    """Inside, every connection of this process goes to a fresh migrated database; its name. Then it is gone again."""
    if settings.DATABASE_OWNER is None:
        raise NoOwner
    # The embedded server starts when somebody first asks for it.
    connection.ensure_connection()
    earlier, name = connection.settings_dict["NAME"], f"{_PREFIX}{os.getpid()}"
    _drop_left_behind()
    _as_owner(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _enter(name)
        call_command("migrate", verbosity=0, interactive=False)
        yield name
    finally:
        _enter(earlier)
        _drop(name)


def _enter(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _drop(name: str) -> None:
    _as_owner(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_left_behind() -> None:
    """Databases of plays that were killed: their process is no more."""
    found = _as_owner(sql.SQL("SELECT datname FROM pg_database WHERE datname LIKE {}").format(_PREFIX + "%"))
    for (name,) in found:
        process = name.removeprefix(_PREFIX)
        if process.isdigit() and not os.path.exists(f"/proc/{process}"):
            _drop(name)


def _as_owner(statement: sql.Composed) -> list[tuple[Any, ...]]:
    place: dict[str, Any] = settings.DATABASE_OWNER or {}
    address = {"host": place["HOST"], "port": place["PORT"], "user": place["USER"], "password": place["PASSWORD"]}
    with psycopg.connect(dbname=place["NAME"], autocommit=True, **address, **place["OPTIONS"]) as server:
        cursor = server.execute(statement)
        return cursor.fetchall() if cursor.description else []
