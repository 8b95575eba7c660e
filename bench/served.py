"""What is served for `bench.serving`: the house, and beside it two pages of one question and as many bytes.

`/bare/` stands behind the same middleware and log-in as any page here; `/floor/` behind nothing at all.
"""

import os
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.signals import request_finished, request_started  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from backend import urls, wsgi  # noqa: E402, F401 - `wsgi` does once what every server of the house does
from backend.overload import Gate  # noqa: E402


def bare(request: HttpRequest) -> HttpResponse:
    """One question and a body."""
    return HttpResponse(_body())


urlpatterns = [path("bare/", bare), *urls.urlpatterns]
settings.ROOT_URLCONF = __name__
_house = WSGIHandler()


def _served(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """The floor at its own address; everything else is the house."""
    return _floor(start) if environ["PATH_INFO"] == "/floor/" else _house(environ, start)


def _body() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM town")
        return str(cursor.fetchone()[0]).encode().ljust(int(os.environ["BENCH_BYTES"]))


def _floor(start: Callable[..., Any]) -> Iterable[bytes]:
    request_started.send(sender=None)
    body = _body()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    request_finished.send(sender=None)
    return [body]


application = Gate(_served)


@contextmanager
def town() -> Iterator[tuple[dict[str, str], str]]:
    """The environment of a server in which a resident has a story, and the resident's cookie."""
    from django.test import Client  # noqa: PLC0415 - only where the town is made

    from tests import databases, factories  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["*"]
    with databases.own_database() as own, tempfile.TemporaryDirectory() as folder:
        who = _resident(factories)
        client = Client()
        client.force_login(who.user)
        length = len(client.get("/mijn-geld/").content)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"
        more = {"BENCH_BYTES": str(length), "BENCH_PORT": str(_free_port()), "BENCH_DATABASE": own.name}
        keys = {"DATA_DIR": str(settings.DATA_DIR), "ALLOWED_HOSTS": "localhost", "TMPDIR": folder}
        yield {**own.environment, **keys, **more}, cookie


def _resident(factories: Any) -> Any:
    home = factories.house()
    who = factories.resident(home, money="900.00")
    for day, category in ((3, "rent"), (5, "energy"), (10, "water"), (20, "subscriptions")):
        factories.charge(home, who, amount="120.00", day=day, category=category)
    factories.income(home, who, amount="1200.00", day=23)
    return who


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
