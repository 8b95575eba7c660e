"""Who works on what, as locks of the database server: they end with the connection of whoever held them, killed or not.

A worker holds a lock on its own name as long as it lives. A task that runs under a name nobody holds was left by a
worker that died, and is taken up again; so every task must be one that may be run twice (`backend/tasks.py`). A pooler
between us and the server must keep a connection for a session, or locks end too early.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from backend.operate.away import AWAY

DAY, WORKER = "daily_run", "worker"
MOST_ATTEMPTS = 5
SECONDS_BETWEEN_LOOKS = 5.0
_log = logging.getLogger(__name__)


class LeftByEveryWorker(RuntimeError):
    """A task during which so many workers died that it is not tried again."""


@contextmanager
def only_one(job: str, who: str = "") -> Iterator[bool]:
    """Whether this connection got the lock on the job; nobody waits. It ends with the block or the connection."""
    mine = _asked("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", job, who)
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            _asked("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", job, who)


def is_held(job: str, who: str = "") -> bool:
    """Whether somebody, perhaps we ourselves, holds the lock on the job; asked without taking it."""
    asked = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND classid::bigint = hashtext(%s)::bigint & 4294967295
               AND objid::bigint = hashtext(%s)::bigint & 4294967295)"""
    return _asked(asked, job, who)


def take_up_left_tasks() -> int:
    """Puts tasks of dead workers back in the queue, or among the failed after five of them; returns how many."""
    taken = 0
    for number in DBTaskResult.objects.running().values_list("pk", flat=True):
        with transaction.atomic():
            taken += _take_up(number)
    return taken


class Alive:
    """Holds the lock on a worker's name, and looks for left tasks, on a connection and thread of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.held = threading.Event()
        self._ended = threading.Event()

    def begin(self) -> None:
        """Returns once the name is held: before that the worker must not claim anything."""
        threading.Thread(target=self._live, name="lease", daemon=True).start()
        self.held.wait()

    def end(self) -> None:
        """Lets the name go."""
        self._ended.set()

    def _live(self) -> None:
        while not self._ended.is_set():
            try:
                self._hold()
            except AWAY:  # the server is away: the lock is gone, and is taken anew as soon as it is back
                self._ended.wait(SECONDS_BETWEEN_LOOKS)
            finally:
                connection.close()

    def _hold(self) -> None:
        with only_one(WORKER, self.name) as mine:
            while mine and not self._ended.is_set():
                self.held.set()
                take_up_left_tasks()
                self._ended.wait(SECONDS_BETWEEN_LOOKS)
        if not mine:
            _log.warning("another worker is called %s: waiting until it has ended", self.name)
            self._ended.wait(SECONDS_BETWEEN_LOOKS)


def _take_up(number: uuid.UUID) -> int:
    """One task, if its last worker is dead. Two who look at once: the second finds it in the queue."""
    task = DBTaskResult.objects.running().select_for_update(skip_locked=True).filter(pk=number).first()
    if task is None or is_held(WORKER, task.worker_ids[-1]):
        return 0
    if len(task.worker_ids) >= MOST_ATTEMPTS:
        task.set_failed(LeftByEveryWorker(f"{len(task.worker_ids)} workers died of it"))
    else:
        task.status = "READY"
        task.save(update_fields=["status"])
    return 1


def _asked(question: str, *values: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return bool(cursor.fetchone()[0])
