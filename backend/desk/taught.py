"""Rules that people taught, as the desk shows them: the list, and what one would do, as far as one may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from budgeting.actions.taught import PastEntry, Preview, labelled_by, preview, spoken
from budgeting.core.taught import Taught
from budgeting.models import Allocation, Entry, LearntRule
from budgeting.models.people import ResidentQuerySet

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """What a rule would do. Of each list the lines of residents one may see, the latest first; `hidden` counts others.

    `agrees` is how many out of a hundred past decisions say the same; None when nobody decided anything like it.
    """

    right: list[PastEntry]
    wrong: list[PastEntry]
    right_count: int
    wrong_count: int
    hidden: int
    changes: int
    waiting: int

    @property
    def agrees(self) -> int | None:
        """Out of a hundred, rounded down."""
        past = self.right_count + self.wrong_count
        return 100 * self.right_count // past if past else None

    @property
    def residents(self) -> set[int]:
        """Whose lines are shown."""
        return {one.allocation.resident_id for one in (*self.right, *self.wrong) if one.allocation.resident_id}


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule: what it would do today, how many entries carry its label, its other versions."""

    row: LearntRule
    shown: Shown
    labelled: int
    versions: list[LearntRule]


def rules() -> list[LearntRule]:
    """The latest version of each rule: those that are on first, by category."""
    rows = LearntRule.objects.select_related("owner", "off_by").order_by("series", "-version").distinct("series")
    return sorted(rows, key=lambda row: (row.off_at is not None, row.category, row.series))


def rule_file(number: int, *, visible: ResidentQuerySet) -> RuleFile | None:
    """The page of one rule; None when there is none."""
    row = LearntRule.objects.select_related("owner", "off_by").filter(pk=number).first()
    if row is None:
        return None
    others = LearntRule.objects.select_related("owner").filter(series=row.series).exclude(pk=row.pk)
    return RuleFile(row, shown(spoken(row), visible), labelled_by(row), list(others.order_by("-version")))


def shown(rule: Taught, visible: ResidentQuerySet) -> Shown:
    """What the rule would do. Raises `NothingToGoBy`."""
    found: Preview = preview(rule)
    mine = set(visible.values_list("pk", flat=True))
    right, wrong = _mine(found.right, mine), _mine(found.wrong, mine)
    hidden = len(found.right) + len(found.wrong) - len(right) - len(wrong)
    return Shown(
        right[:MOST_SHOWN],
        wrong[:MOST_SHOWN],
        len(found.right),
        len(found.wrong),
        hidden,
        found.changes,
        found.waiting,
    )


def decided(number: int, visible: ResidentQuerySet) -> tuple[Entry, str] | None:
    """A decided entry and the category it was given, when it is of somebody one may see."""
    rows = Allocation.objects.standing().filter(entry=number, resident__in=visible).exclude(category="")
    row = rows.select_related("entry").order_by("pk").first()
    return (row.entry, row.category) if row else None


def _mine(past: Sequence[PastEntry], mine: set[int]) -> list[PastEntry]:
    return [one for one in past if one.allocation.resident_id in mine]
