"""A host: pages, a worker and a clock, each a process, on a machine of its own; started again when one ends.

Processes are copies of this one, so that they begin at once; what they then run is what an operator starts.
"""

import io
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import waitress
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from backend.management.commands import daily_run
from backend.wsgi import application
from tests.cluster.network import Network
from tests.faults.scene import FIRST

PORT = 8000
THREADS = 3
SECONDS_BETWEEN_DAYS = 1.0


@dataclass
class Host:
    """One machine that serves pages and works; `running` are its processes by what they do."""

    name: str
    home: Path
    network: Network
    running: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://{self.network.address(self.name)}:{PORT}"

    def start(self) -> None:
        """All its processes."""
        place = self.network.address(self.name)
        for name, work in {"pages": lambda: _pages(place), "worker": self._worker, "clock": self._clock}.items():
            self.running[name] = self._begun(name, work)

    def kill(self) -> None:
        """kill -9 to every process of it."""
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(process, 0)
        self.running.clear()

    def processes(self) -> list[int]:
        """The ids of its processes."""
        return list(self.running.values())

    def ended(self) -> list[str]:
        """Those that ended by themselves."""
        return [name for name, process in self.running.items() if os.waitpid(process, os.WNOHANG)[0]]

    def days(self) -> list[dict[str, Any]]:
        """What its daily runs did: `began` and `ended` by one clock for all hosts."""
        log = self.home / f"{self.name}.days"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def _begun(self, name: str, work: Callable[[], object]) -> int:
        connection.close()
        child = os.fork()
        if child:
            return child
        log = (self.home / f"{self.name}-{name}.log").open("a")
        os.dup2(log.fileno(), sys.stderr.fileno())
        os.dup2(log.fileno(), sys.stdout.fileno())
        settings.AUDIT_ANCHOR = self.home / f"{self.name}-anchors"
        try:
            with self.network.inside(self.name):
                work()
        except BaseException:
            traceback.print_exc()
        os._exit(1)

    def _worker(self) -> None:
        name = f"{self.name}-{os.getpid()}"
        call_command("worker", worker_id=name, interval=0.2, startup_delay=False, reload=False)

    def _clock(self) -> None:
        """Every second asks for the day, once it has begun; which host runs it is not said anywhere."""
        done = daily_run._done
        daily_run._done = lambda *told: self._noted(done, *told)
        while True:
            if (self.home / "the-day-has-begun").exists():
                with suppress(SystemExit):
                    call_command("daily_run", on=FIRST, json=True, patience=120.0, stdout=io.StringIO())
            time.sleep(SECONDS_BETWEEN_DAYS)

    def _noted(self, done: Callable[..., dict[str, object]], *told: Any) -> dict[str, object]:
        began = time.time()
        outcome = done(*told)
        with (self.home / f"{self.name}.days").open("a") as log:
            log.write(json.dumps({"began": began, "ended": time.time(), "steps": list(told[1]), **outcome}) + "\n")
        return outcome


def _pages(address: str) -> None:
    waitress.serve(application, host=address, port=PORT, threads=THREADS, ident=None)
