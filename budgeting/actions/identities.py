"""Who comes in by an identity provider: issuer and subject are one user, linked by a person and never by e-mail."""

from datetime import date

from django.db import IntegrityError, transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.numbers import resident_with
from budgeting.core.bsn import NotABsn
from budgeting.models import Identity, Resident, User


class IdentityIsTaken(ValueError):
    """This subject of this provider is somebody already: nobody is told who."""


@transaction.atomic
def link_identity(*, user: User, issuer: str, subject: str, by: User | None) -> Identity:
    """From now on this subject of this provider is this user. Raises `IdentityIsTaken`."""
    try:
        with transaction.atomic():
            identity = Identity.objects.create(user=user, issuer=issuer, subject=subject)
    except IntegrityError as error:
        raise IdentityIsTaken from error
    record(action="identity.linked", subject=f"user:{user.pk}", by=by, issuer=issuer)
    return identity


@transaction.atomic
def unlink_identities(*, user: User, issuer: str, by: User | None) -> int:
    """From now on this provider knows this user no more; how many links went."""
    gone, _ = Identity.objects.filter(user=user, issuer=issuer).delete()
    if gone:
        record(action="identity.unlinked", subject=f"user:{user.pk}", by=by, issuer=issuer)
    return gone


def colleague_known_as(*, issuer: str, subject: str, on: date) -> User | None:
    """The colleague or volunteer that a provider means; residents come in by another door."""
    user = _known_as(issuer, subject)
    return user if user and access.needs_second_factor(user, on=on) else None


def resident_known_as(*, issuer: str, subject: str) -> User | None:
    """The resident that a provider means by a name of its own."""
    user = _known_as(issuer, subject)
    return user if user and Resident.objects.filter(user=user).exists() else None


def resident_numbered(number: str) -> User | None:
    """The resident with this BSN, which is found by its keyed digest and kept nowhere else."""
    try:
        resident = resident_with(number)
    except NotABsn:
        return None
    return resident.user if resident and resident.user and resident.user.is_active else None


@transaction.atomic
def note_coming_in(*, user: User, issuer: str) -> None:
    """Writes down that this user came in by a provider; a resident reads it with what is theirs."""
    resident = Resident.objects.filter(user=user).values_list("pk", flat=True).first()
    subject = f"resident:{resident}" if resident else f"user:{user.pk}"
    record(action="identity.used", subject=subject, by=user, resident_id=resident, issuer=issuer)


def _known_as(issuer: str, subject: str) -> User | None:
    found = Identity.objects.filter(issuer=issuer, subject=subject, user__is_active=True).select_related("user").first()
    return found.user if found else None
