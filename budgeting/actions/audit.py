"""Writes what happened, in the transaction of the change itself: no event, no change."""

import json
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


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise NotAuditable(type(value))
