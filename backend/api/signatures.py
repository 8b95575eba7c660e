"""Signs what is sent to other systems, so that they know it is from us, whole and fresh (HMAC-SHA256 with a time)."""

import hashlib
import hmac
import re

HEADER = "Huishoudboekje-Signature"
FRESH = 300  # seconds either way: clocks differ, and an old message is not to be played again

_SHAPE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)


class NotSigned(ValueError):
    """Why a message is not believed: `reason` is `shape`, `time` or `digest`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sign(body: bytes, *, secret: bytes, at: int) -> str:
    """The header's value for a body sent at a moment (seconds since 1970)."""
    return f"t={at},v1={_digest(body, secret, at)}"


def check(header: str, body: bytes, *, secret: bytes, now: int) -> None:
    """Raises `NotSigned` unless the header signs exactly this body, with this secret, within five minutes of `now`."""
    found = _SHAPE.fullmatch(header)
    if found is None:
        raise NotSigned("shape")
    if abs(now - int(found[1])) > FRESH:
        raise NotSigned("time")
    if not hmac.compare_digest(found[2], _digest(body, secret, int(found[1]))):
        raise NotSigned("digest")


def _digest(body: bytes, secret: bytes, at: int) -> str:
    return hmac.digest(secret, f"{at}.".encode() + body, hashlib.sha256).hex()
