"""PostgreSQL itself is killed with -9 in the middle of a payment run, comes up again, and the books hold.

Only a server of this run's own is killed: `DATA_DIR` must have been set to its folder.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from time import sleep

from django.conf import settings
from django.db import DatabaseError, connection

from backend.engine.cluster import Cluster
from tests.faults.kills import Undisturbed, copied, undisturbed
from tests.faults.picture import differences, picture, violations
from tests.faults.races import entered
from tests.faults.scene import STEPS

# Steps in which money moves: the run of payments, and what the bank says of it.
NAMES = ("assemble", "approve", "release", "answer", "settle")


class NotOurServer(RuntimeError):
    """The server is not one that was started for this alone."""


def rounds(seed: int) -> Iterator[list[str]]:
    """Without end: one server killed while one step runs, and what is then not as if nothing had happened."""
    if "DATA_DIR" not in os.environ or not settings.EMBEDDED:
        raise NotOurServer("set DATA_DIR to a folder of its own, and no DATABASE_URL")
    random = Random(seed)
    steps = [number for number, step in enumerate(STEPS) if step.name in NAMES]
    with undisturbed(seed) as run:
        while True:
            yield _round(run, random.choice(steps), random.uniform(0.005, 0.06))


def _round(run: Undisturbed, step: int, delay: float) -> list[str]:
    with entered(copied(run.before[step])):
        child = _begun(lambda: STEPS[step].do(run.scene))
        sleep(delay)
        _kill_the_server()
        os.waitpid(child, 0)
        connection.close()
        now = picture()  # the first connection brings the server up again
        found = violations()
        if now not in run.pictures[step : step + 2]:
            found += ["half of a step was kept", *differences(now, run.pictures[step])[:5]]
        STEPS[step].repeat(run.scene)
        STEPS[step].repeat(run.scene)
        found += violations() + differences(picture(), run.pictures[step + 1])[:5]
    return [f"{STEPS[step].name} after {delay * 1000:.0f} ms: {problem}" for problem in found]


def _begun(work: Callable[[], object]) -> int:
    """A child process that does the work; that it loses its server is what we want."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            with suppress(DatabaseError):
                work()
        finally:
            os._exit(0)
    return child


def _kill_the_server() -> None:
    """Every process of it at once, as when the machine stops."""
    for process in Cluster(Path(settings.DATA_DIR))._processes():
        with suppress(ProcessLookupError):  # its work was done just before
            os.kill(process, signal.SIGKILL)
