"""What every test finds: a database entered as the application's role, and a network that is shut."""

import ipaddress
import socket
from collections.abc import Iterator
from os import getpid
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests import catalogues, databases


def pytest_configure(config: pytest.Config) -> None:
    """Logging in must be quick in tests; the strength of the hash is Django's affair."""
    if not hasattr(config, "workerinput"):
        catalogues.compile_stale()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """The run's database: a copy of the migrated template, entered with the application's rights only."""
    with django_db_blocker.unblock():
        databases.drop_left_behind()
        earlier, name = connection.settings_dict["NAME"], databases.new_name()
        databases.copy_template(name)
        databases.enter(name)
        # After a test that commits, Django would truncate every table; the application's role may not, so copy anew.
        connection.ops.execute_sql_flush = lambda _: _renew(name)
    yield
    with django_db_blocker.unblock():
        databases.enter(earlier)
        databases.drop(name)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[databases.OwnDatabase]:
    """A database for this test alone, for threads, commits and child processes; do not ask for `db` beside it."""
    with django_db_blocker.unblock(), databases.own_database() as own:
        yield own


@pytest.fixture(autouse=True)
def own_anchors() -> Iterator[None]:
    """What a test writes of the audit chain outside the database is not there for the next, whose chain is another."""
    kept, folder = settings.AUDIT_ANCHOR, Path(gettempdir()) / f"anchors-{getpid()}"
    settings.AUDIT_ANCHOR = folder
    yield
    settings.AUDIT_ANCHOR = kept
    rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def shut_network() -> Iterator[None]:
    """No test speaks to another computer."""
    opened = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        opened.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))
    yield
    opened.undo()


class NetworkIsShut(RuntimeError):
    """A test tried to reach another computer."""


def _only_here(connect: Any) -> Any:
    def connect_here(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(str(address[0])):
            raise NetworkIsShut(address)
        return connect(self, address)

    return connect_here


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _renew(name: str) -> None:
    connection.close()
    databases.copy_template(name)
