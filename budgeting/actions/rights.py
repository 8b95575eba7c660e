"""What a resident may ask about their own data: correct, restrict, lift and erase, each kept with what we answered.

Sources: GDPR articles 16 to 18; what the law makes us keep (the books, seven years) is named with its day.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from django.db import transaction

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.actions.numbers import destroy_key
from budgeting.models import HelpCode, Identity, LetIn, LetterCode, Passkey, PrivacyRequest, Resident, User

CORRECTED = ("first_names", "last_name", "birth_date", "phone", "street", "postcode", "town")
CONTACT = {"phone": "", "street": "", "postcode": "", "town": "", "birth_date": None}
BOOKS_ARE_KEPT_FOR = 7  # years after the end, from the first of January that follows (article 52 AWR)


class NotErasedYet(ValueError):
    """The resident still takes part: what is needed to pay for them cannot be erased."""


class NothingToCorrect(ValueError):
    """What was given is what was known already."""


class CorrectedMeanwhile(ValueError):
    """What is to be corrected was corrected by somebody else since it was seen; `now` is what stands there."""

    def __init__(self, now: Mapping[str, object]) -> None:
        super().__init__()
        self.now = now


@transaction.atomic
def correct_resident(
    *,
    resident: Resident,
    details: Mapping[str, object],
    on: date,
    by: User,
    seen: Mapping[str, object] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Changes what was wrong; the event names the fields, never their contents.

    `seen` is what stood there when the details were typed. Raises `NothingToCorrect`, `CorrectedMeanwhile`.
    """
    hold("rights", resident.pk)
    current = Resident.objects.values(*CORRECTED).get(pk=resident.pk)
    changed = {name: details[name] for name in CORRECTED if name in details and details[name] != current[name]}
    if not changed:
        raise NothingToCorrect
    if meanwhile := {name: current[name] for name in changed if name in seen and seen[name] != current[name]}:
        raise CorrectedMeanwhile(meanwhile)
    Resident.objects.filter(pk=resident.pk).update(**changed)
    names = tuple(sorted(changed))
    _keep(resident, PrivacyRequest.Kind.CORRECT, "", on, by, {"fields": list(names)})
    return names


@transaction.atomic
def restrict(*, resident: Resident, reason: str, on: date, by: User) -> None:
    """From now on only the resident's own case workers open the file."""
    hold("rights", resident.pk)
    _keep(resident, PrivacyRequest.Kind.RESTRICT, reason, on, by, {})


@transaction.atomic
def lift(*, resident: Resident, reason: str, on: date, by: User) -> None:
    """The restriction ends."""
    hold("rights", resident.pk)
    _keep(resident, PrivacyRequest.Kind.LIFT, reason, on, by, {})


@transaction.atomic
def erase(*, resident: Resident, reason: str, now: datetime, on: date, by: User) -> dict[str, str]:
    """Destroys what need not be kept and says of the rest until when it is. Raises `NotErasedYet`."""
    hold("rights", resident.pk)
    if resident.ends_on is None or resident.ends_on > on:
        raise NotErasedYet
    destroy_key(resident=resident, because="erased", by=by)
    Resident.objects.filter(pk=resident.pk).update(**CONTACT)
    LetterCode.objects.filter(resident=resident).delete()
    HelpCode.objects.filter(resident=resident).delete()
    Identity.objects.filter(user=resident.user_id).delete()
    Passkey.objects.filter(user=resident.user_id).delete()
    LetIn.objects.filter(resident=resident, ended_at=None).update(ended_at=now, ended_by=by)
    answer = {"contact": "destroyed", "number": "destroyed", "codes": "destroyed"}
    answer["books"] = kept_until(resident.ends_on).isoformat()
    _keep(resident, PrivacyRequest.Kind.ERASE, reason, on, by, answer)
    return answer


@transaction.atomic
def note_copy(*, resident: Resident, on: date, by: User) -> None:
    """A copy of everything was made: the resident sees that in who looked."""
    _keep(resident, PrivacyRequest.Kind.COPY, "", on, by, {})
    record(action="looked", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, page="copy")


def is_restricted(resident: Resident) -> bool:
    """Whether the last word of the resident is that the file be restricted."""
    kinds = [PrivacyRequest.Kind.RESTRICT, PrivacyRequest.Kind.LIFT]
    last = PrivacyRequest.objects.filter(resident=resident, kind__in=kinds).order_by("-pk").first()
    return last is not None and last.kind == PrivacyRequest.Kind.RESTRICT


def kept_until(ends_on: date) -> date:
    """The day on which the books of a resident who stopped may be made nameless."""
    return date(ends_on.year + 1 + BOOKS_ARE_KEPT_FOR, 1, 1)


def _keep(
    resident: Resident, kind: str, reason: str, on: date, by: User, answer: Mapping[str, object]
) -> PrivacyRequest:
    row = PrivacyRequest.objects.create(
        resident=resident, kind=kind, reason=reason[:200], answer=dict(answer), asked_on=on, by=by
    )
    record(action=f"privacy.{kind}", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, request=row.pk)
    return row
