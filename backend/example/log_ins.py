"""The log-ins of the example: passwords and second factors that follow from this installation's own secret key.

They are the same whenever they are asked for, so that the second `make run` can tell them again, and different on every
machine. They exist in example databases only. Residents come in with a code from a letter; it works once, so a new one
is given on request.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.example.load import Loaded
from budgeting.actions.people import issue_letter_code
from budgeting.models import User

# Residents one can be: in Dutch, and in Arabic with an interpreter.
_RESIDENTS = ("r03", "r12")
_LETTERS = 12
_FACTOR_BYTES = 20


@dataclass(frozen=True, slots=True)
class LogIn:
    """A way in: `secret` is what an authenticator app is given (base32), empty for a resident."""

    username: str
    name: str
    roles: tuple[str, ...]
    password: str
    secret: str = ""
    code: str = ""


def give_log_ins(loaded: Loaded) -> None:
    """Gives colleagues and some residents their password, and colleagues a second factor. Once, after loading."""
    for user, roles in _users(loaded):
        user.set_password(_password(user.username))
        user.save(update_fields=["password"])
        if "resident" not in roles:
            TOTPDevice.objects.create(user=user, name="voorbeeld", key=_factor(user.username).hex(), confirmed=True)


def log_ins(loaded: Loaded) -> tuple[LogIn, ...]:
    """The log-ins as they were given, each with the code of this half minute."""
    return tuple(_log_in(user, roles) for user, roles in _users(loaded))


def letter_codes(loaded: Loaded, *, now: datetime) -> dict[str, str]:
    """A new code for each resident one can be, by name; earlier codes stop working."""
    by = loaded.with_role("case_worker")
    residents = [loaded.residents[key] for key in _RESIDENTS if key in loaded.residents]
    return {str(row): issue_letter_code(resident=row, now=now, by=by) for row in residents}


def _users(loaded: Loaded) -> Iterator[tuple[User, tuple[str, ...]]]:
    for colleague in loaded.town.colleagues:
        yield loaded.colleagues[colleague.username], colleague.roles
    for key in _RESIDENTS:
        if key in loaded.residents and (user := loaded.residents[key].user):
            yield user, ("resident",)


def _log_in(user: User, roles: tuple[str, ...]) -> LogIn:
    password = _password(user.username)
    if "resident" in roles:
        return LogIn(user.username, user.full_name, roles, password)
    factor = _factor(user.username)
    return LogIn(
        user.username, user.full_name, roles, password, base64.b32encode(factor).decode(), f"{totp(factor):06d}"
    )


def _password(username: str) -> str:
    letters = base64.b32encode(_derived("password", username)).decode().lower()[:_LETTERS]
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _factor(username: str) -> bytes:
    return _derived("second factor", username)[:_FACTOR_BYTES]


def _derived(what: str, username: str) -> bytes:
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"example {what} {username}".encode(), hashlib.sha256)
