"""Several processes, on one machine or more, do the parts of one day's run (`payments.actions.sharing`)."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from backend.operate.leases import DAY, is_held
from payments.actions.sharing import do_a_part

MOST = 64
# Seconds before the next look, twice as long after each in vain: while the first process imports or signs there is
# nothing to share for minutes, and a part takes seconds.
SHORTEST_REST, LONGEST_REST = 0.02, 0.32


def help_out() -> int:
    """Does parts of the day that is being run, until it has ended; returns how many it did."""
    done, rest = 0, SHORTEST_REST
    while True:
        runs = is_held(DAY)  # before the look: what is put down after it is seen at the next
        if do_a_part():
            done, rest = done + 1, SHORTEST_REST
        elif runs:
            rest = rested(rest)
        else:
            return done


def rested(seconds: float) -> float:
    """Rests so long; returns how long to rest when the next look is in vain too."""
    time.sleep(seconds)
    return min(2 * seconds, LONGEST_REST)


@contextmanager
def hands(count: int) -> Iterator[Callable[[], None]]:
    """Gives what begins `count` - 1 other processes on this machine, to be called once the day's lease is held.

    They end by themselves when it is no longer; leaving waits for them.
    """
    words = [sys.executable, str(settings.BASE_DIR / "manage.py"), "daily_run", "--helps"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        begun.extend(subprocess.Popen(words, stdout=subprocess.DEVNULL) for _ in range(count - 1))  # noqa: S603 - us

    try:
        yield begin
    finally:
        for process in begun:
            process.wait()
