"""Who looked at a resident, in plain words: by day, who by role and name, what they saw, and how many this month."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from accessibility.facts import Help
from accessibility.known import help_of_town
from accessibility.sentence import Block, Name, Phone, Sentence, Story, Word, sentence
from accessibility.story import help_block
from budgeting.models import Assignment, Resident, Role, RoleGrant, User

KEPT = timedelta(days=365)
MOST_DAYS = 40

# Of a page that names several residents the event carries their numbers (`budgeting.actions.looks`).
_LOOKS = """
    SELECT at, actor, body::jsonb ->> 'page', body::jsonb ->> 'purpose', coalesce(body::jsonb ->> 'reason', '')
    FROM audit_event
    WHERE action = 'looked' AND at >= %(since)s AND resident_id = %(resident)s
    UNION ALL
    SELECT at, actor, '', body::jsonb ->> 'purpose', '' FROM audit_event
    WHERE action = 'looked' AND at >= %(since)s AND resident_id IS NULL
      AND body::jsonb -> 'residents' @> to_jsonb(%(resident)s::bigint)
    ORDER BY at DESC
"""
_SAW = {
    "resident": "looked.page",
    "agreement": "looked.agreement",
    "order": "looked.payment",
    "": "looked.list",
    "together": "looked.together",
    "along": "looked.along",
    "amounts": "looked.amounts",
    "counter": "looked.counter",
    "when": "looked.when",
    "paid": "looked.paid",
    "glass": "looked.glass",
    "copy": "looked.copied",
    "number": "looked.number",
}
# Whoever sits beside the resident has no name here.
BESIDE = "looked.together"
# The first that fits; a colleague with several roles is told by the one that brings them nearest to the resident.
_WHO = {
    Role.CASE_WORKER: "who.town",
    Role.FRONT_DESK: "who.front_desk",
    Role.APPROVER: "who.approver",
    Role.AUDITOR: "who.auditor",
    Role.VOLUNTEER: "who.with_you",
    Role.TRUSTED_PERSON: "who.with_you",
    Role.LEGAL_REPRESENTATIVE: "who.with_you",
    # On the resident's own screen: whoever sat beside them.
    Role.RESIDENT: "who.with_you",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one person saw on one day: `who` and `what` are messages, `first_at` the time of the first look."""

    day: date
    who: str
    name: str
    what: str
    first_at: str
    times: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LookedFacts:
    """The looks of a year, the latest first; `people` is how many human beings looked in the month of `on`."""

    on: date
    looks: tuple[Look, ...]
    people: int
    help: Help


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    actor: str
    page: str
    purpose: str | None
    reason: str = ""

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def saw(self) -> str:
        return _SAW.get(self.page.partition(":")[0], "looked.page")


def looked_facts_of(resident: Resident, *, on: date) -> LookedFacts:
    """Everyone who looked in the year before `on`; five queries."""
    events = _events(resident, since=on - KEPT)
    people = {user.username: user for user in User.objects.filter(username__in={event.actor for event in events})}
    known = _Known(resident, list(people.values()))
    this_month = {
        people[event.actor].person if event.actor in people else event.actor
        for event in events
        if (event.day.year, event.day.month) == (on.year, on.month)
    }
    return LookedFacts(on, tuple(_looks(events, people, known)), len(this_month), help_of_town())


def story_of_looks(facts: LookedFacts) -> Story:
    """The page, and the same on paper: how many this month, then day by day."""
    days = list(dict.fromkeys(look.day for look in facts.looks))
    counted = sentence("looked.people", people=facts.people) if facts.people else sentence("looked.nobody")
    begin = Block("counted", sentence("looked.period"), sentences=(counted,))
    told = (_day_block(day, facts.looks) for day in days[:MOST_DAYS])
    more = sentence("looked.more", phone=Phone(facts.help.phone))
    rest = (Block("more", sentence("help.heading"), sentences=(more,)),) if len(days) > MOST_DAYS else ()
    wrong = sentence("payment.wrong", phone=Phone(facts.help.phone))
    help_too = help_block(facts.help)
    end = Block("help", help_too.heading, sentences=(wrong, *help_too.sentences), call=help_too.call)
    return Story("looked", facts.on, sentence("looked.heading"), (begin, *told, *rest, end))


def _day_block(day: date, looks: Iterable[Look]) -> Block:
    said = tuple(part for look in looks if look.day == day for part in _told(look))
    return Block(f"day-{day:%Y%m%d}", sentence("looked.day", day=day), sentences=said)


def _told(look: Look) -> tuple[Sentence, ...]:
    who = sentence("looked.someone", strong=True, who=Word(look.who))
    if look.name:
        who = sentence("looked.who", strong=True, who=Word(look.who), name=Name(look.name))
    what = Word(look.what)
    because = (sentence("looked.because", reason=Name(look.reason)),) if look.reason else ()
    if look.times > 1:
        return who, sentence("looked.often", what=what, times=look.times), *because
    return who, sentence("looked.what", what=what, time=Name(look.first_at)), *because


def _events(resident: Resident, *, since: date) -> list[_Event]:
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, {"resident": resident.pk, "since": since})
        return [_Event(*row) for row in cursor.fetchall()]


class _Known:
    """Who these people were on a day: their roles, and whether the resident was theirs to look after."""

    def __init__(self, resident: Resident, people: list[User]) -> None:
        self.grants = list(RoleGrant.objects.filter(user__in=people))
        self.assignments = list(Assignment.objects.filter(case_worker__in=people, resident=resident))

    def who(self, user: User | None, day: date) -> str:
        """The message that says who this was."""
        if user is None:
            return "who.town"
        if any(row.case_worker_id == user.pk and _holds(row, day) for row in self.assignments):
            return "who.case_worker"
        roles = {grant.role for grant in self.grants if grant.user_id == user.pk and _holds(grant, day)}
        return next((message for role, message in _WHO.items() if role in roles), "who.town")


def _holds(row: Assignment | RoleGrant, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day < row.valid_until)


def _looks(events: list[_Event], people: dict[str, User], known: _Known) -> Iterable[Look]:
    often = Counter((event.day, event.actor, event.purpose, event.saw, event.reason) for event in events)
    # The events come the latest first, so that the last one found of a kind is the first of its day.
    first = {(event.day, event.actor, event.purpose, event.saw, event.reason): event.at for event in events}
    for (day, actor, purpose, saw, reason), times in often.items():
        user = people.get(actor)
        clock = f"{timezone.localtime(first[day, actor, purpose, saw, reason]):%H:%M}"
        # A machine looks for a purpose, and says so.
        name = ", ".join(part for part in (user.full_name if user else actor, purpose) if part)
        yield Look(day, known.who(user, day), "" if saw == BESIDE else name, saw, clock, times, reason)
