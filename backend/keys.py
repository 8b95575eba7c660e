"""The keys of one municipality: from the environment in production, made once and kept on disk in development.

Names and shapes: SECRET_KEY, INDEX_KEY, E2E_KEY and ANCHOR_KEY are text of at least 50 characters; FIELD_KEYS is a list
of 32-byte keys, written in base64 with commas between them: the first one seals, every one opens.
"""

import base64
import binascii
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TEXT_KEYS = ("SECRET_KEY", "INDEX_KEY", "E2E_KEY", "ANCHOR_KEY")
NAMES = (*TEXT_KEYS, "FIELD_KEYS")
SHORTEST = 50
FIELD_KEY_BYTES = 32


class KeysAreMissing(RuntimeError):
    """Production does not start with keys that are absent, too short or the same as another."""


@dataclass(frozen=True)
class Keys:
    """Every key apart, so that one can be renewed without the others."""

    secret: str
    index: bytes
    end_to_end: bytes
    anchor: bytes
    fields: tuple[bytes, ...]


def from_environment(environment: Mapping[str, str]) -> Keys:
    """The keys an operator has set. Raises KeysAreMissing, naming the variables and never their values."""
    wrong = [name for name in TEXT_KEYS if len(environment.get(name, "")) < SHORTEST]
    given = [environment[name] for name in TEXT_KEYS if name in environment]
    if len(set(given)) < len(given):
        wrong.append("two keys that are the same")
    fields = _field_keys(environment.get("FIELD_KEYS", ""))
    if not fields:
        wrong.append("FIELD_KEYS")
    if wrong:
        raise KeysAreMissing(f"not set, too short or not well-formed: {', '.join(wrong)} (see docs/operating.md)")
    return _keys(environment, fields)


def kept_in(home: Path) -> Keys:
    """Development's keys, made on the first call; two commands at once make one set."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "keys.json"
    with (home / "keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _write(path, new_keys())
    kept = json.loads(path.read_text())
    return _keys(kept, _field_keys(kept["FIELD_KEYS"]))


def new_keys() -> dict[str, str]:
    """A fresh set, as text for the environment."""
    field_key = base64.b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode()
    return {name: secrets.token_urlsafe(SHORTEST) for name in TEXT_KEYS} | {"FIELD_KEYS": field_key}


def _keys(text: Mapping[str, str], fields: tuple[bytes, ...]) -> Keys:
    index, end_to_end, anchor = (text[name].encode() for name in TEXT_KEYS[1:])
    return Keys(secret=text["SECRET_KEY"], index=index, end_to_end=end_to_end, anchor=anchor, fields=fields)


def _field_keys(text: str) -> tuple[bytes, ...]:
    """Empty when one of them is not 32 bytes of base64."""
    try:
        keys = tuple(base64.b64decode(part.strip(), validate=True) for part in text.split(","))
    except (binascii.Error, ValueError):
        return ()
    return keys if all(len(key) == FIELD_KEY_BYTES for key in keys) else ()


def _write(path: Path, keys: dict[str, str]) -> None:
    """Whole or not at all, readable by us only."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(keys, file)
    fresh.replace(path)
