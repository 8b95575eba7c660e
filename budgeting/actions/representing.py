"""A legal representative looks by a decision of a court: one colleague saw it and writes it down, another agrees.

The resident is not asked, so that two people look instead. An account of their own comes with it; ending it is as with
anybody who is let in.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from budgeting.actions.audit import record
from budgeting.actions.helping import represent
from budgeting.actions.locks import hold
from budgeting.actions.people import grant_role
from budgeting.actions.persons import check_is_another
from budgeting.models import LetIn, Representation, Resident, Role, Scope, User

LONGEST = 5  # years; after that the decision is looked at again


@dataclass(frozen=True, slots=True)
class Appointment:
    """What the court decided, as the decision says: whom, as what, under which number, from and until when.

    `scope` is what this representative may see here; `seen_on` the day a colleague had the decision before them.
    """

    name: str
    kind: str
    decision: str
    seen_on: date
    scope: str
    starts_on: date
    until: date


class NotAnAppointment(ValueError):
    """Something is missing or odd; the argument names the field."""


class AlreadyWritten(ValueError):
    """This decision waits for a second person already."""


@transaction.atomic
def write_down(*, resident: Resident, appointment: Appointment, now: datetime, by: User) -> Representation:
    """One colleague saw the decision; it lets nobody in yet. Raises `NotAnAppointment` or `AlreadyWritten`."""
    _check(appointment, on=timezone.localdate(now))
    hold("let_in", resident.pk)
    if Representation.objects.filter(resident=resident, decision=appointment.decision, decided_by=None).exists():
        raise AlreadyWritten
    fields = {name: getattr(appointment, name) for name in appointment.__slots__}
    row = Representation.objects.create(resident=resident, proposed_by=by, proposed_at=now, **fields)
    _tell("representation.proposed", row, by)
    return row


@transaction.atomic
def decide(*, row: Representation, agreed: bool, now: datetime, by: User) -> LetIn | None:
    """Another human being agrees, and the representative is let in from the first day; or does not.

    Raises `SamePerson`; what was decided before stays so, and nothing is given back.
    """
    hold("let_in", row.resident_id)
    standing = Representation.objects.select_for_update().filter(pk=row.pk, decided_by=None).first()
    if standing is None:
        return None
    check_is_another(by, standing.proposed_by)
    standing.decided_by, standing.decided_at, standing.agreed = by, now, agreed
    standing.let_in = _let_in(standing, now, by) if agreed else None
    standing.save()
    _tell("representation.agreed" if agreed else "representation.refused", standing, by)
    return standing.let_in


def _let_in(row: Representation, now: datetime, by: User) -> LetIn:
    user = User.objects.create_user(f"represents:{secrets.token_hex(8)}", full_name=row.name)
    grant_role(user=user, role=Role.LEGAL_REPRESENTATIVE, on=timezone.localdate(now), by=by)
    return represent(
        resident=row.resident,
        helper=user,
        decision=row.decision,
        scope=row.scope,
        begins=max(now, _midnight(row.starts_on)),
        until=_midnight(row.until),
        now=now,
        by=by,
    )


def _check(given: Appointment, *, on: date) -> None:
    wrong = {
        "name": len(given.name.strip()) < 2,
        "kind": given.kind not in Representation.Kind.values,
        "decision": not given.decision.strip(),
        "seen_on": given.seen_on > on,
        "scope": given.scope not in Scope.values,
        "until": given.until <= max(given.starts_on, on) or given.until.year - given.starts_on.year > LONGEST,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise NotAnAppointment(field)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _tell(action: str, row: Representation, by: User) -> None:
    subject = f"representation:{row.pk}"
    record(action=action, subject=subject, by=by, resident_id=row.resident_id, decision=row.decision, scope=row.scope)
