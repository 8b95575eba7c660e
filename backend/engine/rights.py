"""What the application's role may do: read and write tables, add to append-only ones, and change nothing in those."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

EXTENSIONS = ("pg_trgm", "btree_gist")
HISTORY = "django_migrations"
MIGRATING = 5_240_001  # any number that nothing else locks


class AppendOnlyTableIsMissing(RuntimeError):
    """A room calls a table append-only that does not exist: its rows would be left open to changes."""


@contextmanager
def as_owner(connection: BaseDatabaseWrapper, owner: dict[str, Any]) -> Iterator[None]:
    """Inside, the connection is the owner's, in the same database; outside it is the application's again."""
    application = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update({name: owner[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(application)


def wait_for_turn(connection: BaseDatabaseWrapper) -> None:
    """Two deployments that migrate at once wait for each other; the lock goes when the connection closes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])


def append_only_tables() -> tuple[str, ...]:
    """The tables that every room's models call append-only."""
    return tuple(
        table for config in apps.get_app_configs() for table in getattr(config.models_module, "APPEND_ONLY", ())
    )


def make_ready(connection: BaseDatabaseWrapper) -> None:
    """The extensions that constraints and searches need."""
    with connection.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")


def give_rights(connection: BaseDatabaseWrapper, *, role: str, append_only: tuple[str, ...]) -> None:
    """Take everything from the role and give what it needs, in one transaction; the public gets nothing.

    Raises AppendOnlyTableIsMissing.
    """
    tables = set(connection.introspection.table_names())
    quote = connection.ops.quote_name
    if missing := set(append_only) - tables:
        raise AppendOnlyTableIsMissing(", ".join(sorted(missing)))
    names = {name: quote(name) for name in (role, str(connection.settings_dict["NAME"]))}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _entrance(*names.values()):
            cursor.execute(statement)
        for table in sorted(tables):
            rights = _rights_on(table, append_only)
            cursor.execute(f"GRANT {rights} ON {quote(table)} TO {quote(role)}")


def _entrance(role: str, database: str) -> tuple[str, ...]:
    return (
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {role}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}, PUBLIC",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    )


def _rights_on(table: str, append_only: tuple[str, ...]) -> str:
    if table == HISTORY:
        return "SELECT"
    return "SELECT, INSERT" if table in append_only else "SELECT, INSERT, UPDATE, DELETE"
