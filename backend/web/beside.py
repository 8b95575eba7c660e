"""Who looks with the resident right now, for every page of the resident's own: told, logged, and limited.

While somebody sits beside the resident, only pages that are named here open: nothing can be changed or shown of others
who looked, and what is not named stays shut.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accessibility.assisted import first_name
from accessibility.sentence import Name
from budgeting.access import OwnFile
from budgeting.actions.looks import look_at_resident
from budgeting.models import LetIn, Mode, Resident, User

OPEN_TOGETHER = frozenset(
    {"resident_home", "months", "month", "payment", "why", "listen", "sound", "dutch_too", "help_me", "stop_helper"}
)


@dataclass(frozen=True, slots=True)
class Looking:
    """Those who look, and those who ask whether they may."""

    together: LetIn | None = None
    along: LetIn | None = None
    asking: LetIn | None = None

    @property
    def name(self) -> Name:
        """How the one on the other screen is called, for in a sentence."""
        return Name(self.called)

    @property
    def called(self) -> str:
        """How the one on the other screen is called."""
        row = self.along or self.asking
        return row.helper.full_name if row and row.helper else ""


def look_beside(request: HttpRequest, own: OwnFile, *, now: datetime) -> None:
    """Lets the pages tell who looks; logs a look on one screen; shuts what is not for two. Raises PermissionDenied."""
    resident = own.resident
    looking = looking_with(resident, now=now) if own.in_company else Looking()
    cast(Any, request).looking = looking
    if looking.together is None:
        return
    name = request.resolver_match.url_name if request.resolver_match else ""
    if name not in OPEN_TOGETHER:
        raise PermissionDenied
    if request.method == "GET" and name not in {"help_me", "sound"}:
        look_at_resident(resident=resident.pk, page="together", by=cast(User, request.user))


def looking_with(resident: Resident, *, now: datetime) -> Looking:
    """Who looks with this resident, or asks to; one query."""
    rows = LetIn.objects.told(now).filter(resident=resident)
    found = {(row.mode, row.begun_at is None): row for row in rows.select_related("helper").order_by("asked_at")}
    return Looking(
        together=found.get((Mode.TOGETHER, False)),
        along=found.get((Mode.ALONG, False)),
        asking=found.get((Mode.ALONG, True)),
    )


def sits_beside(request: HttpRequest) -> bool:
    """Whether somebody sits beside the resident on this screen."""
    looking = getattr(request, "looking", None)
    return isinstance(looking, Looking) and looking.together is not None


def called(resident: Resident) -> Name:
    """How a helper calls the resident."""
    return Name(first_name(resident.first_names))
