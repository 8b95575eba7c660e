"""Residents and their accounts, roles and the code on the letter with which a resident comes in."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from budgeting.actions.accounts import AccountNotInUse, check_is_no_colleagues
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.iban import iban as checked_iban
from budgeting.core.schedule import Recurrence
from budgeting.models import (
    Account,
    Assignment,
    Counterparty,
    Household,
    LetterCode,
    Resident,
    Role,
    RoleGrant,
    User,
)

# Crockford's base 32 leaves out I, L, O and U; ten characters carry fifty bits (reliability rule 4.1).
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("ILO", "110", " -\t\r\n")  # read as, and left out
CODE_VALID = timedelta(days=14)
CODE_START = 5  # characters of the first group, as the letter shows it
MOST_WRONG = 5


class NotAValidCode(ValueError):
    """Unknown, used, expired or ill-written: one answer for all, so that nobody learns which."""


@dataclass(frozen=True, slots=True)
class ResidentDetails:
    """What is registered of a resident; `pay_rhythm` says when the remainder is paid."""

    first_names: str
    last_name: str
    pay_rhythm: Recurrence
    birth_date: date | None = None
    language: str = "nl"
    interpreter_needed: bool = False
    phone: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""


@transaction.atomic
def register_resident(
    *, household: Household, details: ResidentDetails, iban: str, case_worker: User, on: date, by: User
) -> Resident:
    """A resident who takes part from `on`, with the account the remainder goes to and a case worker.

    The account is typed by `by`: it waits for its days and a second person. Raises `NotAnIban`, `IbanIsAColleagues`.
    """
    check_is_no_colleagues(checked_iban(iban), on=on)
    fields = {name: getattr(details, name) for name in details.__slots__ if name != "pay_rhythm"}
    hold("register_resident")
    number = f"R{Resident.objects.count() + 1:06d}"
    resident = Resident.objects.create(
        household=household, number=number, starts_on=on, pay_rhythm=details.pay_rhythm.to_dict(), **fields
    )
    name, itself = str(resident)[:200], f"resident:{number}"
    user = User.objects.create_user(itself, full_name=name, person_number=itself)
    RoleGrant.objects.create(user=user, role=Role.RESIDENT, valid_from=on)
    Resident.objects.filter(pk=resident.pk).update(user=user)
    resident.user = user
    Account.objects.create(iban=checked_iban(iban), name=str(resident)[:70], resident=resident, since=on, added_by=by)
    Assignment.objects.create(case_worker=case_worker, resident=resident, valid_from=on)
    record(action="resident.registered", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk)
    return resident


@transaction.atomic
def register_counterparty(*, name: str, iban: str, on: date, by: User, name_at_bank: str = "") -> Counterparty:
    """A counterparty with its first account, typed by `by`. Raises `NotAnIban` or `IbanIsAColleagues`."""
    check_is_no_colleagues(checked_iban(iban), on=on)
    counterparty = Counterparty.objects.create(name=name)
    Account.objects.create(
        iban=checked_iban(iban), name=(name_at_bank or name)[:70], counterparty=counterparty, since=on, added_by=by
    )
    record(action="counterparty.registered", subject=f"counterparty:{counterparty.pk}", by=by, name=name)
    return counterparty


@transaction.atomic
def change_account(*, old: Account, iban: str, name: str, on: date, by: User) -> Account:
    """Replaces an account by a new one, which is new from `on`: payments to it wait for its days and a second person.

    Raises `NotAnIban`, `IbanIsAColleagues`, or `AccountNotInUse` when a colleague replaced it just before.
    """
    plain = checked_iban(iban)
    check_is_no_colleagues(plain, on=on, resident=old.resident)
    if Account.objects.filter(pk=old.pk, until=None).update(until=on) != 1:
        raise AccountNotInUse
    owner = {"counterparty": old.counterparty, "resident": old.resident}
    new = Account.objects.create(iban=plain, name=name[:70], since=on, added_by=by, **owner)
    old.agreements.update(account=new)
    record(action="account.changed", subject=f"account:{new.pk}", by=by, resident_id=old.resident_id, before=old.pk)
    return new


@transaction.atomic
def issue_letter_code(*, resident: Resident, now: datetime, by: User) -> str:
    """A new one-time code for a letter; earlier unused codes stop working. Only digests are kept."""
    hold("letter_code", resident.pk)
    LetterCode.objects.filter(resident=resident, used_at=None).update(expires_at=now)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    LetterCode.objects.create(
        resident=resident,
        digest=_digest(code),
        start=_digest(code[:CODE_START]),
        issued_at=now,
        expires_at=now + CODE_VALID,
        issued_by=by,
    )
    record(action="letter_code.issued", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk)
    return f"{code[:CODE_START]} {code[CODE_START:]}"


def redeem_letter_code(*, code: str, now: datetime) -> User:
    """The user a code lets in, exactly once; spaces, hyphens and look-alikes are forgiven. Or `NotAValidCode`.

    A wrong try counts against the code that begins alike: five end it.
    """
    plain = read_code(code)
    user = _redeemed(plain, now)
    if user is None:
        _count_wrong(plain, now)
        raise NotAValidCode
    return user


@transaction.atomic
def grant_role(*, user: User, role: str, on: date, by: User | None) -> RoleGrant:
    """Gives a user a role from a day on."""
    grant = RoleGrant.objects.create(user=user, role=role, valid_from=on)
    record(action="role.granted", subject=f"user:{user.pk}", by=by, role=role)
    return grant


def read_code(code: str) -> str:
    """A code as it is kept: spaces and hyphens left out, look-alikes read as what they look like."""
    return code.upper().translate(_READ_AS)[:20]


@transaction.atomic
def _redeemed(plain: str, now: datetime) -> User | None:
    fitting = LetterCode.objects.filter(digest=_digest(plain), used_at=None, expires_at__gt=now)
    resident = Resident.objects.select_related("user").filter(letter_codes__in=fitting, user__is_active=True).first()
    if resident is None or resident.user is None or fitting.update(used_at=now) != 1:
        return None
    record(action="letter_code.used", subject=f"resident:{resident.pk}", by=resident.user, resident_id=resident.pk)
    return resident.user


@transaction.atomic
def _count_wrong(plain: str, now: datetime) -> None:
    alike = LetterCode.objects.filter(start=_digest(plain[:CODE_START]), used_at=None, expires_at__gt=now)
    for row in alike.select_for_update().order_by("pk"):
        row.wrong += 1
        if row.wrong >= MOST_WRONG:
            row.expires_at = now
            number = row.resident_id
            record(action="letter_code.guessed", subject=f"resident:{number}", by=None, resident_id=number)
        row.save(update_fields=["wrong", "expires_at"])


def _digest(code: str) -> str:
    return hmac.digest(settings.INDEX_KEY, code.encode(), hashlib.sha256).hex()
