"""Tells other systems what happened, as CloudEvents: from the audit events, in their order, at least once each.

A subscriber's cursor is the last audit event it was told whole. An event says what happened to which row and nothing of
its content: whoever wants to know more asks the API, with a key and a purpose.
"""

import json
import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from backend.api import signatures
from backend.models import Subscriber
from budgeting.actions.audit import record
from budgeting.models import AuditEvent, User
from payments.models import PaymentOrder

TIMEOUT = 10  # seconds
AT_ONCE = 500  # audit events looked through at a time
LONGEST_WAIT = timedelta(hours=6)
_log = logging.getLogger(__name__)

# Audit action: the kinds of event it is told as. What is not here is nobody's business outside.
KINDS: dict[str, tuple[str, ...]] = {
    "order.booked": ("order.booked", "story.changed"),
    "order.returned": ("order.returned", "story.changed"),
    "order.rejected": ("order.rejected", "story.changed"),
    "order.held": ("story.changed",),
    "order.released": ("story.changed",),
    "order.planned": ("story.changed",),
    "alert.opened": ("alert.opened",),
    "alert.reopened": ("alert.opened",),
    "alert.solved": ("alert.solved",),
    "entry.decided": ("story.changed",),
    "agreement.made": ("story.changed",),
    "agreement.amount_changed": ("story.changed",),
    "agreement.paused": ("story.changed",),
    "agreement.ended": ("story.changed",),
    "account.changed": ("story.changed",),
    "batch.released": ("batch.released",),
    "batch.closed": ("batch.closed",),
    "statement.imported": ("statement.imported",),
    "statement.held": ("statement.held",),
}
ALL_KINDS = tuple(sorted({kind for kinds in KINDS.values() for kind in kinds}))
_OF_ORDERS = "order."


class NotASubscriber(ValueError):
    """What is wrong with who was to be told; `reason` is `url`, `kind` or `name`."""

    def __init__(self, reason: str, value: object) -> None:
        super().__init__(f"{reason}: {value}")
        self.reason = reason


@dataclass(slots=True)
class Sent:
    """What a subscriber was told now, and what went wrong ("" = nothing)."""

    subscriber: str
    events: int = 0
    error: str = ""


def subscribe(*, name: str, url: str, kinds: Sequence[str], by: User) -> tuple[Subscriber, str]:
    """A new subscriber, told of what happens from now on, and the secret it checks signatures with (told once)."""
    _check(name, url, kinds)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        last = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
        made = Subscriber.objects.create(
            name=name, url=url, secret=secret.encode(), kinds=sorted(set(kinds)), cursor=last
        )
        record(action="subscriber.added", subject=f"subscriber:{made.pk}", by=by, name=name, kinds=made.kinds)
    return made, secret


def send_all(*, now: datetime) -> list[Sent]:
    """Tells every subscriber what it was not told yet; who does not answer is tried again later, ever less often."""
    open_ones = Subscriber.objects.filter(stopped_at=None).exclude(wait_until__gt=now).order_by("pk")
    return [_send_to(number, now) for number in open_ones.values_list("pk", flat=True)]


def cloud_events(event: AuditEvent, kinds: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The events of these kinds that an audit event is told as, always with the same ids."""
    wanted = [kind for kind in KINDS.get(event.action, ()) if kind in set(kinds)]
    told = json.loads(event.body)
    for kind in wanted:
        if kind == "story.changed":
            for number in _residents(event, told):
                yield _cloud_event(event, kind, f"resident:{number}")
        elif event.action.startswith(_OF_ORDERS):
            for number in told["orders"]:
                yield _cloud_event(event, kind, f"order:{number}")
        else:
            yield _cloud_event(event, kind, event.subject)


def _send_to(number: int, now: datetime) -> Sent:
    sent = Sent("")
    while _send_next(number, now, sent):
        pass
    return sent


def _send_next(number: int, now: datetime, sent: Sent) -> bool:
    """Tells the next audit event that is wanted, whole, and moves the cursor behind it; whether there may be more."""
    with transaction.atomic():
        # Whoever else is telling this subscriber goes on with it.
        row = Subscriber.objects.select_for_update(skip_locked=True).filter(pk=number, stopped_at=None).first()
        if row is None:
            return False
        sent.subscriber = row.name
        events = list(AuditEvent.objects.filter(id__gt=row.cursor).order_by("id")[:AT_ONCE])
        wanted = ((event, told) for event in events if (told := list(cloud_events(event, row.kinds))))
        event, told = next(wanted, (None, []))
        try:
            for one in told:
                _post(row, one, now)
                sent.events += 1
        except (OSError, HTTPException, _Refused) as error:
            _wait(row, error, now)
            sent.error = row.last_error
            return False
        if events:
            _move_on(row, event.pk if event else events[-1].pk)
        return event is not None or len(events) == AT_ONCE


def _move_on(row: Subscriber, cursor: int) -> None:
    row.cursor, row.wrong, row.wait_until, row.last_error = cursor, 0, None, ""
    row.save(update_fields=["cursor", "wrong", "wait_until", "last_error"])


def _wait(row: Subscriber, error: Exception, now: datetime) -> None:
    """One minute, two, four … up to six hours; nothing is left out meanwhile."""
    row.wrong += 1
    row.wait_until = now + min(timedelta(minutes=2 ** min(row.wrong - 1, 12)), LONGEST_WAIT)
    row.last_error = f"{type(error).__name__}: {error}"[:200]
    row.save(update_fields=["wrong", "wait_until", "last_error"])
    _log.warning("subscriber %s was not told: %s", row.name, row.last_error)


class _Refused(Exception):
    """The subscriber answered, but not that it has the event."""


def _post(row: Subscriber, event: dict[str, Any], now: datetime) -> None:
    """One event. Redirects are not followed: who was registered is told, and nobody else."""
    body = json.dumps(event, separators=(",", ":")).encode()
    assert row.secret is not None
    signature = signatures.sign(body, secret=bytes(row.secret), at=int(now.timestamp()))
    headers = {"Content-Type": "application/cloudevents+json", signatures.HEADER: signature}
    place = urlsplit(row.url)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=TIMEOUT)
    try:
        connection.request("POST", place.path or "/", body, headers)
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise _Refused(f"answered {answer.status}")
    finally:
        connection.close()


def _cloud_event(event: AuditEvent, kind: str, subject: str) -> dict[str, Any]:
    """CloudEvents 1.0 with the attributes of the Dutch profile (NL GOV)."""
    return {
        "specversion": "1.0",
        "id": f"{event.pk}-{kind}-{subject}",
        "source": settings.EVENT_SOURCE,
        "type": f"nl.huishoudboekje.{kind}",
        "subject": subject,
        "time": event.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {"subject": subject},
    }


def _residents(event: AuditEvent, told: dict[str, Any]) -> list[int]:
    if event.resident_id is not None:
        return [event.resident_id]
    orders = PaymentOrder.objects.filter(pk__in=told.get("orders", ())) if event.action.startswith(_OF_ORDERS) else ()
    return sorted({order.resident_id for order in orders})


def _check(name: str, url: str, kinds: Sequence[str]) -> None:
    place = urlsplit(url)
    here = place.scheme == "http" and place.hostname in {"127.0.0.1", "localhost", "::1"}
    if not place.hostname or not (place.scheme == "https" or (here and not settings.PRODUCTION)) or len(url) > 500:
        raise NotASubscriber("url", url)
    if not kinds or (unknown := [kind for kind in kinds if kind not in ALL_KINDS]):
        raise NotASubscriber("kind", unknown if kinds else "none")
    if not name or len(name) > 40 or not name.isprintable():
        raise NotASubscriber("name", name)
