"""How the house is: figures for whoever watches it, with nothing about any person.

A statement is only booked when it balances and joins the day before, so the last day that was booked is the last day on
which bank and books were known to agree; `verify_books` adds the books up anew.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min
from django_tasks_db.models import DBTaskResult

from budgeting.models import AuditEvent, BankAccount, StatementDay, WaitingEntry
from payments.models import PaymentBatch

# From here on a person should look; the figures themselves are told in any case.
DAYS_WITHOUT_STATEMENT = 5
SECONDS_FOR_A_TASK = 15 * 60
HOURS_WITHOUT_EVENT = 26  # the daily run writes at least one


@dataclass(frozen=True, slots=True)
class Health:
    """Figures of one moment; None where nothing happened yet, or nobody can say: a database that is away may well hold
    work that waits. `migrated`: the tables are those of this version.
    """

    database: bool = False
    migrated: bool = False
    days_since_tie_out: int | None = None
    oldest_task_seconds: int | None = None
    failed_tasks: int | None = None
    chain_head_seconds: int | None = None
    waiting_entries: int | None = None
    open_batches: int | None = None

    @property
    def ready(self) -> bool:
        """Whether pages can be answered."""
        return self.database and self.migrated

    def worries(self) -> list[str]:
        """What a person should look at, as names of figures."""
        limits = {
            "days_since_tie_out": DAYS_WITHOUT_STATEMENT,
            "oldest_task_seconds": SECONDS_FOR_A_TASK,
            "failed_tasks": 0,
            "chain_head_seconds": HOURS_WITHOUT_EVENT * 3600,
        }
        figures = asdict(self)
        return [name for name, limit in limits.items() if (figures[name] or 0) > limit]


def look(*, now: datetime) -> Health:
    """The figures; with the database away, or its tables of another version, only that."""
    try:
        if not _is_migrated():
            return Health(database=True)
        return Health(
            database=True,
            migrated=True,
            days_since_tie_out=_days_since_tie_out(now.date()),
            oldest_task_seconds=_oldest_task(now),
            failed_tasks=DBTaskResult.objects.failed().count(),
            chain_head_seconds=_since(AuditEvent.objects.order_by("-pk").values_list("at", flat=True).first(), now),
            waiting_entries=WaitingEntry.objects.filter(closed_at=None).count(),
            open_batches=PaymentBatch.objects.filter(state="released").count(),
        )
    except DatabaseError:
        connection.close()  # the next one who asks tries anew
        return Health()


def as_metrics(health: Health) -> Iterator[str]:
    """The figures as lines of the Prometheus text format; what is None is left out."""
    for name, value in {**asdict(health), "ready": health.ready}.items():
        yield f"# TYPE huishoudboekje_{name} gauge"
        if value is not None:
            yield f"huishoudboekje_{name} {int(value)}"


def _is_migrated() -> bool:
    """No migration of this version is still to be done; a database that is ahead serves on (expand, then contract)."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _days_since_tie_out(on: date) -> int | None:
    """Of the account that lags most."""
    last = StatementDay.objects.standing().values("bank_account").annotate(last=Max("day"))
    oldest = last.aggregate(oldest=Min("last"))["oldest"] if BankAccount.objects.exists() else None
    return (on - oldest).days if oldest else None


def _oldest_task(now: datetime) -> int | None:
    waiting = (DBTaskResult.objects.ready() | DBTaskResult.objects.running()).aggregate(Min("enqueued_at"), Count("pk"))
    return _since(waiting["enqueued_at__min"], now)


def _since(moment: datetime | None, now: datetime) -> int | None:
    return max(0, int((now - moment).total_seconds())) if moment else None
