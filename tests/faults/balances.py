"""What a play asks of the database: sums by kind of account, one of the latest rows, numbers that begin at one."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection

from budgeting.models import Entry
from payments.models import PaymentBatch

# Row numbers begin at one again, as in a new database: they are what a play is made of, and a rollback leaves gaps.
NUMBER_ANEW = """DO $$ DECLARE one regclass; BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'S' LOOP PERFORM setval(one, 1, false); END LOOP;
END $$"""


# Each row: what it tells of, of which, and what is so. One question: it is asked after every operation.
_TOWN = """
    SELECT l.kind, l.resident_id::text, NULL, -sum(p.amount), NULL::date
      FROM posting p JOIN ledger_account l ON l.id = p.account_id GROUP BY 1, 2 HAVING sum(p.amount) <> 0
    UNION ALL SELECT 'order', end_to_end_id, state, amount, execute_on FROM payment_order
    UNION ALL SELECT 'batch', id::text, state, NULL, NULL FROM payment_batch
    UNION ALL SELECT 'waiting', entry_id::text, NULL, NULL, NULL FROM waiting_entry WHERE closed_at IS NULL
    UNION ALL SELECT 'ending', resident_id::text, state, NULL, NULL FROM participation_end WHERE state <> 'withdrawn'
    UNION ALL SELECT 'closed', NULL, NULL, NULL, max(c.month) FROM month_closing c WHERE NOT EXISTS
      (SELECT FROM reopening_request r JOIN month_reopening o ON o.request_id = r.id WHERE r.closing_id = c.id)
"""


@dataclass
class Town:
    """What the database says: `sums` is minus the sum of the postings, by kind of account and resident; `closed` the
    latest closed month."""

    sums: dict[str, dict[int | None, Decimal]] = field(default_factory=lambda: {"bank": {}})
    orders: dict[str, tuple[str, Decimal, date]] = field(default_factory=dict)
    batches: dict[int, str] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    endings: dict[int, str] = field(default_factory=dict)
    closed: date | None = None

    def add(self, what: str, key: Any, state: str, value: Decimal, day: date) -> None:
        """One row."""
        match what:
            case "order":
                self.orders[key] = state, value, day
            case "batch":
                self.batches[int(key)] = state
            case "waiting":
                self.waiting.add(int(key))
            case "ending":
                self.endings[int(key)] = state
            case "closed":
                self.closed = day
            case _:
                self.sums.setdefault(what, {})[int(key) if key else None] = value


def the_town() -> Town:
    """Money, orders, batches and what waits, now."""
    found = Town()
    with connection.cursor() as cursor:
        cursor.execute(_TOWN)
        for row in cursor.fetchall():
            found.add(*row)
    return found


def apart(ours: Any, theirs: Any) -> str:
    if isinstance(ours, dict):
        names = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
        return ", ".join(f"{name}: {theirs.get(name)} should be {ours.get(name)}" for name in names[:3])
    return f"{theirs} should be {ours}"


def likely_batch(random: Random, state: str) -> PaymentBatch | None:
    """Mostly a batch that is ready for it, at times any."""
    return (random.random() < 0.85 and a_batch(random, state)) or a_batch(random)


def a_batch(random: Random, *states: str) -> PaymentBatch | None:
    """One of the latest batches, of these states if any are named."""
    rows = PaymentBatch.objects.filter(state__in=states) if states else PaymentBatch.objects.all()
    latest = list(rows.order_by("-pk")[:3])
    return random.choice(latest) if latest else None


def an_entry(random: Random) -> Entry | None:
    """One of the latest entries, mostly one that waits."""
    waiting = random.random() < 0.7
    rows = Entry.objects.filter(waiting__closed_at=None, waiting__isnull=False) if waiting else Entry.objects.all()
    latest = list(rows.order_by("-pk")[:8])
    return random.choice(latest) if latest else None
