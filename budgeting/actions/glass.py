"""Opening the file of a resident who is not one's own, for a reason, until midnight; the resident reads it later."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from budgeting.actions.audit import record
from budgeting.models import BreakGlass, Resident, User

SHORTEST_REASON = 10


class NoReason(ValueError):
    """Opening a file that is not one's own asks for a reason in words."""


class NotYours(PermissionError):
    """Nobody judges what they did themselves, under whatever account."""


@transaction.atomic
def break_glass(*, resident: Resident, reason: str, now: datetime, by: User) -> BreakGlass:
    """The file is open to this colleague for the rest of the day. Raises `NoReason`."""
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise NoReason
    until = timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time()))
    row = BreakGlass.objects.create(resident=resident, by=by, reason=said[:200], opened_at=now, until=until)
    record(
        action="looked",
        subject=f"resident:{resident.pk}",
        by=by,
        resident_id=resident.pk,
        page="glass",
        reason=row.reason,
    )
    return row


@transaction.atomic
def review_glass(*, row: BreakGlass, was_right: bool, remark: str, now: datetime, by: User) -> bool:
    """Another person says whether it was right; says whether this was the first to say so. Raises `NotYours`."""
    if row.by.person == by.person:
        raise NotYours
    said = {"reviewed_by": by, "reviewed_at": now, "was_right": was_right, "remark": remark[:200]}
    if BreakGlass.objects.filter(pk=row.pk, reviewed_by=None).update(**said) != 1:
        return False
    record(
        action="glass.reviewed",
        subject=f"glass:{row.pk}",
        by=by,
        resident_id=row.resident_id,
        was_right=was_right,
    )
    return True
