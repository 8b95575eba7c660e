"""A resident says that something is not right: kept word for word, and tracked to its answer."""

from datetime import date, timedelta

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.ledger import lock_residents
from budgeting.models import Resident, Town, User
from payments.models import Objection, PaymentOrder, ShortageProposal

LONGEST = 1000


class NothingSaid(ValueError):
    """An objection, and an answer to one, are words: at least one, at most `LONGEST` letters."""


class ObjectsAlready(Exception):
    """About the same thing an objection waits for its answer; `objection` is that one."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(f"{objection} waits for an answer")
        self.objection = objection


class Answered(Exception):
    """The objection was answered before."""


class NotTheirs(LookupError):
    """The decision or payment is not of this resident."""


@transaction.atomic
def make_objection(
    *,
    resident: Resident,
    words: str,
    on: date,
    by: User,
    proposal: ShortageProposal | None = None,
    order: PaymentOrder | None = None,
) -> Objection:
    """By the resident, or by a case worker at the counter; answered within the town's days.

    Raises `NothingSaid`, `ObjectsAlready`, `NotTheirs` or `access.NotAllowed`.
    """
    _check_may_object(resident, on, by)
    said = _said(words)
    if any(one.resident_id != resident.pk for one in (proposal, order) if one is not None):
        raise NotTheirs
    lock_residents([resident.pk])
    same = Objection.objects.unanswered().filter(resident=resident, proposal=proposal, order=order).first()
    if same is not None:
        raise ObjectsAlready(same)
    days = Town.objects.values_list("objection_days", flat=True).get()
    made = Objection.objects.create(
        resident=resident,
        proposal=proposal,
        order=order,
        words=said,
        made_on=on,
        made_by=by,
        answer_by=on + timedelta(days=days),
    )
    _tell("made", made, by, answer_by=made.answer_by)
    return made


@transaction.atomic
def answer_objection(*, objection: Objection, granted: bool, answer: str, on: date, by: User) -> Objection:
    """Says yes or no, with the reason in words. Raises `NothingSaid`, `Answered` or `access.NotAllowed`."""
    access.check_may(by, "decide_shortage", on=on)
    if not access.may_see(by, objection.resident, on=on):
        raise access.NotAllowed("decide_shortage")
    said = _said(answer)
    row = Objection.objects.select_for_update(no_key=True).get(pk=objection.pk)
    if row.answered_on is not None:
        raise Answered
    row.granted, row.answer, row.answered_on, row.answered_by = granted, said, on, by
    row.save(update_fields=["granted", "answer", "answered_on", "answered_by"])
    _tell("answered", row, by, granted=granted)
    return row


def _check_may_object(resident: Resident, on: date, by: User) -> None:
    if resident.user_id == by.pk:
        access.check_may(by, "see_own_story", on=on)
        return
    access.check_may(by, "change_residents", on=on)
    if not access.may_see(by, resident, on=on):
        raise access.NotAllowed("change_residents")


def _said(words: str) -> str:
    said = words.strip()
    if not said or len(said) > LONGEST or "\x00" in said:
        raise NothingSaid
    return said


def _tell(what: str, row: Objection, by: User, **facts: object) -> None:
    number: int = row.resident_id
    record(action=f"objection.{what}", subject=f"objection:{row.pk}", by=by, resident_id=number, **facts)
