"""Reading a change back at the counter: the resident hears what was changed and says whether it is right.

What can be read back is what the colleague who helps changed in the resident's file since they welcomed them, as the
audit events tell it. An answer is an event of its own; a "no" opens an alert, so that somebody looks at it again.
"""

from datetime import date

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.alerts import DENIED
from budgeting.models import Alert, AuditEvent, LetIn, User

CHANGES = (
    "agreement.made",
    "agreement.amount_changed",
    "agreement.ended",
    "agreement.paused",
    "account.changed",
    "agreed.noted",
    "payout.extra",
    "payout.changed",
    "privacy.correct",
)
ANSWERS = ("read_back.yes", "read_back.no")
LONGEST = 400


class NotAsked(LookupError):
    """This change is not read back now: answered before, of somebody else, or from before the resident was here."""


def to_read_back(let_in: LetIn) -> AuditEvent | None:
    """The first change since the resident was welcomed that they did not answer yet; two queries."""
    return _unanswered(let_in).order_by("pk").first()


@transaction.atomic
def answer_read_back(*, let_in: LetIn, event: int, right: bool, change: str, on: date, by: User) -> AuditEvent:
    """Keeps the resident's yes or no; `change` is the change in the words of colleagues. Raises `NotAsked`.

    Two answers at once: the first counts.
    """
    hold("resident", let_in.resident_id)
    row = _unanswered(let_in).filter(pk=event).first()
    if row is None:
        raise NotAsked
    if not right:
        _open_alert(let_in.resident_id, change, on)
    record(
        action="read_back.yes" if right else "read_back.no",
        subject=f"event:{row.pk}",
        by=by,
        resident_id=let_in.resident_id,
        about=row.action,
        let_in=str(let_in.pk),
    )
    return row


def _unanswered(let_in: LetIn) -> QuerySet[AuditEvent]:
    begun = AuditEvent.objects.filter(subject=f"let_in:{let_in.pk}", action="let_in.begun")
    welcomed = begun.order_by("-pk").values_list("pk", flat=True).first()
    if welcomed is None or let_in.helper is None:
        return AuditEvent.objects.none()
    name = Concat(Value("event:"), Cast(OuterRef("pk"), CharField()))
    answered = AuditEvent.objects.filter(subject=name, action__in=ANSWERS)
    rows = AuditEvent.objects.filter(resident_id=let_in.resident_id, pk__gt=welcomed, action__in=CHANGES)
    return rows.filter(~Exists(answered), actor=let_in.helper.username)


def _open_alert(resident: int, change: str, on: date) -> None:
    """One alert of a resident at a time, which tells every change that was not right."""
    row = Alert.objects.standing().filter(resident=resident, kind=DENIED).select_for_update().first()
    if row is None:
        Alert.objects.create(resident_id=resident, kind=DENIED, facts={"change": change[:LONGEST]}, opened_on=on)
        return
    row.facts = {"change": f"{row.facts['change']}; {change}"[:LONGEST]}
    row.snoozed_until, row.snoozed_by, row.reason = None, None, ""
    row.save(update_fields=["facts", "snoozed_until", "snoozed_by", "reason"])
