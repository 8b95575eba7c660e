"""Whether pages were clear: two taps, counted per page, language and month; not who, and not when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F

from accessibility.languages import LANGUAGES, Language
from accessibility.models import Clearness

PAGES = ("home", "months", "month", "payment", "why", "choices", "looked", "news", "letter")
# Fewer answers than this are shown as too few, so that nobody can be recognised in them.
ENOUGH = 5


class NoSuchPage(ValueError):
    """A page about which nothing is asked."""


@dataclass(frozen=True, slots=True)
class Clear:
    """What people said of a page in a language: `share` of the answers that were yes, in whole percents, if enough."""

    page: str
    language: str
    answers: int
    share: int | None


@transaction.atomic
def count_answer(*, page: str, language: Language, clear: bool, on: date) -> None:
    """Adds one answer to the count of its month. Raises `NoSuchPage`."""
    if page not in PAGES:
        raise NoSuchPage(page)
    row, _ = Clearness.objects.get_or_create(page=page, language=language.code, month=on.replace(day=1))
    field = "yes" if clear else "no"
    Clearness.objects.filter(pk=row.pk).update(**{field: F(field) + 1})


def clearness_since(month: date) -> list[Clear]:
    """The answers since a month, by page and language, in the order in which pages and languages are offered."""
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    rows: Iterable[Clearness] = Clearness.objects.filter(month__gte=month.replace(day=1))
    for row in rows:
        totals[row.page, row.language][0] += row.yes
        totals[row.page, row.language][1] += row.no
    order = [(page, language) for page in PAGES for language in LANGUAGES if (page, language) in totals]
    return [_clear(page, language, *totals[page, language]) for page, language in order]


def _clear(page: str, language: str, yes: int, no: int) -> Clear:
    answers = yes + no
    return Clear(page, language, answers, None if answers < ENOUGH else 100 * yes // answers)
