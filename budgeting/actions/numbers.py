"""A resident's BSN: sealed with a key of their own, which the town's newest key wraps; found by a keyed digest.

Who destroys the resident's key destroys the number for good. Renewing the town's keys wraps every resident's key anew.
"""

import hashlib
import hmac
import os
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.bsn import bsn
from budgeting.models import PersonalNumber, Resident, ResidentKey, User
from budgeting.models.encryption import CannotUnseal, seal, unseal

KEY_BYTES = 32
NONCE_BYTES = 12


class NumberIsKnown(ValueError):
    """Another resident has this number: nobody is told who."""


class NoNumber(LookupError):
    """No number is kept of this resident, or its key was destroyed."""


@transaction.atomic
def keep_number(*, resident: Resident, number: str, basis: str, now: datetime, by: User) -> None:
    """Keeps the BSN of a resident, on a legal basis that is said. Raises `NotABsn` or `NumberIsKnown`."""
    plain, index = bsn(number), index_of(number)
    hold("personal_number")
    if PersonalNumber.objects.filter(index=index).exclude(resident=resident).exists():
        raise NumberIsKnown
    sealed = _seal(resident, plain, now)
    facts = {"sealed": sealed, "index": index, "basis": basis[:200], "added_by": by, "added_at": now}
    PersonalNumber.objects.update_or_create(resident=resident, defaults=facts)
    record(action="number.kept", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, basis=basis[:200])


def number_of(resident: Resident) -> str:
    """The nine digits. Raises `NoNumber`. Whoever shows them writes the look first."""
    row = PersonalNumber.objects.filter(resident=resident).first()
    key = ResidentKey.objects.filter(resident=resident).first()
    if row is None or key is None:
        raise NoNumber
    sealed = bytes(row.sealed)
    try:
        opened = AESGCM(unseal(bytes(key.wrapped))).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(resident)
        )
    except InvalidTag as error:
        raise CannotUnseal from error
    return opened.decode()


def resident_with(number: str) -> Resident | None:
    """The resident with this BSN, found without opening any other. Raises `NotABsn`."""
    row = PersonalNumber.objects.filter(index=index_of(number)).select_related("resident").first()
    return row.resident if row else None


def index_of(number: str) -> str:
    """The keyed digest of a BSN: without the key it cannot be guessed from a list of all numbers. Raises `NotABsn`."""
    return hmac.digest(settings.INDEX_KEY, b"bsn\x00" + bsn(number).encode(), hashlib.sha256).hex()


@transaction.atomic
def destroy_key(*, resident: Resident, because: str, by: User | None) -> bool:
    """Destroys the resident's key and the index: the number is gone, also from what was kept sealed elsewhere."""
    hold("personal_number")
    gone, _ = ResidentKey.objects.filter(resident=resident).delete()
    PersonalNumber.objects.filter(resident=resident).delete()
    if gone:
        record(
            action="key.destroyed", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, because=because
        )
    return bool(gone)


@transaction.atomic
def wrap_anew(*, by: User | None) -> int:
    """Wraps every resident's key with the town's newest key, so that an older one can be taken away; how many."""
    hold("personal_number")
    count = 0
    for row in ResidentKey.objects.select_for_update().iterator():
        row.wrapped = seal(unseal(bytes(row.wrapped)))
        row.save(update_fields=["wrapped"])
        count += 1
    record(action="keys.wrapped_anew", subject="keys", by=by, count=count)
    return count


def _seal(resident: Resident, plain: str, now: datetime) -> bytes:
    key = ResidentKey.objects.filter(resident=resident).first()
    if key is None:
        key = ResidentKey.objects.create(resident=resident, wrapped=seal(os.urandom(KEY_BYTES)), made_at=now)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(unseal(bytes(key.wrapped))).encrypt(nonce, plain.encode(), _bound(resident))


def _bound(resident: Resident) -> bytes:
    """What a sealed number belongs to: moved to another resident's row it does not open."""
    return f"resident:{resident.pk}".encode()
