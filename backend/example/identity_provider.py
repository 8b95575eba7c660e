"""The identity provider of the example: on this computer only, and whoever asks is whom they choose to be.

It speaks OpenID Connect's code flow with PKCE over a loopback port, so that the example walks the same way as a town.
Each code works once. Production refuses to start with it (`backend.settings`, EXAMPLE_PROVIDER).
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.identity_providers import EXAMPLE_ISSUER

KEY_ID = "example"
MINUTES = 5
HERE = ("127.0.0.1", "localhost", "::1", "testserver")
PAGE = """<!doctype html><html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Voorbeeld: wie bent u?</title><h1>Voorbeeld: wie bent u?</h1>
<p>Dit is geen echte inlogdienst. Kies een persoon uit de voorbeeldgemeente.</p>
<form method="post"><ul>{people}</ul></form></html>"""
CHOICE = '<li><button name="subject" value="{0}">{1}</button></li>'


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person whom the provider knows: their name there, and how they are called."""

    subject: str
    name: str


@dataclass
class ExampleProvider:
    """What runs behind the port; `people` by client, `changed` may alter a token's header and claims (for tests)."""

    people: Callable[[str], Iterable[Somebody]]
    changed: Callable[[dict[str, Any], dict[str, Any]], None] = lambda _header, _claims: None
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    port: int = 0
    _begun: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)

    def page(self, asked: dict[str, str]) -> str:
        """Whom one can be."""
        rows = (
            CHOICE.format(html.escape(one.subject), html.escape(one.name)) for one in self.people(asked["client_id"])
        )
        return PAGE.format(people="".join(rows))

    def chosen(self, asked: dict[str, str], subject: str) -> str:
        """Where the browser goes with a code for this person. Raises `ValueError` for a place that is not here."""
        back = urlsplit(asked["redirect_uri"])
        if back.hostname not in HERE or asked["code_challenge_method"] != "S256":
            raise ValueError(back.hostname)
        code = secrets.token_urlsafe(32)
        self._begun[code] = (asked, subject)
        told = {"code": code, "state": asked["state"], "iss": EXAMPLE_ISSUER}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def token(self, asked: dict[str, str]) -> dict[str, str]:
        """The tokens for a code, once. Raises `KeyError` or `ValueError`."""
        begun, subject = self._begun.pop(asked["code"])
        digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != begun["code_challenge"] or asked["redirect_uri"] != begun["redirect_uri"]:
            raise ValueError("not who began")
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self._signed(begun, subject),
        }

    def keys(self) -> dict[str, Any]:
        """The public key, as JSON Web Keys."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": KEY_ID, "use": "sig"}]}

    def _signed(self, begun: dict[str, str], subject: str) -> str:
        now = int(time.time())
        header: dict[str, Any] = {"kid": KEY_ID, "alg": "RS256"}
        claims: dict[str, Any] = {
            "iss": EXAMPLE_ISSUER,
            "sub": subject,
            "aud": begun["client_id"],
            "nonce": begun["nonce"],
            "iat": now,
            "auth_time": now,
            "exp": now + MINUTES * 60,
            "acr": "substantial",
        }
        self.changed(header, claims)
        return jwt.encode(claims, header.pop("key", self.key), algorithm=header["alg"], headers=header)


@contextmanager
def served(provider: ExampleProvider, port: int = 0) -> Iterator[ExampleProvider]:
    """The provider behind a loopback port, until the end."""
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    provider: ExampleProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/keys":
            self._answer(200, json.dumps(self.provider.keys()), "application/json")
        elif parts.path == "/authorize":
            self._try(lambda: self._answer(200, self.provider.page(dict(parse_qsl(parts.query))), "text/html"))
        else:
            self._answer(404, "", "text/plain")

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        sent = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        given = {name: values[0] for name, values in sent.items()}
        if parts.path == "/token":
            self._try(lambda: self._answer(200, json.dumps(self.provider.token(given)), "application/json"))
        else:
            self._try(lambda: self._redirect(self.provider.chosen(dict(parse_qsl(parts.query)), given["subject"])))

    def log_message(self, *_: Any) -> None:
        """Codes stand in addresses: none is written down."""

    def _try(self, answer: Callable[[], None]) -> None:
        try:
            answer()
        except (KeyError, ValueError):
            self._answer(400, json.dumps({"error": "invalid_grant"}), "application/json")

    def _redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
