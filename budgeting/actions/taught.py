"""Teaches rules of recognition from people's decisions, within this municipality: shown first, kept by a person's yes.

A rule that is kept labels coming entries as a proposal. What was decided before changes only where a person ticks it
(`apply_to_past`), for residents whom this person may see, and can be taken back as a whole. No label moves money.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.db.models.functions import Now

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.entry_facts import fact_of
from budgeting.actions.locks import hold, share
from budgeting.core.recognition import Recogniser, untaught
from budgeting.core.statement import Entry as Fact
from budgeting.core.taught import Taught, TaughtRules, checked
from budgeting.models import Allocation, Entry, LearntRule, User, WaitingEntry
from budgeting.models.people import ResidentQuerySet

MOST_PAST = 5000  # past decisions about this account or these words that a preview looks at, the latest


class RuleIsThere(Exception):
    """A rule that goes by exactly this is on already."""


class RuleIsOff(Exception):
    """The rule was switched off, or has a later version."""


@dataclass(frozen=True, slots=True)
class PastEntry:
    """An entry that a rule fits: the category it was given, and what recognition alone would say."""

    allocation: Allocation
    decided: str
    said: str

    @property
    def by_person(self) -> bool:
        """Whether a person decided: only then it counts as right or wrong."""
        return self.allocation.decided_by_id is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have done: entries decided as it says, those decided otherwise, and how many wait for it.

    `changes` are entries that recognition alone calls something else than the rule does.
    """

    right: list[PastEntry]
    wrong: list[PastEntry]
    changes: int
    waiting: int


def running_recogniser(*, without: int = 0) -> Recogniser:
    """What the product ships and what people taught here, perhaps without one rule's series; one query."""
    shipped = untaught()
    rules = [spoken(row) for row in LearntRule.objects.on().exclude(series=without)]
    return Recogniser(shipped.knowledge, shipped.weights, shipped.confidence, TaughtRules(rules)) if rules else shipped


def spoken(row: LearntRule) -> Taught:
    """A kept rule as recognition uses it."""
    return Taught(
        number=row.series,
        version=row.version,
        direction="in" if row.direction == "in" else "out",
        category=row.category,
        iban=row.iban,
        name=row.name,
        words=frozenset(row.words),
        right=row.right,
        wrong=row.wrong,
    )


def preview(rule: Taught) -> Preview:
    """Holds the rule against every past decision it fits, and counts what waits. Raises `NothingToGoBy`."""
    fitting = _past(checked(rule))
    answers = running_recogniser(without=rule.number).recognise([fact for _, fact in fitting])
    past = [PastEntry(row, row.category, told.category) for (row, _), told in zip(fitting, answers, strict=True)]
    decided = [entry for entry in past if entry.by_person]
    return Preview(
        right=[entry for entry in decided if entry.decided == rule.category],
        wrong=[entry for entry in decided if entry.decided != rule.category],
        changes=sum(entry.said != rule.category for entry in past),
        waiting=_waiting(rule),
    )


@transaction.atomic
def keep_rule(*, rule: Taught, made_from: Entry, on: date, by: User) -> LearntRule:
    """The rule speaks from now on, with what the past says of it. Raises `RuleIsThere`, `NothingToGoBy`."""
    access.check_may(by, "decide_entries", on=on)
    hold("teach")
    series = (LearntRule.objects.aggregate(last=Max("series"))["last"] or 0) + 1
    return _write(rule, series, 1, made_from, by)


@transaction.atomic
def change_rule(*, row: LearntRule, rule: Taught, on: date, by: User) -> LearntRule:
    """A new version in place of this one, owned by who made it. Raises `RuleIsOff`, `RuleIsThere`, `NothingToGoBy`."""
    access.check_may(by, "decide_entries", on=on)
    hold("teach")
    _off(row, "changed", by)
    return _write(rule, row.series, row.version + 1, row.made_from, by)


@transaction.atomic
def switch_off(*, row: LearntRule, reason: str, on: date, by: User) -> None:
    """The rule speaks no more; what it labelled stays until that is taken back. Raises `RuleIsOff`."""
    access.check_may(by, "decide_entries", on=on)
    _off(row, reason, by)
    record(action="rule.switched_off", subject=f"rule:{row.series}", by=by, version=row.version, reason=reason)


@transaction.atomic
def apply_to_past(*, row: LearntRule, ticked: Collection[int], on: date, by: User) -> int:
    """Labels those of the ticked allocations that the rule fits, and returns how many. Moves no money.

    Only residents this person may see; what belongs to an agreement keeps the agreement's category. May be repeated.
    Raises `RuleIsOff`.
    """
    access.check_may(by, "decide_entries", on=on)
    if row.off_at is not None:
        raise RuleIsOff
    visible = access.visible_residents(by, on=on)
    fitting = [old for old, _ in _past(spoken(row), visible) if old.pk in ticked and old.category != row.category]
    rows = _held([old.pk for old in fitting])
    _relabel([(old, row.category, str(_mark(row)), None) for old in rows], rule=row, by=by)
    record(action="rule.applied", subject=f"rule:{row.series}", by=by, version=row.version, entries=len(rows))
    return len(rows)


@transaction.atomic
def undo_past(*, row: LearntRule, on: date, by: User) -> int:
    """What this version labelled, and still stands, gets its earlier category back; returns how many entries."""
    access.check_may(by, "decide_entries", on=on)
    visible = access.visible_residents(by, on=on)
    wanted = Allocation.objects.standing().filter(rule_version=_mark(row), resident__in=visible)
    rows = _held(list(wanted.values_list("pk", flat=True)))
    before = {old.pk: Allocation.objects.get(pk=int(old.reasons[0]["values"]["before"])) for old in rows}
    back = [(old, before[old.pk].category, before[old.pk].rule_version, before[old.pk].decided_by) for old in rows]
    _relabel(back, rule=row, by=by)
    record(action="rule.taken_back", subject=f"rule:{row.series}", by=by, version=row.version, entries=len(rows))
    return len(rows)


def labelled_by(row: LearntRule) -> int:
    """How many entries carry the label of this version."""
    return Allocation.objects.standing().filter(rule_version=_mark(row)).count()


def _mark(row: LearntRule) -> str:
    return f"taught {row.series}.{row.version}"


def _write(rule: Taught, series: int, version: int, made_from: Entry, by: User) -> LearntRule:
    seen = preview(rule)
    try:
        with transaction.atomic():
            row = LearntRule.objects.create(
                series=series,
                version=version,
                direction=rule.direction,
                iban=rule.iban,
                name=rule.name,
                words=sorted(rule.words),
                category=rule.category,
                right=len(seen.right),
                wrong=len(seen.wrong),
                made_from=made_from,
                owner=by,
            )
    except IntegrityError as error:
        raise RuleIsThere from error
    figures = {"right": row.right, "wrong": row.wrong}
    record(action="rule.kept", subject=f"rule:{series}", by=by, version=version, category=row.category, past=figures)
    return row


def _off(row: LearntRule, reason: str, by: User) -> None:
    standing = LearntRule.objects.on().filter(pk=row.pk)
    if standing.update(off_at=Now(), off_by=by, off_because=reason) != 1:
        raise RuleIsOff


def _past(rule: Taught, residents: ResidentQuerySet | None = None) -> list[tuple[Allocation, Fact]]:
    """Standing decisions about entries that the rule fits, outside agreements, the latest first."""
    rows = Allocation.objects.standing().filter(agreement=None, resident__isnull=False).exclude(category="")
    if residents is not None:
        rows = rows.filter(resident__in=residents)
    rows = rows.filter(_about(rule, "entry__")).select_related("entry", "resident", "decided_by")
    found = ((row, fact_of(row.entry)) for row in rows.order_by("-entry__booking_date", "-pk")[:MOST_PAST])
    return [(row, fact) for row, fact in found if rule.fits(fact)]


def _about(rule: Taught, to: str) -> Q:
    """A first sieve in the database: direction, account, and words as letters; the rule itself looks closer."""
    sign = "gt" if rule.direction == "in" else "lt"
    found = Q(**{f"{to}amount__{sign}": 0})
    if rule.iban:
        found &= Q(**{f"{to}counterparty_iban": rule.iban})
    for word in rule.words if not rule.iban else ():
        if word.isascii():
            found &= Q(**{f"{to}remittance__icontains": word}) | Q(**{f"{to}counterparty_name__icontains": word})
    return found


def _waiting(rule: Taught) -> int:
    rows = WaitingEntry.objects.filter(_about(rule, "entry__"), closed_at=None).select_related("entry")
    return sum(rule.fits(fact_of(row.entry)) for row in rows[:MOST_PAST])


def _held(numbers: Sequence[int]) -> list[Allocation]:
    """These allocations, their imports and entries held in order; without those that were taken back meanwhile."""
    rows = Allocation.objects.filter(pk__in=numbers).values_list("entry_id", "entry__statement__imported_by_id")
    pairs = list(rows)
    for attempt in sorted({pair[1] for pair in pairs}):
        share("import", attempt)
    for entry in sorted({pair[0] for pair in pairs}):
        hold("entry", entry)
    return list(Allocation.objects.standing().filter(pk__in=numbers).order_by("pk"))


Change = tuple[Allocation, str, str, User | None]


def _relabel(changes: Iterable[Change], *, rule: LearntRule, by: User) -> None:
    """Each allocation gets its opposite and a new one with another category; the money stays where it is."""
    for old, category, version, decided_by in changes:
        same = {"entry_id": old.entry_id, "journal_entry_id": old.journal_entry_id, "resident_id": old.resident_id}
        Allocation.objects.create(**same, category=old.category, amount=-old.amount, decided_by=by, undoes=old)
        values = {"rule": str(rule.series), "before": str(old.pk)}
        Allocation.objects.create(
            **same,
            category=category,
            amount=old.amount,
            due_on=old.due_on,
            rule_version=version,
            decided_by=decided_by,
            reasons=[{"code": "taught_rule", "values": values, "against": False}] if not decided_by else old.reasons,
        )
