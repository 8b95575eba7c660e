"""Whom the example's identity provider knows: the colleagues and residents of the example, by their user names."""

from collections.abc import Iterator

from django.utils import timezone

from backend.example.identity_provider import Somebody
from backend.identity_providers import EXAMPLE_ISSUER, STAFF
from budgeting import access
from budgeting.actions.identities import IdentityIsTaken, link_identity
from budgeting.models import Identity, Resident, User


def link_everybody() -> int:
    """Links all who can come in to their name at the example's provider; how many were new."""
    known = Identity.objects.filter(issuer=EXAMPLE_ISSUER).values("user")
    users = User.objects.filter(is_active=True, role_grants__isnull=False).exclude(pk__in=known).distinct()
    return sum(_linked(user) for user in users)


def people_of(client: str) -> Iterator[Somebody]:
    """Who can come in by the door of this client."""
    known = User.objects.filter(identities__issuer=EXAMPLE_ISSUER).order_by("full_name")
    if client == STAFF:
        on = timezone.localdate()
        known = known.filter(pk__in=[user.pk for user in known if access.needs_second_factor(user, on=on)])
    else:
        known = known.filter(pk__in=Resident.objects.values("user"))
    return (Somebody(user.username, user.full_name) for user in known)


def _linked(user: User) -> bool:
    try:
        link_identity(user=user, issuer=EXAMPLE_ISSUER, subject=user.username, by=None)
    except IdentityIsTaken:
        return False
    return True
