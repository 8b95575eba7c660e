"""Keys in a phone, a computer or on a key ring: making one, showing one, ending them. Every answer counts once.

The sums are done by the package webauthn; what we ask of an answer is decided here: our own question, young and not
answered before, our own address, and the key's user. Source: Web Authentication, level 2, sections 7.1 and 7.2.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.actions.people import issue_letter_code
from budgeting.actions.persons import check_is_another
from budgeting.actions.roles import NEEDS_TWO
from budgeting.models import Passkey, Resident, RoleGrant, SpentChallenge, Town, User

VALID = timedelta(minutes=5)
MOST_KEYS = 10
LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class House:
    """Where a key works: the host name it is made for, and the whole address of the page that asks."""

    name: str
    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the browser is asked, as JSON, and the challenge in it."""

    options: str
    challenge: bytes


class NotAValidKey(ValueError):
    """Unknown, another's, of another house, late or answered before: one answer for all, so nobody learns which."""


class LastWayIn(ValueError):
    """Without this key a colleague would have no second step, and a password alone could set up another."""


class TooManyKeys(ValueError):
    """This user has `MOST_KEYS` keys already."""


def ask_to_make(*, user: User, house: House, shown_as: str, alone: bool) -> Question:
    """Asks for a new key. `alone`: it will be the only thing shown, so that it must know its owner itself."""
    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in keys_of(user)]
    options = webauthn.generate_registration_options(
        rp_id=house.host,
        rp_name=house.name,
        user_id=_handle(user),
        user_name=shown_as,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.PREFERRED,
            user_verification=_verification(alone=alone),
        ),
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def ask_to_show(*, user: User | None, house: House) -> Question:
    """Asks for a key of this user, or of whoever has one when nobody is known yet."""
    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in keys_of(user)]
    options = webauthn.generate_authentication_options(
        rp_id=house.host, allow_credentials=known, user_verification=_verification(alone=user is None)
    )
    return Question(webauthn.options_to_json(options), options.challenge)


@transaction.atomic
def keep_key(
    *, user: User, answer: str, challenge: bytes, house: House, name: str, alone: bool, now: datetime
) -> Passkey:
    """The key that was made just now, from now on this user's. Raises `NotAValidKey` or `TooManyKeys`."""
    hold("passkeys", user.pk)
    if keys_of(user).count() >= MOST_KEYS:
        raise TooManyKeys
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=house.host,
            expected_origin=house.origin,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise NotAValidKey from wrong
    _spend(challenge, now)
    credential = bytes_to_base64url(made.credential_id)
    if Passkey.objects.filter(credential=credential).exists():
        raise NotAValidKey
    key = Passkey(user=user, name=name[:64], credential=credential, public=made.credential_public_key)
    key.count, key.made_at = made.sign_count, now
    key.save()
    _tell("passkey.made", user, by=user, key=key.pk)
    return key


@transaction.atomic
def take_key(*, user: User | None, answer: str, challenge: bytes, house: House, now: datetime) -> Passkey:
    """The key that was shown just now: of this user, or of whoever it is. Raises `NotAValidKey`."""
    given = _read(answer)
    found = Passkey.objects.select_for_update(of=["self"]).filter(credential=str(given.get("id", ""))[:1400])
    key = found.select_related("user").first()
    if key is None or (user is not None and key.user_id != user.pk) or not key.user.is_active:
        raise NotAValidKey
    try:
        shown = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=house.host,
            expected_origin=house.origin,
            credential_public_key=bytes(key.public),
            credential_current_sign_count=key.count,
            require_user_verification=user is None,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise NotAValidKey from wrong
    if not _is_of(given, key.user, alone=user is None):
        raise NotAValidKey
    _spend(challenge, now)
    Passkey.objects.filter(pk=key.pk).update(count=shown.new_sign_count, used_at=now)
    _tell("passkey.used", key.user, by=key.user, key=key.pk)
    return key  # type: ignore[no-any-return]


@transaction.atomic
def end_key(*, user: User, number: int, by: User, keeps_one: bool = False) -> bool:
    """This key opens nothing any more; says whether it still did. `keeps_one`: raises `LastWayIn` for the only one."""
    hold("passkeys", user.pk)
    if keeps_one and not keys_of(user).exclude(pk=number).exists():
        raise LastWayIn
    gone = keys_of(user).filter(pk=number).delete()[0]
    if gone:
        _tell("passkey.ended", user, by=by, key=number)
    return bool(gone)


@transaction.atomic
def end_all_keys(*, user: User, by: User) -> int:
    """No key of this user opens anything any more; how many did."""
    hold("passkeys", user.pk)
    gone = int(keys_of(user).delete()[0])
    if gone:
        _tell("passkey.ended", user, by=by, keys=gone)
    return gone


@transaction.atomic
def replace_lost_phone(*, resident: Resident, now: datetime, by: User) -> str:
    """In person, at the counter: the keys of the lost phone end and a new code for a letter is given."""
    if resident.user is not None:
        end_all_keys(user=resident.user, by=by)
    record(action="phone.lost", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk)
    return issue_letter_code(resident=resident, now=now, by=by)


@transaction.atomic
def forget_second_factor(*, user: User, on: date, by: User) -> int:
    """In person: a colleague lost app and key, and sets up new ones at the next log-in; how many were forgotten.

    What two people gave (`NEEDS_TWO`) ends with it and takes two people again, so that nobody becomes approver in
    somebody else's place by forgetting for them. Raises `SamePerson` for who would do it for themselves.
    """
    check_is_another(user, by)
    hold("roles", user.pk)
    gone = end_all_keys(user=user, by=by) + int(TOTPDevice.objects.filter(user=user).delete()[0])
    weighty = RoleGrant.objects.in_force(on).filter(user=user, role__in=NEEDS_TWO)
    ended = sorted(weighty.values_list("role", flat=True))
    weighty.filter(valid_from=on).delete()  # a role that began today never was: a period ends after it starts
    weighty.update(valid_until=on)
    record(action="second_factor.forgotten", subject=f"user:{user.pk}", by=by, forgotten=gone, roles=ended)
    return gone


@transaction.atomic
def switch_passkeys(*, on: bool, by: User) -> None:
    """The town decided whether a key in a resident's phone is proof enough; when it is off, none lets a resident in."""
    Town.objects.update(passkeys=on)
    record(action="passkeys.switched", subject="town:1", by=by, on=on)


def keys_of(user: User | None) -> Any:
    """The keys of a user, the oldest first; nobody has none."""
    rows = Passkey.objects.filter(user=user) if user is not None else Passkey.objects.none()
    return rows.order_by("pk")


def _spend(challenge: bytes, now: datetime) -> None:
    """Whoever comes second with an answer to the same question is refused, however close behind."""
    SpentChallenge.objects.filter(at__lt=now - 2 * VALID).delete()
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(digest=hashlib.sha256(challenge).hexdigest(), at=now)
    except IntegrityError as again:
        raise NotAValidKey from again


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise NotAValidKey
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError) as odd:
        raise NotAValidKey from odd
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise NotAValidKey
    return given


def _is_of(given: dict[str, Any], user: User, *, alone: bool) -> bool:
    """A key that is shown alone says whose it is, in our own words for them; another may leave it out."""
    said = given["response"].get("userHandle")
    if not said:
        return not alone
    return hmac.compare_digest(str(said), bytes_to_base64url(_handle(user)))


def _handle(user: User) -> bytes:
    """How a key knows its user: the same for all keys of one user, and telling nothing to who reads it."""
    return hmac.digest(settings.INDEX_KEY, f"passkey\x00{user.pk}".encode(), hashlib.sha256)


def _verification(*, alone: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED


def _tell(action: str, user: User, *, by: User, **facts: object) -> None:
    resident = Resident.objects.filter(user=user).values_list("pk", flat=True).first()
    subject = f"resident:{resident}" if resident else f"user:{user.pk}"
    record(action=action, subject=subject, by=by, resident_id=resident, **facts)
