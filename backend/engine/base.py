"""Django's PostgreSQL backend for the embedded server: the first command that needs the server starts it.

Django asks a database engine to live in a module named `base`. Nothing is checked on the way in: only when a connection
is refused (never started, stopped, killed) is the server looked after, and the connection tried once more.
"""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base as postgresql

from backend.engine.cluster import Cluster


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """A connection that starts the embedded server when nobody has."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; if that is refused, start the server and connect again."""
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            address = Cluster(Path(settings.DATA_DIR)).start()
            return super().get_new_connection({**conn_params, "host": str(address)})
