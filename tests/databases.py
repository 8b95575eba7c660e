"""Databases for tests: one migrated template, copied in a tenth of a second, entered as the application's role."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from backend.engine import APP_ROLE, url_from_settings

TEMPLATE = "template_"
TEST = "test_"
SHAPED_BY = (
    "backend/engine",
    "backend/management/commands/migrate.py",
    "budgeting/models",
    "payments/models",
    "accessibility/models.py",
    "backend/models.py",
)
BUILT_WITH = ("django", "django-otp", "django-tasks-db")
_numbers = count(1)


@dataclass(frozen=True)
class OwnDatabase:
    """A database of one test's own; a child process that is given both addresses finds it."""

    name: str
    url: str
    owner_url: str

    @property
    def environment(self) -> dict[str, str]:
        """For `subprocess.run(env=...)`; example data may go in."""
        own = {"DATABASE_URL": self.url, "DATABASE_OWNER_URL": self.owner_url, "EXAMPLE_DATA": "1"}
        return {**os.environ, **own}


def new_name() -> str:
    """A name no other run has: several runs may share the server."""
    return f"{TEST}{os.getpid()}_{next(_numbers)}"


def enter(name: str) -> None:
    """Every thread's next connection goes to this database, as the application's role."""
    connection.close()
    connection.settings_dict["NAME"] = name


def copy_template(name: str) -> None:
    """A fresh migrated database, with the rights the migrate command gives."""
    database, app_role = sql.Identifier(name), sql.Identifier(_app_role())
    with owner() as server:
        _drop(name, server)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(database, sql.Identifier(_template())))
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        server.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, app_role))


def drop(name: str) -> None:
    """Away with it, whoever is still connected."""
    with owner() as server:
        _drop(name, server)
    (Path(settings.AUDIT_ANCHOR) / f"{name}.jsonl").unlink(missing_ok=True)


def _drop(name: str, server: psycopg.Connection[Any]) -> None:
    """Sends our own roles away first. FORCE would want to end the server's autovacuum as well, and may not."""
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = ANY(%s)",
        [name, [settings.DATABASE_OWNER["USER"], _app_role()]],
    )
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def drop_left_behind() -> None:
    """Databases of test runs that were killed."""
    with owner() as server:
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")]
    for name in names:
        process = name.split("_")[1]
        if not (process.isdigit() and psutil.pid_exists(int(process))):
            drop(name)


@contextmanager
def own_database() -> Iterator[OwnDatabase]:
    """A fresh database that this process is inside of until the end, and back in the earlier one after."""
    earlier, name = connection.settings_dict["NAME"], new_name()
    copy_template(name)
    enter(name)
    try:
        yield known(name)
    finally:
        enter(earlier)
        drop(name)


def known(name: str) -> OwnDatabase:
    """A database that is there, with its addresses."""
    return OwnDatabase(name, url=_url(connection.settings_dict, name), owner_url=_url(settings.DATABASE_OWNER, name))


@contextmanager
def owner(database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    """A connection of the tables' owner, each statement its own transaction."""
    _start_the_server()
    place = settings.DATABASE_OWNER
    arguments = {"host": place["HOST"], "port": place["PORT"], "user": place["USER"], "password": place["PASSWORD"]}
    with psycopg.connect(dbname=database, autocommit=True, **arguments, **place["OPTIONS"]) as server:
        yield server


def _start_the_server() -> None:
    if settings.EMBEDDED:
        from backend.engine.cluster import Cluster  # noqa: PLC0415 - not needed with a server of the operator's own

        Cluster(Path(settings.DATA_DIR)).start()


def _app_role() -> str:
    return str(connection.settings_dict["USER"] or APP_ROLE)


def _url(place: dict[str, Any], name: str) -> str:
    return url_from_settings({**place, "NAME": name})


def _template() -> str:
    """The name of the migrated template, made by the first run that needs it and thrown away when the tables change."""
    name = TEMPLATE + _shape()
    with (Path(settings.DATA_DIR) / "template.lock").open("w") as lock, owner() as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        templates = {
            row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'")
        }
        if name not in templates:
            for old in templates:
                drop(old)
            _make(name, server)
    return name


def _make(name: str, server: psycopg.Connection[Any]) -> None:
    """Migrated under another name and renamed, so that a half-made template is never copied."""
    half = new_name()
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
    earlier = connection.settings_dict["NAME"]
    enter(half)
    call_command("migrate", verbosity=0, interactive=False)
    enter(earlier)
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name)))


def _shape() -> str:
    """A fingerprint of everything that shapes the tables and the rights on them."""
    root = Path(settings.BASE_DIR)
    files = {
        path
        for room in ("budgeting", "payments", "accessibility", "backend")
        for path in root.glob(f"{room}/migrations/*.py")
    }
    for place in SHAPED_BY:
        files |= {root / place} if place.endswith(".py") else set((root / place).glob("*.py"))
    digest = hashlib.sha256(" ".join(version(package) for package in BUILT_WITH).encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
