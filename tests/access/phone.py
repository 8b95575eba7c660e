"""A phone made of Python: it makes keys and shows them as a real one does, and lies in the ways a test asks for."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 1, 4, 64


@dataclass
class Phone:
    """One phone with one key. `origin` and `host` are those of the page it believes to be on."""

    origin: str = "http://testserver"
    host: str = "testserver"
    knows_owner: bool = True
    count: int = 0
    handle: str = ""
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, question: str) -> str:
        """The answer to a page that asks for a new key."""
        asked = json.loads(question)
        self.handle = asked["user"]["id"]
        said = self._client_data("webauthn.create", asked["challenge"])
        data = self._data(HAS_KEY) + bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data + cbor2.dumps(self._public())})
        return self._answer({"clientDataJSON": said, "attestationObject": attestation})

    def show(self, question: str, **lies: Any) -> str:
        """The answer to a page that asks for a key it knows; `lies` replace parts of it."""
        asked = json.loads(question)
        said = self._client_data("webauthn.get", lies.get("challenge", asked["challenge"]))
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        if lies.get("broken"):
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        handle = base64url_to_bytes(lies.get("handle", self.handle))
        parts = {"clientDataJSON": said, "authenticatorData": data, "signature": signature, "userHandle": handle}
        return self._answer(parts)

    def _data(self, flags: int) -> bytes:
        told = flags | PRESENT | (VERIFIED if self.knows_owner else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([told]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _public(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def _answer(self, parts: dict[str, bytes]) -> str:
        name = bytes_to_base64url(self.credential)
        response = {part: bytes_to_base64url(value) for part, value in parts.items() if value}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
