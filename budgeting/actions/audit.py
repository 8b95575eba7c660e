"""Writes what happened, in the transaction of the change itself: no event, no change."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from budgeting.models import AuditEvent, User


class NotAuditable(TypeError):
    """A value that has no canonical text was put in an event."""


def record(*, action: str, subject: str, by: User | None, resident_id: int | None = None, **facts: object) -> None:
    """Appends one event to the chain; `subject` is `kind:id`, `facts` become canonical JSON, the database dates it.

    What a machine does carries the `purpose` that it gave.
    """
    if by is not None and by.purpose:
        facts["purpose"] = by.purpose
    AuditEvent.objects.create(
        actor=by.username if by else "system",
        action=action,
        subject=subject,
        resident_id=resident_id,
        body=json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text),
    )


def record_many(events: Sequence[tuple[str, str, int | None, Mapping[str, object]]], *, by: User) -> None:
    """The same for many at once: action, subject, resident and facts of each, in this order."""
    facts = {"purpose": by.purpose} if by.purpose else {}
    rows = [
        AuditEvent(
            actor=by.username,
            action=action,
            subject=subject,
            resident_id=resident,
            body=json.dumps(
                {**told, **facts}, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text
            ),
        )
        for action, subject, resident, told in events
    ]
    AuditEvent.objects.bulk_create(rows, batch_size=1000)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise NotAuditable(type(value))
