"""Sealing of bytes at rest with AES-256-GCM under the town's keys; the first key seals, every key opens.

A sealed value is: one byte version, four bytes of key id (start of the key's SHA-256), twelve bytes nonce, ciphertext.
"""

import hashlib
import os
import zlib
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

_VERSION = b"\x01"


class CannotUnseal(ValueError):
    """No key we hold opens the value, or it was changed."""


def seal(plain: bytes) -> bytes:
    """Compresses and encrypts with the newest key."""
    key = settings.FIELD_KEYS[0]
    nonce = os.urandom(12)
    head = _VERSION + _key_id(key)
    return head + nonce + AESGCM(key).encrypt(nonce, zlib.compress(plain, 1), head)


def unseal(sealed: bytes) -> bytes:
    """The plain bytes; raises `CannotUnseal` when no key fits or a byte was changed."""
    head, nonce, ciphertext = sealed[:5], sealed[5:17], sealed[17:]
    for key in settings.FIELD_KEYS:
        if head == _VERSION + _key_id(key):
            return _open(key, nonce, ciphertext, head)
    raise CannotUnseal


def _open(key: bytes, nonce: bytes, ciphertext: bytes, head: bytes) -> bytes:
    try:
        return zlib.decompress(AESGCM(key).decrypt(nonce, ciphertext, head))
    except Exception as error:
        raise CannotUnseal from error


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:4]


class SealedBinaryField(models.BinaryField):  # type: ignore[type-arg]
    """Bytes that are sealed in the database and plain in Python."""

    def get_prep_value(self, value: Any) -> Any:
        """Seals on the way in."""
        return None if value is None else seal(bytes(value))

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        """Opens on the way out."""
        return None if value is None else unseal(bytes(value))
