"""Django's migrate, as the role that owns the tables; afterwards the application's role gets what it needs, no more.

A migration and the line that says it was done are kept together or not at all: Django writes that line after the
tables are kept, and whoever is killed between can neither go on nor go back.
"""

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from backend.engine.rights import append_only_tables, as_owner, give_rights, make_ready, wait_for_turn


class WholeMigrations(MigrationExecutor):
    """Each migration and its line in one transaction, unless the migration says that it cannot be."""

    def apply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        """Forwards."""
        with transaction.atomic() if migration.atomic else nullcontext():
            return super().apply_migration(state, migration, *args, **options)

    def unapply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        """And back."""
        with transaction.atomic() if migration.atomic else nullcontext():
            return super().unapply_migration(state, migration, *args, **options)


migrate.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined]


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_OWNER is None:
            raise CommandError(
                "DATABASE_OWNER_URL is not set: the tables belong to another role than the application's"
            )
        app_role = connection.settings_dict["USER"]
        with as_owner(connection, settings.DATABASE_OWNER):
            wait_for_turn(connection)
            make_ready(connection)
            super().handle(*args, **options)
            # On the way back to an earlier migration some of these tables are not there any more.
            everything = append_only_tables()
            wanted = everything if not options["app_label"] else tuple(_existing(everything))
            give_rights(connection, role=app_role, append_only=wanted)


def _existing(tables: tuple[str, ...]) -> list[str]:
    """Those that the database has."""
    return sorted(set(tables) & set(connection.introspection.table_names()))
