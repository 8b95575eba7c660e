"""What goes wrong in the day: a host is killed, the primary dies, a host's cable is pulled.

The primary dies while the standby hears nothing, so that what it was doing is on it alone. What then happens needs no
person: a supervisor starts a killed host's processes again, a watch promotes the standby when the primary is silent.
The old primary comes back before anybody told it that another took its place, is refused by everybody, and is made anew
as the standby.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import psycopg

from backend.engine import APP_ROLE, DATABASE, PORT
from tests.cluster.day import STEPS
from tests.cluster.hosts import Host
from tests.cluster.network import Network
from tests.cluster.servers import Server

RESTART = 1.0  # seconds until a supervisor starts what was killed
SILENCES = 3  # so many questions without an answer, and the standby is promoted
WAYS = ("host", "primary", "network")
# What was looked at or changed in our tables since the server came up, but for the one that we write in ourselves.
USED = """SELECT string_agg(relname, ' ') FROM pg_stat_user_tables WHERE relname <> 'town'
          AND coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del > 0"""


@dataclass(frozen=True)
class Planned:
    """What goes wrong, in which step, how many seconds after it began, and (of a cable) for how long."""

    way: str
    step: str
    after: float
    lasting: float
    host: int

    def __str__(self) -> str:
        return f"{self.way} in {self.step} after {self.after:.2f} s"


def planned(random: Random) -> list[Planned]:
    """Each way once, in steps of their own."""
    steps = random.sample([step for step in STEPS if step not in {"download", "again"}], len(WAYS))
    return [
        Planned(way, step, random.uniform(0.02, 0.5), random.uniform(3, 6), random.randrange(3))
        for way, step in zip(WAYS, steps, strict=True)
    ]


# With the standby not waited for, people are told that it is done before the primary dies three seconds later.
LOST_WITHOUT_STANDBY = [Planned("primary", "file", 3.0, 0.0, 0)]


@dataclass
class Trouble:
    """Makes it go wrong, in threads beside the day; `moments` are when each was over for who is outside."""

    primary: Server
    standby: Server
    hosts: list[Host]
    network: Network
    synchronous: bool = True
    moments: list[tuple[str, float]] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _failed_over: threading.Event = field(default_factory=threading.Event)

    def begin(self, plan: Planned) -> None:
        """At once for what must be so before the step; the rest while it runs."""
        if plan.way == "primary":
            self.network.cut(self.standby.name, self.standby.processes)  # what is committed from now on is on one alone
        self._beside(lambda: self._happens(plan))

    def watch_the_primary(self) -> None:
        """Promotes the standby when the primary is silent."""
        self._beside(self._watch)

    def join(self) -> None:
        """Until everything that was begun has come to its end; raises what went wrong with going wrong."""
        for thread in self._threads[1:]:
            thread.join(90)
        if any(way == "primary" for way, _ in self.moments):
            self._failed_over.wait(90)
        self._over.set()
        self._threads[0].join(90)
        if self.failed:
            raise self.failed[0]
        assert not any(thread.is_alive() for thread in self._threads)

    def _beside(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # told by `join`
                self.failed.append(error)

        self._threads.append(threading.Thread(target=guarded, daemon=True))
        self._threads[-1].start()

    def _happens(self, plan: Planned) -> None:
        time.sleep(plan.after)
        host = self.hosts[plan.host]
        if plan.way == "host":
            host.kill()
            self.moments.append(("host", time.monotonic()))
            time.sleep(RESTART)
            host.start()
        elif plan.way == "network":
            self.network.cut(host.name, host.processes)
            time.sleep(plan.lasting)
            self.network.heal(host.name, host.processes)
            self.moments.append(("network", time.monotonic()))
        else:
            self.moments.append(("primary", time.monotonic()))
            self.primary.kill()
            self.network.cut(self.primary.name, self.primary.processes)

    def _watch(self) -> None:
        silent = 0
        while not self._over.is_set():
            silent = 0 if self._answers() else silent + 1
            if silent == SILENCES:
                self._fail_over()
                silent = 0
            self._over.wait(0.3)

    def _answers(self) -> bool:
        place = {"host": self.network.address(self.primary.name), "port": PORT, "user": APP_ROLE, "dbname": DATABASE}
        try:
            with psycopg.connect(connect_timeout=2, autocommit=True, **place) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def _fail_over(self) -> None:
        """The standby becomes primary; the old one comes back as it was, is refused, and is made its standby."""
        began = time.monotonic()
        self.network.heal(self.standby.name, self.standby.processes)
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self.said.append(f"promoted {self.primary.name} in {time.monotonic() - began:.1f} s")
        old = self.standby
        self.network.heal(old.name, old.processes)
        old.start()
        self._hold_against(old)
        old.kill()
        old.follow(self.primary)
        self.said.append(f"{old.name} is a standby after {time.monotonic() - began:.1f} s")
        if self.synchronous:
            self.primary.require(old.name)
        self.said.append(f"{old.name} follows again after {time.monotonic() - began:.1f} s")
        self._failed_over.set()

    def _hold_against(self, old: Server) -> None:
        """It thinks it is the primary, and everybody connects anew: nobody of ours looks or writes there.

        What somebody writes there all the same is never acknowledged.
        """
        self.primary.ask(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{APP_ROLE}'")
        if self.synchronous and self._acknowledges(old):
            self.found.append(f"the old primary {old.name} acknowledged a write")
        looked = old.ask(USED, database=DATABASE)
        if looked:
            self.found.append(f"the old primary {old.name} was used: {looked}")
        asked = old.ask(f"SELECT xact_commit FROM pg_stat_database WHERE datname = '{DATABASE}'")
        self.said.append(f"{old.name} came back as primary: {asked} transactions, none of them in our tables")

    def _acknowledges(self, old: Server) -> bool:
        place = {"host": str(old.socket), "port": PORT, "user": APP_ROLE, "dbname": DATABASE}
        with psycopg.connect(**place) as writer:
            writer.execute("UPDATE town SET name = name")
            end = f"SELECT pg_terminate_backend({writer.info.backend_pid})"
            threading.Timer(2.0, lambda: old.ask(end)).start()
            try:
                writer.commit()
            except psycopg.OperationalError:
                return False
        return True
