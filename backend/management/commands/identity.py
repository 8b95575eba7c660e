"""Who a colleague is to the town's identity provider: link a subject to a user, list links, take them away."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.identity_providers import PREFIXES, STAFF
from budgeting.actions.identities import IdentityIsTaken, link_identity, unlink_identities
from budgeting.models import Identity, User


class Command(BaseCommand):
    help = "link USERNAME --subject SUBJECT: the provider's name for a user; unlink USERNAME; list: who is linked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("do", choices=("link", "unlink", "list"))
        parser.add_argument("username", nargs="?", default="")
        parser.add_argument("--subject", default="", help="what the provider calls them (claim sub), never an e-mail")
        parser.add_argument("--door", choices=tuple(PREFIXES), default=STAFF)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, do: str, username: str, subject: str, door: str, **options: Any) -> None:
        provider = settings.SIGN_IN.get(door)
        if provider is None:
            raise CommandError(f"no identity provider is set for {door}: see docs/operating.md")
        if do != "list":
            _change(do, _user(username), provider.issuer, subject)
        rows = Identity.objects.filter(issuer=provider.issuer).order_by("user__username")
        told = {"issuer": provider.issuer, "linked": list(rows.values_list("user__username", flat=True))}
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join(told["linked"]))


def _change(do: str, user: User, issuer: str, subject: str) -> None:
    if do == "unlink":
        if not unlink_identities(user=user, issuer=issuer, by=None):
            raise CommandError(f"{user.username} was not linked")
        return
    if not subject or "@" in subject:
        raise CommandError("--subject: the claim `sub` of this person, never an e-mail address", returncode=2)
    try:
        link_identity(user=user, issuer=issuer, subject=subject, by=None)
    except IdentityIsTaken:
        raise CommandError("this subject is linked to somebody already") from None


def _user(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(f"there is no user {username}", returncode=2)
    return found
