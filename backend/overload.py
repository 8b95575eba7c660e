"""More asked than can be answered: who cannot be helped in time is told so at once, and health goes on answering.

Stands before the house in whichever server runs it. The house works on a fixed number of threads of its own, each with
one connection to PostgreSQL, however many requests the server holds. Requests wait before them; who comes when too many
wait already is told 503 with `Retry-After`, without a thread of the house and without the database. Health waits for
nobody. The server needs some threads more than may be here at once.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# Connections to PostgreSQL of a process, and how many requests may be here at once, waiting or being answered.
THREADS, MOST = 8, 250
SECONDS = 5
HEALTH = "/gezond/leeft/"
# Two languages, and no page of the house: that would cost what there is too little of.
TOLD = b"Het is nu erg druk. Probeer het over een paar tellen nog eens.\nIt is very busy now. Try again soon.\n"
_REFUSED = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(TOLD))),
    ("Retry-After", str(SECONDS)),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
Answer = tuple[str, list[tuple[str, str]], bytes]


class Gate:
    """The application behind it, `threads` requests at a time, `most` here at once."""

    def __init__(self, application: Application, *, threads: int = THREADS, most: int = MOST) -> None:
        self.application, self.most, self.here = application, most, 0
        self._counting = threading.Lock()
        self._house = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="house")

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """The application's answer, or that it is too busy."""
        if environ.get("PATH_INFO") == HEALTH:
            return self.application(environ, start)
        if not self._came_in():
            start("503 Service Unavailable", list(_REFUSED))
            return [TOLD]
        try:
            status, headers, body = self._house.submit(self._answered, environ).result()
        finally:
            self._left()
        start(status, headers)
        return [body]

    def _came_in(self) -> bool:
        with self._counting:
            if self.here >= self.most:
                return False
            self.here += 1
            return True

    def _left(self) -> None:
        with self._counting:
            self.here -= 1

    def _answered(self, environ: Environ) -> Answer:
        """Begun, read to its end and closed in one thread: the connection to the database is that thread's."""
        told: dict[str, Any] = {}
        without = {name: value for name, value in environ.items() if name != "wsgi.file_wrapper"}

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            told.update(status=status, headers=headers)

        answer = self.application(without, start)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        return told["status"], told["headers"], body
