"""Month by month of a household: what came in, what we paid, what the residents got, and each of them by category."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from accessibility.facts import Movement
from accessibility.months import KINDS, movements_of_many
from backend.desk.pictures import Picture, picture
from budgeting.core.closing import month_of
from budgeting.core.money import ZERO
from budgeting.models import Posting, Resident

MONTHS = 12
PLACES = ("came_in", "paid", "given")


@dataclass(frozen=True, slots=True)
class Line:
    """A category in euro: month by month, and all of it."""

    category: str
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """All months together."""
        return sum(self.amounts, ZERO)


@dataclass(frozen=True, slots=True)
class Part:
    """What came in, was paid or was given: its sum month by month, then its categories, the largest first."""

    place: str
    sums: tuple[Decimal, ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """All months together."""
        return sum(self.sums, ZERO)


@dataclass(frozen=True, slots=True)
class Overview:
    """A household over some months; `held` is what we had for them at the end of each month, less what was lent."""

    months: tuple[date, ...]
    parts: tuple[Part, ...]
    held: tuple[Decimal, ...]
    picture: Picture | None


def months_until(on: date, *, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of the last months up to the one in which the day lies, the earliest first."""
    found = [month_of(on)]
    while len(found) < count:
        found.append(month_of(found[-1] - timedelta(days=1)))
    return tuple(reversed(found))


def overview_of(residents: Sequence[Resident], *, on: date) -> Overview:
    """The last twelve months of these residents together, from the books; four queries."""
    months, numbers = months_until(on), [resident.pk for resident in residents]
    moved = movements_of_many(numbers, months[0], on)
    parts = tuple(_part(place, [row for one in moved.values() for row in one[place]], months) for place in PLACES)
    drawn = [sum(pair, ZERO) for pair in zip(parts[1].sums, parts[2].sums, strict=True)]
    return Overview(months, parts, _held(numbers, months, parts), picture(months, parts[0].sums, drawn))


def _part(place: str, movements: Sequence[Movement], months: Sequence[date]) -> Part:
    sums: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for movement in movements:
        sums[movement.category][month_of(movement.day)] += movement.amount
    lines = [Line(category, tuple(by_month[month] for month in months)) for category, by_month in sums.items()]
    lines.sort(key=lambda line: (-line.total, line.category))
    totals = tuple(sum((line.amounts[at] for line in lines), ZERO) for at in range(len(months)))
    return Part(place, totals, tuple(lines))


def _held(numbers: Sequence[int], months: Sequence[date], parts: Sequence[Part]) -> tuple[Decimal, ...]:
    """From what was there before the first month, and what moved since."""
    rows = Posting.objects.filter(account__resident__in=numbers, account__kind__in=KINDS)
    before = rows.filter(journal_entry__booked_on__lt=months[0]).aggregate(total=Sum("amount"))["total"]
    held, left = [], ZERO - (before or ZERO)
    for at in range(len(months)):
        left += parts[0].sums[at] - parts[1].sums[at] - parts[2].sums[at]
        held.append(left)
    return tuple(held)
