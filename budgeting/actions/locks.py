"""Named locks that last until the transaction ends: one job of a kind at a time, without needing a row to lock.

Whoever needs several takes them in this order, so that no two ever wait for each other: payments, the held file, bank
accounts by number, the import, the entry, residents by number, the ending of participations and the closing of months
(both shared by whoever books), and last the audit chain, which the first event of a transaction takes.
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
