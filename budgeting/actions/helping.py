"""Letting somebody look with a resident, and ending it: each step with its event, under the resident's own lock.

Whoever looks changes nothing. A yes is the resident's own: on the screen, at the counter, by phone or on paper.
"""

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.models import HelpCode, How, LetIn, Mode, Resident, Scope, User
from budgeting.models.helping import LetInQuerySet

# A, B and C: inclusion rules 3.3 and 3.6.
STAY = timedelta(minutes=20)
CODE_VALID = timedelta(minutes=10)
CODE_DIGITS = 6
MOST_WRONG = 5
# What a volunteer may note afterwards, never about whom.
TOPICS = ("log_in", "language", "explain", "print")


class NotAValidHelpCode(ValueError):
    """Unknown, used, expired, ended by wrong tries: one answer for all, so that nobody learns which."""


class NotLetIn(LookupError):
    """Nobody of that name is let in, or not any more."""


@transaction.atomic
def look_together(*, resident: Resident, now: datetime, by: User) -> LetIn:
    """A: somebody sits beside the resident, before the same screen. What stood before it ends."""
    hold("let_in", resident.pk)
    _end(LetIn.objects.filter(resident=resident, mode=Mode.TOGETHER, ended_at=None), now=now, by=by)
    let_in = LetIn.objects.create(
        resident=resident, mode=Mode.TOGETHER, asked_at=now, begun_at=now, until=now + STAY, language=resident.language
    )
    _tell("let_in.begun", let_in, by)
    return let_in


@transaction.atomic
def make_help_code(*, resident: Resident, now: datetime, by: User) -> str:
    """B: six digits that let somebody ask to look along, once, for ten minutes; an earlier code stops working."""
    hold("help_code")
    HelpCode.objects.filter(resident=resident, mode=Mode.ALONG, used_at=None).update(expires_at=now)
    code = _unused_digits(now)
    HelpCode.objects.create(
        resident=resident,
        mode=Mode.ALONG,
        digest=digest(code),
        start=digest(code[:3]),
        issued_at=now,
        expires_at=now + CODE_VALID,
        issued_by=by,
    )
    record(action="help_code.made", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk)
    return code


def take_help_code(*, code: str, helper: User, now: datetime) -> LetIn:
    """B: a helper typed the code and now waits for the resident's yes. Exactly one helper gets through with a code.

    Raises `NotAValidHelpCode`. A wrong try counts against the codes that begin alike: five such end them.
    """
    plain = "".join(sign for sign in code if sign.isascii() and sign.isdigit())[:CODE_DIGITS]
    let_in = _taken(plain, helper, now)
    if let_in is None:
        _count_wrong(plain, now)
        raise NotAValidHelpCode
    return let_in


@transaction.atomic
def say_yes(*, let_in: LetIn, now: datetime, by: User) -> LetIn:
    """B: the resident lets in who asks; twenty minutes from now. Raises `NotLetIn` when nobody asks any more."""
    hold("let_in", let_in.resident_id)
    _end(LetIn.objects.filter(resident=let_in.resident_id, mode=Mode.ALONG).standing(now), now=now, by=by)
    if LetIn.objects.asking(now).filter(pk=let_in.pk).update(begun_at=now, until=now + STAY) != 1:
        raise NotLetIn
    let_in.refresh_from_db()
    _tell("let_in.begun", let_in, by)
    return let_in


@transaction.atomic
def show_amounts(*, let_in: LetIn, shown: bool, now: datetime, by: User) -> None:
    """B: uncovers or covers the amounts. Raises `NotLetIn` when nobody looks."""
    if LetIn.objects.standing(now).filter(pk=let_in.pk, mode=Mode.ALONG).update(shows_amounts=shown) != 1:
        raise NotLetIn
    _tell("let_in.amounts", let_in, by, shown=shown)


@transaction.atomic
def trust(
    *, resident: Resident, helper: User, scope: str, months: int, how: str, interpreter: bool, now: datetime, by: User
) -> LetIn:
    """D: a person may look for one, three or six months; an earlier yes to the same person is replaced."""
    if months not in {1, 3, 6} or scope not in Scope.values or how not in How.values:
        raise ValueError(f"{months} months, {scope}, {how}")
    hold("let_in", resident.pk)
    _end(LetIn.objects.filter(resident=resident, helper=helper, mode=Mode.TRUSTED, ended_at=None), now=now, by=by)
    let_in = LetIn.objects.create(
        resident=resident,
        helper=helper,
        mode=Mode.TRUSTED,
        scope=scope,
        how=how,
        interpreter=interpreter,
        language=resident.language,
        asked_at=now,
        begun_at=now,
        until=_months_on(now, months),
    )
    _tell("let_in.begun", let_in, by, months=months)
    return let_in


@transaction.atomic
def represent(
    *,
    resident: Resident,
    helper: User,
    decision: str,
    scope: str,
    begins: datetime,
    until: datetime,
    now: datetime,
    by: User,
) -> LetIn:
    """A legal representative may see this much from a moment on, by the decision of a court with this number."""
    let_in = LetIn.objects.create(
        resident=resident,
        helper=helper,
        mode=Mode.REPRESENTATIVE,
        scope=scope,
        how=How.COURT,
        reason=decision,
        asked_at=now,
        begun_at=begins,
        until=until,
    )
    _tell("let_in.begun", let_in, by)
    return let_in


@transaction.atomic
def welcome(*, resident: Resident, reason: str, interpreter: bool, now: datetime, by: User) -> LetIn:
    """C: a colleague helps at the counter, saw who it is, and may turn a screen to the resident. The last one ends."""
    hold("let_in", resident.pk)
    _end(LetIn.objects.filter(helper=by, mode=Mode.COUNTER, ended_at=None), now=now, by=by)
    let_in = LetIn.objects.create(
        resident=resident,
        helper=by,
        mode=Mode.COUNTER,
        how=How.COUNTER,
        reason=reason,
        interpreter=interpreter,
        language=resident.language,
        asked_at=now,
        begun_at=now,
        until=now + STAY,
    )
    _tell("let_in.begun", let_in, by)
    return let_in


@transaction.atomic
def stop_looking(*, let_in: LetIn, now: datetime, by: User) -> bool:
    """Ends it, whoever asks for it first; says whether it still stood."""
    hold("let_in", let_in.resident_id)
    return _end(LetIn.objects.filter(pk=let_in.pk, ended_at=None), now=now, by=by) == 1


@transaction.atomic
def note_topic(*, let_in: LetIn, topic: str, by: User) -> None:
    """What it was about, one of `TOPICS`, for the figures; only by the helper, only afterwards."""
    if topic not in TOPICS:
        raise ValueError(topic)
    LetIn.objects.filter(pk=let_in.pk, helper=by).exclude(ended_at=None).update(topic=topic)


def digest(code: str) -> str:
    """The keyed digest under which a code is kept."""
    return hmac.digest(settings.INDEX_KEY, f"help\x00{code}".encode(), hashlib.sha256).hex()


@transaction.atomic
def _taken(plain: str, helper: User, now: datetime) -> LetIn | None:
    fitting = HelpCode.objects.filter(mode=Mode.ALONG, digest=digest(plain), used_at=None, expires_at__gt=now)
    row = fitting.filter(wrong__lt=MOST_WRONG).select_related("resident").select_for_update(of=["self"]).first()
    if row is None or row.resident.user_id == helper.pk:
        return None
    HelpCode.objects.filter(pk=row.pk).update(used_at=now)
    let_in = LetIn.objects.create(
        resident=row.resident,
        helper=helper,
        mode=Mode.ALONG,
        asked_at=now,
        until=now + CODE_VALID,
        language=row.resident.language,
    )
    _tell("let_in.asked", let_in, helper)
    return let_in


@transaction.atomic
def _count_wrong(plain: str, now: datetime) -> None:
    alike = HelpCode.objects.filter(mode=Mode.ALONG, start=digest(plain[:3]), used_at=None, expires_at__gt=now)
    for row in alike.select_for_update().order_by("pk"):
        row.wrong += 1
        if row.wrong >= MOST_WRONG:
            row.expires_at = now
            record(
                action="help_code.guessed",
                subject=f"resident:{row.resident_id}",
                by=None,
                resident_id=row.resident_id,
            )
        row.save(update_fields=["wrong", "expires_at"])


def _end(rows: LetInQuerySet, *, now: datetime, by: User | None) -> int:
    ended = list(rows.select_for_update())
    rows.model.objects.filter(pk__in=[row.pk for row in ended]).update(ended_at=now, ended_by=by)
    for row in ended:
        _tell("let_in.ended", row, by)
    return len(ended)


def _tell(action: str, let_in: LetIn, by: User | None, **facts: object) -> None:
    helper = let_in.helper.username if let_in.helper else ""
    record(
        action=action,
        subject=f"let_in:{let_in.pk}",
        by=by,
        resident_id=let_in.resident_id,
        mode=str(let_in.mode),
        helper=helper,
        **facts,
    )


def _unused_digits(now: datetime) -> str:
    """Six digits that no other code has now; there is always room, or the loop would have ended long before."""
    for _ in range(100):
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if not HelpCode.objects.filter(digest=digest(code), used_at=None, expires_at__gt=now).exists():
            return code
    raise RuntimeError("no six digits are free")


def _months_on(now: datetime, months: int) -> datetime:
    """The same day some months later, or the last of that month."""
    years, month = divmod(now.month - 1 + months, 12)
    first = date(now.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return now.replace(year=first.year, month=first.month, day=min(now.day, last.day))
