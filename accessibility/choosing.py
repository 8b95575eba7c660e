"""What a resident chooses: by which channel each kind of message goes, in which language, with Dutch beside it or not.

A message goes electronically only when the resident said so, per kind of message; until then it goes on paper (Wmebv).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accessibility.languages import LANGUAGES
from accessibility.models import Channel, ChannelChoice, MessageKind, ReadingPreference
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.core.endings import DIED, PERHAPS_DIED
from budgeting.models import Resident, User
from budgeting.models.people import ResidentQuerySet

UNTIL_CHOSEN = Channel.PAPER
UNWRITTEN = (DIED, PERHAPS_DIED)


class NotAChoice(ValueError):
    """A kind, channel or language that was not offered to this resident."""


def channels_of(resident: Resident) -> dict[MessageKind, Channel]:
    """The channel of every kind of message: as chosen, else paper."""
    chosen = dict(ChannelChoice.objects.filter(resident=resident).values_list("kind", "channel"))
    return {kind: Channel(chosen.get(kind, UNTIL_CHOSEN)) for kind in MessageKind}


def offered_to(resident: Resident) -> dict[MessageKind, tuple[Channel, ...]]:
    """The channels this resident may choose from, per kind: a text message needs a number that can get one."""
    texts = gets_texts(resident.phone)
    by_text = tuple(Channel) if texts else (Channel.PAPER, Channel.SCREEN)
    return {kind: by_text if kind != MessageKind.MONTH else (Channel.PAPER, Channel.SCREEN) for kind in MessageKind}


def written_to(residents: ResidentQuerySet) -> ResidentQuerySet:
    """Those of them who get messages: nobody writes to who died, or perhaps did, or in their name."""
    return residents.exclude(stopped_because__in=UNWRITTEN)


def told_by(residents: ResidentQuerySet, *, kind: MessageKind, channel: Channel) -> ResidentQuerySet:
    """Those of the residents who get this kind of message by this channel."""
    rows, residents = ChannelChoice.objects.filter(kind=kind), written_to(residents)
    if channel == UNTIL_CHOSEN:
        return residents.exclude(pk__in=rows.exclude(channel=channel).values("resident"))
    return residents.filter(pk__in=rows.filter(channel=channel).values("resident"))


def likes_dutch_too(user: User) -> bool:
    """Whether the resident behind this user wants Dutch beside their own language."""
    return ReadingPreference.objects.filter(resident__user=user, dutch_too=True).exists()


@transaction.atomic
def choose_channels(*, resident: Resident, channels: Mapping[str, str], now: datetime, by: User) -> bool:
    """Keeps the channel of the kinds given; says whether anything changed. Raises `NotAChoice`, and keeps nothing."""
    offered = offered_to(resident)
    asked = {_kind(kind): channel for kind, channel in channels.items()}
    if any(channel not in offered[kind] for kind, channel in asked.items()):
        raise NotAChoice
    hold("choices", resident.pk)
    before = dict(ChannelChoice.objects.filter(resident=resident).values_list("kind", "channel"))
    changed = {str(kind): str(channel) for kind, channel in asked.items() if before.get(kind) != channel}
    for kind, channel in changed.items():
        values = {"channel": channel, "chosen_at": now}
        ChannelChoice.objects.update_or_create(resident=resident, kind=kind, defaults=values)
    return _record("choices.channels", resident, by, changed)


@transaction.atomic
def choose_reading(*, resident: Resident, language: str, dutch_too: bool, by: User) -> bool:
    """Keeps how the resident reads: letters and pages follow. Raises `NotAChoice` for a language we do not have."""
    if language not in LANGUAGES:
        raise NotAChoice
    hold("choices", resident.pk)
    preference, _ = ReadingPreference.objects.get_or_create(resident=resident)
    changed: dict[str, object] = {}
    if resident.language != language:
        Resident.objects.filter(pk=resident.pk).update(language=language)
        changed["language"] = language
    if preference.dutch_too != dutch_too:
        ReadingPreference.objects.filter(pk=preference.pk).update(dutch_too=dutch_too)
        changed["dutch_too"] = dutch_too
    return _record("choices.reading", resident, by, changed)


def gets_texts(phone: str) -> bool:
    """Whether a text message can reach the number: a Dutch mobile one, or one of another country."""
    number = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    if number.startswith(("+31", "0031")):
        return number.removeprefix("+31").removeprefix("0031").startswith("6")
    return number.startswith(("+", "00", "06"))


def _kind(name: str) -> MessageKind:
    try:
        return MessageKind(name)
    except ValueError:
        raise NotAChoice from None


def _record(action: str, resident: Resident, by: User, changed: Mapping[str, object]) -> bool:
    if changed:
        record(action=action, subject=f"resident:{resident.pk}", by=by, resident_id=resident.pk, **changed)
    return bool(changed)
