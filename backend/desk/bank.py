"""Statements that came in, and files on their way in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from accessibility.problems import ProblemInWords, in_words, problem_of
from backend.desk.entry_places import days_with_entries
from backend.models import Upload
from budgeting.models import Entry, StatementDay, StatementImport, User, WaitingEntry

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class UploadTold:
    """A file and, in words, what is wrong with it; `before` is when the same file came in first, if it did."""

    upload: Upload
    problems: list[ProblemInWords]
    before: StatementImport | None = None

    @property
    def came_in(self) -> Decimal:
        """What its new entries brought, in euro."""
        return Decimal(self.upload.result.get("came_in", "0.00"))

    @property
    def went_out(self) -> Decimal:
        """What its new entries took, in euro, unsigned."""
        return Decimal(self.upload.result.get("went_out", "0.00"))


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files chosen together."""

    files: list[UploadTold]
    done: int
    waiting: int

    @property
    def is_done(self) -> bool:
        """Whether every file was taken in."""
        return self.done == len(self.files)


def bundle_of(bundle: UUID, *, by: User) -> Bundle | None:
    """A bundle of this person's own, in three queries at most; None when there is none."""
    uploads = list(Upload.objects.filter(bundle=bundle, by=by).defer("content").order_by("pk"))
    if not uploads:
        return None
    before = _came_before(upload.result for upload in uploads)
    told = [
        UploadTold(
            upload,
            _problems(upload.name, upload.result.get("problems", [])),
            before.get(upload.result.get("attempt")),
        )
        for upload in uploads
    ]
    done = sum(upload.state == Upload.State.DONE for upload in uploads)
    return Bundle(told, done, sum(int(upload.result.get("suspense", 0)) for upload in uploads))


def _came_before(results: Iterable[dict[str, Any]]) -> dict[object, StatementImport]:
    """For each attempt that found its whole file known: the first attempt in which that very file came in."""
    known = [result["attempt"] for result in results if result.get("status") == "already_imported"]
    if not known:
        return {}
    files = dict(StatementImport.objects.filter(pk__in=known).values_list("pk", "file_id"))
    rows = StatementImport.objects.filter(file__in=files.values(), status="imported").select_related("tried_by")
    first = {row.file_id: row for row in rows.order_by("-pk")}
    return {attempt: first[file] for attempt, file in files.items() if file in first}


def underway(*, by: User) -> UUID | None:
    """The bundle of this person that is not done yet, if any."""
    rows = Upload.objects.filter(by=by).exclude(state=Upload.State.DONE)
    return rows.order_by("-pk").values_list("bundle", flat=True).first()


@dataclass(frozen=True, slots=True)
class HeldFiles:
    """Files that were kept, did not come in since, and nobody decided about; `first` is the oldest attempt."""

    count: int
    first: int | None
    since: datetime | None = None


def held_files() -> HeldFiles:
    """In one query."""
    counts = {"count": Count("file", distinct=True), "first": Min("pk"), "since": Min("tried_at")}
    return HeldFiles(**undecided_files().aggregate(**counts))


def undecided_files() -> QuerySet[StatementImport]:
    """Attempts whose file was held, did not come in since, and was not refused by a person."""
    attempts = StatementImport.objects.filter(status=StatementImport.Status.HELD, decision=None)
    came_in = StatementImport.objects.exclude(status=StatementImport.Status.HELD).values("file")
    refused = StatementImport.objects.filter(decision__isnull=False).values("file")
    return attempts.exclude(file__in=came_in).exclude(file__in=refused)


@dataclass(frozen=True, slots=True)
class ImportTold:
    """One attempt to import a file; `waiting` of its entries still wait."""

    attempt: StatementImport
    problems: list[ProblemInWords]
    waiting: int = 0

    @property
    def can_be_undone(self) -> bool:
        """Whether it brought entries that stand; whether nothing was paid from them is seen when it is tried."""
        return self.attempt.status == "imported" and not hasattr(self.attempt, "undone")

    @property
    def waits(self) -> bool:
        """Whether it was held and nobody decided yet."""
        return self.attempt.status == "held" and not hasattr(self.attempt, "decision")


def imports(*, page: str | None) -> tuple[Page[Any], list[ImportTold]]:
    """The attempts, the latest first; how many of each one's entries still wait is told with it."""
    rows = (
        StatementImport.objects.select_related("file", "tried_by", "undone", "decision__decided_by")
        .defer("file__content")
        .order_by("-tried_at")
    )
    shown = Paginator(rows, PER_PAGE).get_page(page)
    waiting = _still_waiting(shown.object_list)
    return shown, [
        ImportTold(attempt, _problems(attempt.file.name, attempt.problems), waiting.get(attempt.pk, 0))
        for attempt in shown
    ]


def _still_waiting(attempts: Iterable[StatementImport]) -> dict[int, int]:
    """Asked from the side of what waits: a bank brings millions of entries, and few of them wait.

    Of those that wait, only the ones with a number like the entries of these days; each is looked up by itself.
    """
    numbers = [one.pk for one in attempts]
    days = StatementDay.objects.filter(statement__imported_by__in=numbers).aggregate(first=Min("day"), last=Max("day"))
    with_entries = days_with_entries(days["first"], days["last"]) if days["first"] else []
    if not with_entries:  # nothing came in, or balances only
        return {}
    low, high = min(one.lowest for one in with_entries), max(one.highest for one in with_entries)
    brought = Entry.objects.filter(pk=OuterRef("pk")).values("statement__imported_by")[:1]
    rows = WaitingEntry.objects.filter(closed_at=None, pk__gte=low, pk__lte=high).annotate(attempt=Subquery(brought))
    return dict(rows.order_by().values_list("attempt").annotate(count=Count("*")))


def _problems(name: str, stored: object) -> list[ProblemInWords]:
    rows = stored if isinstance(stored, list) else []
    return [in_words(problem_of(row), file=name) for row in rows]
