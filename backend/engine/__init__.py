"""Where the database is and who enters it: addresses only, so that settings stay cheap to import.

Two roles, always: the owner makes tables, the application uses them and cannot rewrite what is append-only.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

DATABASE = "huishoudboekje"
OWNER_ROLE = "huishoudboekje_owner"
APP_ROLE = "huishoudboekje_app"
PORT = 5432

# A unix socket's whole path fits in 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" to the folder.
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}")


class NotADatabaseUrl(ValueError):
    """The text is not of the form postgresql://user:password@host:port/name?option=value."""


def settings_from_url(url: str) -> dict[str, Any]:
    """Django's database settings for a postgresql:// address; a `host` option may name a socket folder."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name or not parts.username:
        raise NotADatabaseUrl("a database address reads postgresql://user:password@host:port/name")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": options.pop("port", None) or str(parts.port or ""),
        "OPTIONS": options,
    }


def url_from_settings(settings: dict[str, Any]) -> str:
    """The address a child process finds the same database by: the inverse of `settings_from_url`."""
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    place = {"host": settings["HOST"], "port": settings["PORT"]}
    query = urlencode({name: value for name, value in {**place, **settings["OPTIONS"]}.items() if value})
    return f"postgresql://{quote(settings['USER'], safe='')}{password}@/{quote(settings['NAME'], safe='')}?{query}"


def embedded_settings(home: Path, *, role: str = APP_ROLE, name: str = DATABASE) -> dict[str, Any]:
    """Django's database settings for the embedded server whose files live under `home`."""
    return {
        "ENGINE": "backend.engine",
        "NAME": name,
        "USER": role,
        "PASSWORD": "",
        "HOST": str(socket_folder(home)),
        "PORT": str(PORT),
        "OPTIONS": {},
    }


def socket_folder(home: Path) -> Path:
    """The folder of the server's socket: beside its data, or a short one of our own when that path is too long."""
    beside = home / "run"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
        return beside
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"{DATABASE}-{mark}"
