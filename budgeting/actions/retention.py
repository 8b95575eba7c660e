"""What is destroyed when, by rule: each run destroys what is due, looks again that nothing due is left, and says so.

A rule names its ground, its term and what it does. The event of a run carries the counts and a digest of what went, so
that it can be shown later that a thing was destroyed, without keeping the thing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.actions.numbers import destroy_key
from budgeting.actions.rights import BOOKS_ARE_KEPT_FOR, CONTACT
from budgeting.models import (
    Agreed,
    BreakGlass,
    HelpCode,
    LetIn,
    LetterCode,
    MoveOver,
    ParticipationSheet,
    PersonalNumber,
    Resident,
    User,
)

NAMELESS = "-"


class StillThere(RuntimeError):
    """After a run something due was left: nothing of the run is kept."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of data: since when it is due on a day, and what destroys it."""

    id: str
    ground: str
    term: str
    due: Callable[[date], QuerySet[Model]]
    destroy: Callable[[QuerySet[Model]], None]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What one rule did on a day."""

    id: str
    ground: str
    term: str
    destroyed: int
    left: int
    digest: str


def overdue(*, on: date) -> dict[str, int]:
    """How much is due per rule; nothing is destroyed."""
    return {rule.id: rule.due(on).count() for rule in RULES}


@transaction.atomic
def destroy_what_is_due(*, on: date, by: User | None) -> list[Destroyed]:
    """Runs every rule once; doing it again does nothing. Raises `StillThere`."""
    hold("retention")
    done = [_apply(rule, on) for rule in RULES]
    if any(one.destroyed for one in done):
        facts = {one.id: {"count": one.destroyed, "digest": one.digest} for one in done if one.destroyed}
        record(action="retention.destroyed", subject="retention", by=by, on=on, rules=facts)
    return done


def _apply(rule: Rule, on: date) -> Destroyed:
    numbers = sorted(str(number) for number in rule.due(on).values_list("pk", flat=True))
    digest = hashlib.sha256("\n".join(numbers).encode()).hexdigest()
    if numbers:
        rule.destroy(rule.due(on))
    if left := rule.due(on).count():
        raise StillThere(rule.id)
    return Destroyed(rule.id, rule.ground, rule.term, len(numbers), left, digest)


def _before(on: date, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(on - timedelta(days=days), time()))


def _stopped(on: date, years: int) -> QuerySet[Resident]:
    """Residents whose years are over: counted from the first of January after they stopped."""
    return Resident.objects.filter(ends_on__lt=date(on.year - years, 1, 1))


def _forget_contact(rows: QuerySet[Model]) -> None:
    rows.update(**CONTACT)


def _forget_numbers(rows: QuerySet[Model]) -> None:
    for resident in Resident.objects.filter(pk__in=[row.pk for row in rows]):
        destroy_key(resident=resident, because="retention", by=None)


def _forget_names(rows: QuerySet[Model]) -> None:
    numbers = [row.pk for row in rows]
    User.objects.filter(resident__in=numbers).update(full_name=NAMELESS, is_active=False)
    Resident.objects.filter(pk__in=numbers).update(first_names=NAMELESS, last_name=NAMELESS)


def _delete(rows: QuerySet[Model]) -> None:
    rows.delete()


_KNOWN_CONTACT = ~Q(phone="") | ~Q(street="") | ~Q(postcode="") | ~Q(town="") | Q(birth_date__isnull=False)

RULES: tuple[Rule, ...] = (
    Rule(
        "letter_codes",
        "no longer needed",
        "30 days after they stop working",
        lambda on: LetterCode.objects.filter(expires_at__lt=_before(on, 30)),
        _delete,
    ),
    Rule(
        "help_codes",
        "no longer needed",
        "30 days after they stop working",
        lambda on: HelpCode.objects.filter(expires_at__lt=_before(on, 30)),
        _delete,
    ),
    Rule(
        "let_in",
        "so that who looked can be told for a year",
        "2 years after the end",
        lambda on: LetIn.objects.filter(until__lt=_before(on, 731)),
        _delete,
    ),
    Rule(
        "glass",
        "so that it can be judged",
        "5 years",
        lambda on: BreakGlass.objects.filter(until__lt=_before(on, 1827)),
        _delete,
    ),
    Rule(
        "agreed",
        "needed while the resident takes part",
        "1 year after the year they stopped",
        lambda on: Agreed.objects.filter(resident__in=_stopped(on, 1)),
        _delete,
    ),
    Rule(
        "move_over",
        "needed until everybody knows the account number",
        "1 year after the year they stopped",
        lambda on: MoveOver.objects.filter(resident__in=_stopped(on, 1)),
        _delete,
    ),
    Rule(
        "participation_sheet",
        "shows what the resident agreed to while they took part",
        "1 year after the year they stopped",
        lambda on: ParticipationSheet.objects.filter(resident__in=_stopped(on, 1)),
        _delete,
    ),
    Rule(
        "contact",
        "needed to reach the resident",
        "1 year after the year they stopped",
        lambda on: _stopped(on, 1).filter(_KNOWN_CONTACT),
        _forget_contact,
    ),
    Rule(
        "number",
        "needed as long as the resident takes part",
        "1 year after the year they stopped",
        lambda on: PersonalNumber.objects.filter(resident__in=_stopped(on, 1)),
        _forget_numbers,
    ),
    Rule(
        "names",
        "article 52 AWR: the books, seven years",
        "7 years after the year they stopped",
        lambda on: _stopped(on, BOOKS_ARE_KEPT_FOR).exclude(first_names=NAMELESS, last_name=NAMELESS),
        _forget_names,
    ),
)
