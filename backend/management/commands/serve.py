"""Serve the pages to this computer, with the worker of background tasks beside them; Ctrl-C ends both."""

import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import waitress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.example.identities import link_everybody, people_of
from backend.example.identity_provider import ExampleProvider, served
from backend.uploads import LARGEST_TOGETHER
from backend.wsgi import application

# All files a person may choose together, and what a form adds to them.
LARGEST_REQUEST = LARGEST_TOGETHER + 5 * 1024 * 1024


class Command(BaseCommand):
    help = "Serve on 127.0.0.1 for development; docs/operating.md says how to serve in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **_: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("this serves without encryption: see docs/operating.md for production")
        for ending in (signal.SIGTERM, signal.SIGINT):  # said here, because a shell may have a program ignore Ctrl-C
            signal.signal(ending, lambda *_: sys.exit(0))
        worker = subprocess.Popen([sys.executable, sys.argv[0], "worker", "--no-reload"])  # noqa: S603 - ourselves
        self.stdout.write(f"http://127.0.0.1:{port}/")
        self.stdout.flush()
        try:
            with _identity_provider():
                waitress.serve(
                    application,
                    host="127.0.0.1",
                    port=port,
                    threads=8,
                    ident=None,
                    max_request_body_size=LARGEST_REQUEST,
                )
        finally:
            worker.terminate()
            worker.wait()


@contextmanager
def _identity_provider() -> Iterator[None]:
    """The example's identity provider beside the pages, when it is asked for."""
    if not settings.EXAMPLE_PROVIDER:
        yield
        return
    link_everybody()
    with served(ExampleProvider(people_of), settings.EXAMPLE_PROVIDER):
        yield
