"""Django's migrate, as the role that owns the tables; afterwards the application's role gets what it needs, no more."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection

from backend.engine.rights import append_only_tables, as_owner, give_rights, make_ready


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_OWNER is None:
            raise CommandError(
                "DATABASE_OWNER_URL is not set: the tables belong to another role than the application's"
            )
        app_role = connection.settings_dict["USER"]
        with as_owner(connection, settings.DATABASE_OWNER):
            make_ready(connection)
            super().handle(*args, **options)
            give_rights(connection, role=app_role, append_only=append_only_tables())
