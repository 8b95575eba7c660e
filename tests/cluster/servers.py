"""Two PostgreSQL servers: a primary, and a standby that must have every commit before it is acknowledged.

Made with the programs of the embedded engine, each on a machine of its own. The disk is not waited for (`fsync` off):
what is killed here is programs, machines' networks and whole servers, not the computer's power.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from backend.engine import APP_ROLE, DATABASE, OWNER_ROLE, PORT
from backend.engine.cluster import SUPERUSER, Cluster, _programs, run_as_owner_of
from tests.cluster.network import Network

SETTINGS = """
listen_addresses = '{address}'
fsync = off
full_page_writes = on
wal_log_hints = on
max_wal_senders = 5
wal_keep_size = '256MB'
wal_receiver_status_interval = 1
wal_sender_timeout = '5s'
wal_receiver_timeout = '5s'
"""
DOORS = """
host all {app} {subnet} trust
host all {owner} {subnet} trust
host replication {superuser} {subnet} trust
"""


@dataclass
class Server:
    """One server on its machine."""

    name: str
    home: Path
    network: Network

    @property
    def cluster(self) -> Cluster:
        """Its files, and its processes among all there are."""
        return Cluster(self.home / self.name)

    @property
    def socket(self) -> Path:
        """For its operator, who is on the machine itself."""
        return self.home / f"s-{self.name}"

    def make(self, dump: Path) -> None:
        """A new primary with one migrated database, empty of people."""
        cluster = self.cluster
        folder = cluster.start()
        _fill(folder, dump)
        cluster.stop()
        self._settle()
        self.start()

    def follow(self, other: "Server") -> None:
        """Becomes, from a copy of the other, its standby; whatever was here before is thrown away."""
        data = self.cluster.data
        shutil.rmtree(data, ignore_errors=True)
        other.cluster.make_folder(self.cluster.home)
        other.cluster.make_folder(data)
        command = ["pg_basebackup", "-h", str(other.socket), "-p", str(PORT), "-U", SUPERUSER, "-D", str(data)]
        run_as_owner_of(other.cluster.data, [*command, "-X", "stream", "-c", "fast", "--no-sync", "--no-password"])
        self._settle()
        place = f"host={self.network.address(other.name)} port={PORT} user={SUPERUSER}"
        place += f" application_name={self.name} connect_timeout=3"
        self._set(f"primary_conninfo = '{place}'", "synchronous_standby_names = ''")
        (data / "standby.signal").touch()
        self.start()

    def require(self, *standbys: str) -> None:
        """From now on a commit is acknowledged when this standby has it; without any, when we have it."""
        names = ", ".join(standbys)
        if standbys:  # asked for before it follows, every commit would wait until it does
            self.wait_for("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", len(standbys))
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.ask("SELECT pg_reload_conf()")
        if standbys:
            self.wait_for("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", len(standbys))

    def start(self) -> None:
        """Starts as what its files say it is: a primary, or a standby."""
        cluster = self.cluster
        cluster.make_folder(self.socket)
        cluster._cleared_after_a_kill(self.socket)
        data = cluster.data
        command = ["pg_ctl", "start", "-D", str(data), "-l", str(data / "server.log"), "-w", "-t", "60"]
        with self.network.inside(self.name):
            run_as_owner_of(data, [*command, "-o", f"-k '{self.socket}' -p {PORT}"])

    def stop(self) -> None:
        """At once, without a last checkpoint."""
        if self.cluster.is_running():
            self.kill()

    def kill(self) -> None:
        """Every process of it, as when the machine stops."""
        while processes := self.processes():
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.02)

    def promote(self) -> None:
        """From standby to primary; what it still received is played first."""
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
        run_as_owner_of(self.cluster.data, ["pg_ctl", "promote", "-D", str(self.cluster.data), "-w", "-t", "30"])

    def fall_behind(self) -> None:
        """Receives nothing from now on: what its primary commits after this is not here."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                if "walreceiver" in " ".join(psutil.Process(process).cmdline()):
                    os.kill(process, signal.SIGSTOP)

    def processes(self) -> list[int]:
        """The ids of all its processes."""
        return sorted(self.cluster._processes())

    def ask(self, question: str, *, database: str = "postgres", role: str = SUPERUSER) -> Any:
        """As its operator: the first value of the first row, if there is one."""
        place = {"host": str(self.socket), "port": PORT, "user": role, "dbname": database}
        with psycopg.connect(autocommit=True, connect_timeout=5, **place) as connection:
            answer = connection.execute(question)
            row = answer.fetchone() if answer.description else None
            return row[0] if row else None

    def wait_for(self, question: str, wanted: object, *, seconds: float = 30) -> None:
        """Until the answer is that."""
        patience = time.monotonic() + seconds
        while self.ask(question) != wanted:
            if time.monotonic() > patience:
                raise TimeoutError(f"{self.name}: {question}")
            time.sleep(0.05)

    def _settle(self) -> None:
        """Its own lines after those that came with the files; the last one of a name holds."""
        told = {"app": APP_ROLE, "owner": OWNER_ROLE, "superuser": SUPERUSER, "subnet": self.network.subnet}
        self._set(SETTINGS.format(address=self.network.address(self.name)))
        with (self.cluster.data / "pg_hba.conf").open("a") as file:
            file.write(DOORS.format(**told))

    def _set(self, *lines: str) -> None:
        with (self.cluster.data / "postgresql.auto.conf").open("a") as file:
            file.write("\n".join(["", *lines, ""]))


def dump(place: dict[str, Any], name: str, to: Path) -> None:
    """The tables and rights of a database as one file."""
    words = [str(_programs() / "pg_dump"), "-h", str(place["HOST"]), "-p", str(place["PORT"]), "-U", place["USER"]]
    environment = {**os.environ, "PGPASSWORD": place["PASSWORD"]}
    subprocess.run([*words, "-Fc", "-f", str(to), name], check=True, env=environment, capture_output=True)
    to.chmod(0o644)


def _fill(folder: Path, dump: Path) -> None:
    words = [str(_programs() / "pg_restore"), "-h", str(folder), "-p", str(PORT), "-U", SUPERUSER, "-d", DATABASE]
    subprocess.run([*words, "--exit-on-error", str(dump)], check=True, capture_output=True)
