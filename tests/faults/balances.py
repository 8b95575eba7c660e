"""What a play asks of the database: sums by kind of account, one of the latest rows, numbers that begin at one."""

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


def sums() -> dict[str, dict[int | None, Decimal]]:
    """Minus the sum of the postings, by kind of account and resident."""
    found: dict[str, dict[int | None, Decimal]] = {"bank": {}}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT l.kind, l.resident_id, -sum(p.amount) FROM posting p JOIN ledger_account l ON l.id = p.account_id
               GROUP BY 1, 2 HAVING sum(p.amount) <> 0"""
        )
        for kind, who, value in cursor.fetchall():
            found.setdefault(kind, {})[who] = value
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
