"""Keys of other systems: made once and told once, kept as a digest, found by their label, stopped at once."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from backend.api.scopes import SCOPES
from backend.models import ApiKey
from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.people import grant_role
from budgeting.models import Role, User

_MARK = "hhb"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
LONGEST_PURPOSE = 100


class NotAKey(ValueError):
    """What is wrong with a key that was asked for; `reason` is `scope`, `purpose`, `name`, `until` or `responsible`."""

    def __init__(self, reason: str, value: object = "") -> None:
        super().__init__(f"{reason}: {value}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made: for which system, what it may do, for which purposes, before which day."""

    system: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    valid_until: date
    per_minute: int = 600


@transaction.atomic
def add_key(*, wanted: Wanted, responsible: User, on: date) -> tuple[ApiKey, str]:
    """A new key and its text, which is told this once. Raises `NotAKey`.

    The system counts as the same human being as who is responsible for it, so that nobody approves what their own key
    put in a payment file.
    """
    _check(wanted, responsible, on)
    label, secret = "".join(secrets.choice(_LETTERS) for _ in range(8)), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        system=_system(wanted.system, responsible, on),
        label=label,
        digest=digest_of(secret),
        scopes=sorted(set(wanted.scopes)),
        purposes=list(dict.fromkeys(wanted.purposes)),
        per_minute=wanted.per_minute,
        valid_until=wanted.valid_until,
        made_by=responsible,
    )
    facts = {"system": wanted.system, "scopes": key.scopes, "purposes": key.purposes, "until": key.valid_until}
    record(action="api_key.added", subject=f"api_key:{label}", by=responsible, facts=facts)
    return key, f"{_MARK}_{label}_{secret}"


@transaction.atomic
def stop_key(*, label: str, now: datetime, by: User) -> bool:
    """Whether the key was open until now; from now on it opens nothing."""
    stopped = ApiKey.objects.filter(label=label, stopped_at=None).update(stopped_at=now)
    if stopped:
        record(action="api_key.stopped", subject=f"api_key:{label}", by=by)
    return bool(stopped)


def key_of(text: str, *, on: date) -> ApiKey | None:
    """The key that this text is, when it is valid on the day and its system is not switched off."""
    mark, _, rest = text.partition("_")
    label, _, secret = rest.partition("_")
    if mark != _MARK or not secret or not text.isascii() or len(text) > 100:
        return None
    rows = ApiKey.objects.select_related("system").filter(label=label, stopped_at=None, valid_until__gt=on)
    key = rows.filter(system__is_active=True).first()
    return key if key is not None and hmac.compare_digest(key.digest, digest_of(secret)) else None


def digest_of(secret: str) -> str:
    """How the secret half of a key is kept: nobody who reads the database can come in with it."""
    return hmac.digest(settings.INDEX_KEY, f"api\x00{secret}".encode(), hashlib.sha256).hex()


def _check(wanted: Wanted, responsible: User, on: date) -> None:
    if not wanted.system.strip() or len(wanted.system) > 40 or not wanted.system.isprintable():
        raise NotAKey("name", wanted.system)
    if unknown := [scope for scope in wanted.scopes if scope not in SCOPES] or not wanted.scopes:
        raise NotAKey("scope", unknown)
    if not wanted.purposes or not _are_purposes(wanted.purposes):
        raise NotAKey("purpose", wanted.purposes)
    if wanted.valid_until <= on:
        raise NotAKey("until", wanted.valid_until)
    if not access.is_staff(responsible, on=on):
        raise NotAKey("responsible", responsible)


def _are_purposes(purposes: Collection[str]) -> bool:
    """A purpose travels in a header: readable ASCII, not too long."""
    return all(one.strip() == one and one.isascii() and one.isprintable() and 3 <= len(one) <= LONGEST_PURPOSE
               for one in purposes)  # fmt: skip


def _system(name: str, responsible: User, on: date) -> User:
    """The user that this system is; nobody can log in as it."""
    username = f"systeem {name}"
    found = User.objects.filter(username=username).first()
    if found is not None:
        return found
    system = User.objects.create_user(username, full_name=f"Systeem {name}", person_number=responsible.person)
    grant_role(user=system, role=Role.SYSTEM, on=on, by=responsible)
    return system
