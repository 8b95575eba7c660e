"""Gathers the letters of many residents: the same few queries for each few hundred, however much there is to tell."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from accessibility.choosing import UNWRITTEN, told_by, written_to
from accessibility.closer import story_of_month
from accessibility.facts import Help
from accessibility.gather import facts_of_many, midnight
from accessibility.known import help_of_town
from accessibility.languages import language_for
from accessibility.letters.letter import Letter, To, monthly_story, with_looked
from accessibility.models import Channel, MessageKind
from accessibility.months import NoSuchMonth, month_facts_of
from accessibility.sentence import Story
from budgeting.models import Resident
from budgeting.models.people import ResidentQuerySet

AT_ONCE = 250

# By itself, or on a page that names several (`budgeting.actions.looks`). One human being counts once.
_LOOKED = """
    SELECT looks.resident, count(DISTINCT coalesce(nullif(who.person_number, ''), looks.actor)) FROM (
        SELECT resident_id AS resident, actor FROM audit_event
        WHERE action = 'looked' AND resident_id = ANY(%(residents)s) AND at >= %(since)s AND at < %(until)s
        UNION ALL
        SELECT named.value::bigint, actor FROM audit_event,
            jsonb_array_elements_text(body::jsonb -> 'residents') AS named
        WHERE action = 'looked' AND resident_id IS NULL AND at >= %(since)s AND at < %(until)s
    ) looks LEFT JOIN "user" who ON who.username = looks.actor
    WHERE looks.resident = ANY(%(residents)s) GROUP BY looks.resident
"""


class MonthToCome(ValueError):
    """A month that has not begun cannot be told."""


def residents_of(month: date) -> ResidentQuerySet:
    """Whoever took part on a day of the month; who stopped in it gets a last letter."""
    first, last = first_and_last(month)
    rows = Resident.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=first), starts_on__lte=last)
    return written_to(rows).order_by("pk")


def on_paper(residents: ResidentQuerySet, kind: MessageKind) -> ResidentQuerySet:
    """Those of them who get this kind of message on paper: all who did not choose otherwise."""
    return told_by(residents, kind=kind, channel=Channel.PAPER)


def letters_of(residents: Iterable[Resident], *, month: date, on: date, page: str = "") -> Iterator[Letter]:
    """The letters of these residents, as it stands on `on`; raises `MonthToCome`.

    This month's letter is the home page on paper; an earlier month's tells what moved in it, and nobody who had no
    story in that month gets one.
    """
    first, last = first_and_last(month)
    if first > on:
        raise MonthToCome(f"{first:%Y-%m}")
    asked = [resident for resident in residents if resident.stopped_because not in UNWRITTEN]
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        stories = _home_stories(some, first, on) if on <= last else _month_stories(some, first, on)
        desk = help_of_town()
        for resident in some:
            if story := stories.get(resident.pk):
                yield Letter(to_of(resident), story, language_of(resident, desk), desk, page)


def to_of(resident: Resident) -> To:
    """Whom and where the post brings it."""
    return To(resident.number, str(resident), resident.street, resident.postcode, resident.town)


def language_of(resident: Resident, desk: Help) -> str:
    """The code of the resident's language when the town has switched it on, else Dutch."""
    return desk.offer.nearest(language_for(resident.language)).code


def looked_in(month: date, residents: Iterable[int]) -> dict[int, int]:
    """How many people looked at the file of each of these residents in the month; who is not in it: nobody."""
    first, last = first_and_last(month)
    values: dict[str, Any] = {
        "residents": list(residents),
        "since": midnight(first),
        "until": midnight(last + timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED, values)
        return dict(cursor.fetchall())


def first_and_last(month: date) -> tuple[date, date]:
    """The first and last day of the month in which the day lies."""
    return month.replace(day=1), month.replace(day=monthrange(month.year, month.month)[1])


def _home_stories(residents: list[Resident], month: date, on: date) -> dict[int, Story]:
    facts = facts_of_many(residents, on=on)
    looked = looked_in(month, facts)
    return {number: monthly_story(told, month=month, looked=looked.get(number, 0)) for number, told in facts.items()}


def _month_stories(residents: list[Resident], month: date, on: date) -> dict[int, Story]:
    looked = looked_in(month, [resident.pk for resident in residents])
    found: dict[int, Story] = {}
    for resident in residents:
        try:
            story = story_of_month(month_facts_of(resident, month, on=on))
        except NoSuchMonth:
            continue
        found[resident.pk] = with_looked(story, month=month, looked=looked.get(resident.pk, 0))
    return found
