"""A person the resident trusts: their own account, a code to come in with, and codes on paper for who has no phone.

A code has ten characters and works once; a paper code needs the year of birth as well and dies of three wrong years.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from budgeting.actions.audit import record
from budgeting.actions.helping import NotAValidHelpCode, NotLetIn, digest, trust
from budgeting.actions.locks import hold
from budgeting.actions.people import CODE_LETTERS, grant_role, read_code
from budgeting.models import HelpCode, LetIn, Mode, Resident, Role, Scope, Town, User

INVITATION_VALID = timedelta(days=14)
PAPER_VALID = timedelta(days=30)
MOST_WRONG_YEARS = 3
LASTS = frozenset({1, 3, 6})


class NotATrustedPerson(ValueError):
    """A name, a scope or a number of months is missing or not one of ours."""


class PaperCodesAreOff(PermissionError):
    """The town has not decided that a code on paper is enough."""


@transaction.atomic
def let_in_for_months(
    *,
    resident: Resident,
    name: str,
    scope: str,
    months: int,
    how: str,
    now: datetime,
    by: User,
    interpreter: bool = False,
) -> tuple[LetIn, str]:
    """D: an account for the trusted person, what they may see until when, and the code to give them."""
    full_name = " ".join(name.split())[:200]
    if len(full_name) < 2 or scope not in Scope.values or months not in LASTS:
        raise NotATrustedPerson
    hold("let_in", resident.pk)
    helper = _account_of(resident, full_name, now, by)
    let_in = trust(
        resident=resident,
        helper=helper,
        scope=scope,
        months=months,
        how=how,
        interpreter=interpreter,
        now=now,
        by=by,
    )
    return let_in, invite_again(let_in=let_in, now=now, by=by)


@transaction.atomic
def invite_again(*, let_in: LetIn, now: datetime, by: User) -> str:
    """A new code for who may look; earlier ones stop working. Raises `NotLetIn` for who may not look any more."""
    hold("let_in", let_in.resident_id)
    if not LetIn.objects.standing(now).filter(pk=let_in.pk, mode__in=[Mode.TRUSTED, Mode.REPRESENTATIVE]).exists():
        raise NotLetIn
    HelpCode.objects.filter(let_in=let_in, used_at=None).update(expires_at=now)
    return _code(let_in.resident, Mode.TRUSTED, now + INVITATION_VALID, now, by, let_in=let_in)


@transaction.atomic
def redeem_invitation(*, code: str, now: datetime) -> User:
    """The user a trusted person's code lets in, exactly once, as long as the resident still agrees."""
    fitting = HelpCode.objects.filter(mode=Mode.TRUSTED, digest=digest(read_code(code)), used_at=None)
    row = fitting.filter(expires_at__gt=now).select_for_update(of=["self"]).select_related("let_in__helper").first()
    let_in = row.let_in if row else None
    if row is None or let_in is None or not LetIn.objects.standing(now).filter(pk=let_in.pk).exists():
        raise NotAValidHelpCode
    helper = let_in.helper
    if helper is None or not helper.is_active:
        raise NotAValidHelpCode
    HelpCode.objects.filter(pk=row.pk).update(used_at=now)
    record(action="invitation.used", subject=f"let_in:{let_in.pk}", by=helper, resident_id=let_in.resident_id)
    return helper


@transaction.atomic
def make_paper_code(*, resident: Resident, now: datetime, by: User) -> str:
    """E: a code on paper, for thirty days and one use. Raises `PaperCodesAreOff`."""
    if not Town.objects.filter(paper_codes=True).exists() or resident.birth_date is None:
        raise PaperCodesAreOff
    hold("let_in", resident.pk)
    HelpCode.objects.filter(resident=resident, mode=Mode.PAPER, used_at=None).update(expires_at=now)
    return _code(resident, Mode.PAPER, now + PAPER_VALID, now, by)


@transaction.atomic
def switch_paper_codes(*, on: bool, by: User) -> None:
    """The town decided whether a code on paper is proof enough; codes that were given stop working when it is off."""
    Town.objects.update(paper_codes=on)
    record(action="paper_codes.switched", subject="town:1", by=by, on=on)


@transaction.atomic
def _spend_paper_code(plain: str, birth_year: str, helper: User, now: datetime) -> Resident | None:
    fitting = HelpCode.objects.filter(mode=Mode.PAPER, digest=digest(plain), used_at=None, expires_at__gt=now)
    row = fitting.select_for_update(of=["self"]).select_related("resident").first()
    if row is None or row.wrong >= MOST_WRONG_YEARS or not Town.objects.filter(paper_codes=True).exists():
        return None
    born = row.resident.birth_date
    if born is None or birth_year.strip() != str(born.year):
        HelpCode.objects.filter(pk=row.pk).update(wrong=row.wrong + 1)
        return None
    HelpCode.objects.filter(pk=row.pk).update(used_at=now)
    LetIn.objects.create(
        resident=row.resident,
        helper=helper,
        mode=Mode.PAPER,
        scope=Scope.PAID,
        how="paper",
        language=row.resident.language,
        asked_at=now,
        begun_at=now,
        until=now + timedelta(minutes=1),
        ended_at=now,
        ended_by=helper,
    )
    record(action="paper_code.used", subject=f"resident:{row.resident_id}", by=helper, resident_id=row.resident_id)
    return row.resident


def take_paper_code(*, code: str, birth_year: str, helper: User, now: datetime) -> Resident:
    """E: the resident whose code and year of birth these are, once. Raises `NotAValidHelpCode` for everything else."""
    resident = _spend_paper_code(read_code(code), birth_year, helper, now)
    if resident is None:
        raise NotAValidHelpCode
    return resident


def _code(
    resident: Resident, mode: str, expires_at: datetime, now: datetime, by: User, *, let_in: LetIn | None = None
) -> str:
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
    HelpCode.objects.create(
        resident=resident,
        mode=mode,
        digest=digest(code),
        let_in=let_in,
        issued_at=now,
        expires_at=expires_at,
        issued_by=by,
    )
    record(action="help_code.made", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, mode=str(mode))
    return f"{code[:5]} {code[5:]}"


def _account_of(resident: Resident, name: str, now: datetime, by: User) -> User:
    """The account of this person with this resident; one person may have several, each for one resident."""
    earlier = LetIn.objects.filter(resident=resident, mode=Mode.TRUSTED, helper__full_name__iexact=name)
    known = earlier.select_related("helper").first()
    if known and known.helper:
        return known.helper
    user = User.objects.create_user(f"trusted:{secrets.token_hex(8)}", full_name=name)
    grant_role(user=user, role=Role.TRUSTED_PERSON, on=timezone.localdate(now), by=by)
    return user
