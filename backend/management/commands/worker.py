"""The worker of background tasks; what another worker left unfinished when it was killed, it takes up again.

When the database goes away, it waits, and goes on under another name: what it was doing counts as left.
"""

import logging
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.db import connection
from django_tasks_db.management.commands import db_worker

from backend.operate.away import AWAY, SECONDS_BETWEEN_TRIES
from backend.operate.leases import Alive

_log = logging.getLogger(__name__)
LONGEST_NAME = 64


class Command(db_worker.Command):
    help = "Does background tasks, and takes up those of workers that were killed."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        for name in _names(worker_id):
            alive = Alive(name)
            alive.begin()
            try:
                super().handle(worker_id=name, **options)
            except AWAY as error:
                _log.warning("the database is away (%s): the worker waits", type(error).__name__)
            else:
                return
            finally:
                alive.end()
            connection.close()
            time.sleep(SECONDS_BETWEEN_TRIES)


def _names(first: str) -> Iterator[str]:
    """The worker's name, and others for when it begins anew."""
    yield first
    for number in count(2):
        ending = f"-{number}"
        yield first[: LONGEST_NAME - len(ending)] + ending
