"""Another system that is told of events: listens on this computer, believes what is signed, forgets what it has."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from backend.api import signatures


@dataclass
class Receiver:
    """`answers` are the statuses it gives next (200 when there are none); `events` what it took, each id once."""

    secret: bytes = b""
    now: int = 0
    port: int = 0
    answers: list[int] = field(default_factory=list)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    not_believed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    def take(self, header: str, body: bytes) -> int:
        """The status it answers with."""
        try:
            signatures.check(header, body, secret=self.secret, now=self.now)
        except signatures.NotSigned as error:
            self.not_believed.append(error.reason)
            return 400
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            event = json.loads(body)
            self.times.append(event["id"])
            self.events.setdefault(event["id"], event)
        return status

    def kinds(self) -> list[str]:
        return [event["type"].removeprefix("nl.huishoudboekje.") for event in self.events.values()]


@contextmanager
def listening(**facts: Any) -> Iterator[Receiver]:
    """A receiver that can be reached until the end."""
    receiver = Receiver(**facts)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(self.headers[signatures.HEADER], body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
