"""Writing down what was agreed with a resident, and ticking it off: once, by whoever was first."""

from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.models import Agreed, Resident, User

LONGEST = 300
# More than this told at once is no help; the others stay in the file.
MOST_TOLD = 5


class NothingWritten(ValueError):
    """There are no words."""


class TooManyStand(ValueError):
    """So much is agreed already that nobody can remember it: first something has to be ticked off."""


class AlreadyDone(ValueError):
    """Somebody ticked it off already."""


@transaction.atomic
def note_agreed(*, resident: Resident, words: str, who: str, by_day: date | None, on: date, by: User) -> Agreed:
    """Keeps it as it was said; raises `NothingWritten` or `TooManyStand`."""
    access.check_may(by, "change_agreements", on=on)
    plain = " ".join(words.split())[:LONGEST]
    if not plain:
        raise NothingWritten
    hold("resident", resident.pk)
    if Agreed.objects.standing().filter(resident=resident).count() >= MOST_TOLD:
        raise TooManyStand
    row = Agreed.objects.create(resident=resident, words=plain, who=who, by_day=by_day, noted_on=on, noted_by=by)
    _tell("agreed.noted", row, by, who=who, by_day=by_day)
    return row


@transaction.atomic
def tick_off(*, row: Agreed, on: date, by: User) -> Agreed:
    """It is done, and no longer told to the resident; raises `AlreadyDone`."""
    access.check_may(by, "change_agreements", on=on)
    row = Agreed.objects.select_for_update().get(pk=row.pk)
    if row.done_on is not None:
        raise AlreadyDone
    row.done_on, row.done_by = on, by
    row.save(update_fields=["done_on", "done_by"])
    _tell("agreed.done", row, by)
    return row


def _tell(action: str, row: Agreed, by: User, **facts: object) -> None:
    record(action=action, subject=f"agreed:{row.pk}", by=by, resident_id=row.resident_id, **facts)
