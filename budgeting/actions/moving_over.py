"""The change-over list: made from the agreements, told line by line, answered line by line."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.models import Agreement, MoveOver, Resident, User


class NotInThisOrder(ValueError):
    """A line is first told, then answered, each once; or it was taken off the list."""


class SayWhy(ValueError):
    """There are no words."""


@transaction.atomic
def list_who_must_know(*, resident: Resident, when: str, on: date, by: User) -> int:
    """Adds a line for each agreement in force that has none yet, and says how many are new.

    Who pays the resident learns the number at the start and at the end; who collects from them too: we pay in future,
    or no longer do. Doing it again adds only what is new.
    """
    access.check_may(by, "change_agreements", on=on)
    agreements = Agreement.objects.in_force(on).filter(resident=resident)
    rows = [
        MoveOver(resident=resident, agreement_id=number, when=when, listed_on=on, listed_by=by)
        for number in agreements.exclude(moves_over__when=when).values_list("pk", flat=True)
    ]
    made = MoveOver.objects.bulk_create(rows, ignore_conflicts=True)
    if made:
        facts = {"when": when, "lines": len(made)}
        record(action="move_over.listed", subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, **facts)
    return len(made)


def note_told(*, row: MoveOver, on: date, by: User) -> MoveOver:
    """The other side was told the number, by our letter or otherwise."""

    def change(line: MoveOver) -> None:
        if line.told_on or line.not_needed:
            raise NotInThisOrder
        line.told_on, line.told_by = on, by

    return _changed("move_over.told", row, on, by, change)


def note_answer(*, row: MoveOver, answer: str, on: date, by: User) -> MoveOver:
    """What they answered, in words."""
    words = answer.strip()[:200]

    def change(line: MoveOver) -> None:
        if line.answered_on or not line.told_on or line.not_needed:
            raise NotInThisOrder
        if not words:
            raise SayWhy
        line.answered_on, line.answered_by, line.answer = on, by, words

    return _changed("move_over.answered", row, on, by, change)


def note_not_needed(*, row: MoveOver, reason: str, on: date, by: User) -> MoveOver:
    """This one need not know, and why."""
    words = reason.strip()[:200]

    def change(line: MoveOver) -> None:
        if line.answered_on or line.not_needed:
            raise NotInThisOrder
        if not words:
            raise SayWhy
        line.not_needed = words

    return _changed("move_over.not_needed", row, on, by, change, reason=words)


def _changed(
    action: str, row: MoveOver, on: date, by: User, change: Callable[[MoveOver], None], **facts: object
) -> MoveOver:
    access.check_may(by, "change_agreements", on=on)
    with transaction.atomic():
        line = MoveOver.objects.select_for_update().get(pk=row.pk)
        change(line)
        line.save()
        record(action=action, subject=f"move_over:{line.pk}", by=by, resident_id=line.resident_id, **facts)
    return line
