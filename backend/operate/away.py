"""The database is away: it restarts, a standby takes its place, a line is cut, a disk is full, or no room is left.

What was under way was not acknowledged, and may be asked again: every door of the house finds what was done before.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

AWAY = (OperationalError, InterfaceError)
SECONDS_AWAY = 10  # a standby that takes over needs about so long
SECONDS_BETWEEN_TRIES = 2.0
_log = logging.getLogger(__name__)
Done = TypeVar("Done")


def is_away(error: object) -> bool:
    """Whether this was raised because of that."""
    return isinstance(error, AWAY)


def patiently(work: Callable[[], Done], *, seconds: float) -> Done:
    """Does work that may be begun again; while the database is away, again and again for so many seconds.

    Raises what the last try raised.
    """
    patience = time.monotonic() + seconds
    while True:
        try:
            return work()
        except AWAY as error:
            if time.monotonic() > patience:
                raise
            _log.warning("the database is away (%s): trying again", type(error).__name__)
        connection.close()
        time.sleep(SECONDS_BETWEEN_TRIES)
