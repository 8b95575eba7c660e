"""Text messages for who chose them: written from the same news as letters and pages, once each, then sent one by one.

A message says that something happened, in the resident's language, and nothing of what: no amount, no link, no number.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.db import transaction

from accessibility.choosing import gets_texts, told_by, written_to
from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.languages import language_for
from accessibility.models import Channel, MessageKind, TextMessage
from accessibility.news import TOLD
from accessibility.sentence import Name, sentence
from accessibility.telling import Reader, text_of
from budgeting.models import Resident
from payments.models import PaymentOrder

# A day that was not run is made up for; what is older than this is no longer worth a message.
LATE = timedelta(days=3)

Deliver = Callable[[str, str], None]


class NotDelivered(Exception):
    """The provider did not take a message; it stays in the outbox and is tried again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round did: how many went out, and how many still wait."""

    sent: int
    waiting: int


def write_texts(*, on: date, now: datetime) -> int:
    """Puts in the outbox what happened up to and including `on` and is not there yet; says how many were added."""
    desk = help_of_town()
    messages = [
        TextMessage(
            resident=who, kind=kind, about=about, phone=who.phone, words=_words(kind, who, desk), written_at=now
        )
        for kind, who, about in chain(_news(on, desk), _payouts(on))
        if gets_texts(who.phone)
    ]
    known = set(TextMessage.objects.filter(about__in=[m.about for m in messages]).values_list("about", flat=True))
    # Two runs at once may both find a message new; the unique key keeps one.
    TextMessage.objects.bulk_create([m for m in messages if m.about not in known], ignore_conflicts=True)
    return sum(message.about not in known for message in messages)


def send_texts(deliver: Deliver, *, now: datetime) -> Sent:
    """Hands each waiting message to the provider and wipes it; one that is refused stays for the next round."""
    sent, refused = 0, list[int]()
    while _send_next(deliver, refused, now=now):
        sent += 1
    return Sent(sent - len(refused), waiting())


def waiting() -> int:
    """How many messages are written and not sent."""
    return TextMessage.objects.filter(sent_at=None).count()


@transaction.atomic
def _send_next(deliver: Deliver, refused: list[int], *, now: datetime) -> bool:
    rows = TextMessage.objects.select_for_update(skip_locked=True).filter(sent_at=None).exclude(pk__in=refused)
    # Written before we heard that somebody died: it stays, and goes to nobody.
    rows = rows.filter(resident__in=written_to(Resident.objects.all()))
    message = rows.order_by("pk").first()
    if message is None:
        return False
    try:
        deliver(message.phone, message.words)
    except NotDelivered:
        refused.append(message.pk)
        return True
    message.sent_at, message.phone, message.words = now, "", ""
    message.save()
    return True


def _words(kind: MessageKind, who: Resident, desk: Help) -> str:
    reader = Reader(desk.offer.nearest(language_for(who.language)), on=date.min)
    town = text_of(sentence("text.from", town=Name(desk.town)), reader)
    return f"{town}: {text_of(sentence(f'text.{kind.value}'), reader)}"


class _Found(NamedTuple):
    kind: MessageKind
    who: Resident
    about: str


def _unwritten(found: Iterable[_Found]) -> list[_Found]:
    reached = [one for one in found if gets_texts(one.who.phone)]
    rows = TextMessage.objects.filter(about__in=[one.about for one in reached])
    written = set(rows.values_list("about", flat=True))
    return [one for one in reached if one.about not in written]


def _news(on: date, desk: Help) -> Iterator[_Found]:
    for kind, tell in TOLD.items():
        for one in tell(list(_by_text(kind)), on - LATE, on, on=on, desk=desk):
            yield _Found(kind, one.resident, one.key)


def _payouts(on: date) -> Iterator[_Found]:
    """Money that the bank sends on today itself; a day later "today" would not be true."""
    kind = MessageKind.PAYOUT
    known = {who.pk: who for who in _by_text(kind)}
    rows = PaymentOrder.objects.filter(kind="remainder", execute_on=on, resident__in=known)
    for number, who in rows.filter(state__in=["released", "booked"]).values_list("pk", "resident_id"):
        yield _Found(kind, known[who], f"payout-{number}")


def _by_text(kind: MessageKind) -> Iterable[Resident]:
    return told_by(Resident.objects.exclude(phone=""), kind=kind, channel=Channel.TEXT)
