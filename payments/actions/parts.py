"""The residents of a town in parts: what is done for everybody is done for a part at a time, each kept before the next.

A part is looked at as a whole, so that the questions asked do not grow with the residents; and however large the town,
no more than a part is in memory, and nobody who wants to pay or decide waits longer than a part takes.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, Q

from budgeting.core.collecting import many_objects
from budgeting.models import Resident, User

# Residents in a part. Half as many cost a tenth more in questions, twice as many twice the memory.
PART = 1000

_Counts = TypeVar("_Counts")


class Day(NamedTuple):
    """The day that is run; `first` is the first day on which the bank can execute."""

    on: date
    first: date
    by: User | None = None


# What was done for a part: counts or facts, as JSON can say them.
Told = list[Any]
# What is done for a part: one transaction, under the lock of that part.
Work = Callable[[range, Day], Told]
# Does a piece of work for every part; returns what each told, in order of the parts.
Spread = Callable[[Work, Day], list[Told]]


def parts() -> list[range]:
    """The numbers of residents in parts that are the same every day; parts without anybody are left out."""
    found = Resident.objects.annotate(part=F("pk") / PART).order_by("part").values_list("part", flat=True).distinct()
    return [range(part * PART, (part + 1) * PART) for part in found]


def is_everybody(part: range) -> bool:
    """Whether nobody is outside this part; asked of one row, because every part asks it."""
    return not Resident.objects.filter(Q(pk__lt=part.start) | Q(pk__gte=part.stop)).exists()


def one_after_another(work: Work, day: Day) -> list[Told]:
    """The work for every part, here."""
    return [do_part(work, part, day) for part in parts()]


@many_objects()
def do_part(work: Work, part: range, day: Day) -> Told:
    """The work for one part."""
    return work(part, day)


def together(kind: type[_Counts], counted: Iterable[Iterable[int]]) -> _Counts:
    """What was counted in each part, as one."""
    columns = list(zip(*counted, strict=True))
    return kind(*map(sum, columns)) if columns else kind()
