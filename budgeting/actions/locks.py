"""Named locks that last until the transaction ends: one job of a kind at a time, without needing a row to lock.

Whoever needs several takes them in this order, so that no two ever wait for each other: a part of the day (the row
that a worker claims), payments, a part of payments, alerts, a part of alerts, the held file, bank accounts by number,
the import, the entry, residents by number, the ending of participations and the closing of months (both shared by
whoever books), and last the audit chain, which the first event of a transaction takes. Who shares a job never asks for
all of it afterwards: two who did would wait for each other.
"""

from django.db import connection


def share(job: str, number: int = 0) -> None:
    """Waits while someone holds the lock, then keeps it from being held; any number may share it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext(%s), %s)", [job, number])


def hold(job: str, number: int = 0) -> None:
    """Waits for, then holds, the lock on a job (`import`, `assemble` …) and a number within it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [job, number])


def hold_part(job: str, part: int) -> None:
    """Holds one part of a job: others may hold its other parts, and nobody holds the job meanwhile."""
    share(job)
    hold(f"{job} part", part)
