"""Where the database is and who enters it: addresses only, so that settings stay cheap to import.

Two roles, always: the owner makes tables, the application uses them and cannot rewrite what is append-only.
"""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

DATABASE = "huishoudboekje"
OWNER_ROLE = "huishoudboekje_owner"
APP_ROLE = "huishoudboekje_app"
PORT = 5432

# With several hosts one may vanish without a word. Both ends notice a silent line within fifteen seconds, so that a
# lock of a host that is gone is let go. Seconds, and milliseconds for `tcp_user_timeout`, as PostgreSQL counts them.
NOTICED = {
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=15000",
}

# A unix socket's whole path fits in 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" to the folder.
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}")

_PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:]*)(?::(?P<port>[0-9]+))?")


class NotADatabaseUrl(ValueError):
    """The text is not of the form postgresql://user:password@host:port,host:port/name?option=value."""


def settings_from_url(url: str) -> dict[str, Any]:
    """Django's database settings for a postgresql:// address; a `host` option may name a socket folder.

    Several hosts, with commas between them, are one database and its standbys: `backend.engine.several` finds the one
    that takes writes. Raises NotADatabaseUrl.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    people, _, places = parts.netloc.rpartition("@")
    user, _, password = people.partition(":")
    if parts.scheme not in {"postgresql", "postgres"} or not name or not user:
        raise NotADatabaseUrl("a database address reads postgresql://user:password@host:port/name")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    hosts, ports = _places(places)
    host, port = options.pop("host", None) or hosts, options.pop("port", None) or ports
    several = "," in host
    if several and "," in port and port.count(",") != host.count(","):
        raise NotADatabaseUrl("a database address with several hosts gives each its port, or one port, or none")
    if several and options.setdefault("target_session_attrs", "read-write") != "read-write":
        raise NotADatabaseUrl("a database address with several hosts asks for target_session_attrs=read-write")
    return {
        "ENGINE": "backend.engine.several" if several else "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(user),
        "PASSWORD": unquote(password),
        "HOST": host,
        "PORT": port,
        "OPTIONS": {**NOTICED, **options} if several else options,
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


def _places(text: str) -> tuple[str, str]:
    """Hosts and ports of `host:port,[host]`, each with commas between them; no ports when none is given."""
    found = [_PLACE.fullmatch(place) for place in text.split(",")]
    known = [place for place in found if place]
    if len(known) < len(found) or (len(known) > 1 and not all(place["host"] for place in known)):
        raise NotADatabaseUrl("a database address names its hosts as host:port, with commas between them")
    hosts = [unquote(place["host"]).strip("[]") for place in known]
    ports = [place["port"] or "" for place in known]
    return ",".join(hosts), ",".join(ports) if any(ports) else ""
