"""A base backup of the embedded server, the WAL written since, and a server restored from both to a moment.

An operator's own server is backed up by an operator's own means (docs/operating.md); what these leave, `base/` and
`wal/` in one folder, is restored here in the same way, because the programs are the same.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from backend.engine import PORT
from backend.engine.cluster import SUPERUSER, Cluster, EngineDidNotStart, run_as_owner_of

BASE, WAL = "base", "wal"


class NoSuchBackup(LookupError):
    """The folder has no `base` in it, or that is not a whole backup."""


class BackupIsThere(FileExistsError):
    """The folder holds a backup already: nothing is written over it."""


class MomentNotReached(RuntimeError):
    """The restored server did not come up: the WAL ends before the moment, or the backup was not yet whole then."""


def back_up(cluster: Cluster, to: Path) -> None:
    """A base backup in `to/base`. From then on the server keeps its WAL for `to`, until `forget`.

    Raises `BackupIsThere`.
    """
    if (to / BASE).exists():
        raise BackupIsThere(str(to))
    address = _address(cluster)
    for folder in (to, to / WAL):
        cluster.make_folder(folder)
    _ask(address, "SELECT pg_create_physical_replication_slot(%s, true)", _slot(to))
    command = ["pg_basebackup", *_place(address), "-D", str(to / BASE), "-X", "stream", "-c", "fast", "--no-password"]
    try:
        run_as_owner_of(cluster.data, command)
    except EngineDidNotStart:
        forget(cluster, to)
        raise


def fetch_wal(cluster: Cluster, to: Path) -> int:
    """Brings the WAL written since the backup into `to/wal`, up to now; how many files are there."""
    address = _address(cluster)
    end = _ask(address, "SELECT pg_current_wal_insert_lsn()")
    _ask(address, "SELECT pg_switch_wal()")
    command = ["pg_receivewal", *_place(address), "-D", str(to / WAL), "--slot", _slot(to), "--endpos", str(end)]
    run_as_owner_of(cluster.data, [*command, "--no-loop", "--synchronous", "--no-password"])
    for unfinished in (to / WAL).glob("*.partial"):  # whole as far as the moment asked for
        unfinished.rename(unfinished.with_suffix(""))
    return sum(1 for _ in (to / WAL).iterdir())


def forget(cluster: Cluster, to: Path) -> bool:
    """The server keeps no WAL for this backup any more; False when it did not."""
    asked = "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots WHERE slot_name = %s"
    return bool(_ask(_address(cluster), asked, _slot(to)))


def is_kept(cluster: Cluster, to: Path) -> bool:
    """Whether the server keeps its WAL for this backup."""
    return bool(_ask(_address(cluster), "SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s", _slot(to)))


@contextmanager
def restored(source: Cluster, backup: Path, home: Path, *, until: datetime | None) -> Iterator[Path]:
    """A second server under `home`, from the backup and its WAL up to the moment (all of it when None).

    Yields its socket folder; the server is stopped and its files removed after. Raises `NoSuchBackup`,
    `MomentNotReached`.
    """
    _check(backup)
    second = Cluster(home)
    source.make_folder(home)
    try:
        source.make_folder(second.data)
        _copy(backup / BASE, second.data)
        _aim(second, backup / WAL, until)
        yield _started(second)
    finally:
        second.stop()
        shutil.rmtree(home, ignore_errors=True)


def address_in(folder: Path, role: str, name: str) -> str:
    """The address of a database of the server behind this socket folder."""
    return f"postgresql://{role}@/{name}?host={folder}&port={PORT}"


def _check(backup: Path) -> None:
    if not (backup / BASE / "backup_label").is_file() or not (backup / WAL).is_dir():
        raise NoSuchBackup(str(backup))


def _copy(base: Path, data: Path) -> None:
    """The backup itself stays as it is: a drill may be held again."""
    owner = data.stat()
    shutil.copytree(base, data, symlinks=True, dirs_exist_ok=True)
    for path in (data, *data.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _aim(second: Cluster, wal: Path, until: datetime | None) -> None:
    """Recover up to the moment, then be an ordinary server; answer nobody before that."""
    lines = [f'restore_command = \'cp "{wal}/%f" "%p"\'', "hot_standby = off", "recovery_target_action = 'promote'"]
    if until is not None:
        lines.append(f"recovery_target_time = '{until.isoformat(sep=' ')}'")
    with (second.data / "postgresql.auto.conf").open("a") as file:
        file.write("\n".join(["", *lines, ""]))
    (second.data / "recovery.signal").touch()
    (second.data / "postmaster.pid").unlink(missing_ok=True)


def _started(second: Cluster) -> Path:
    try:
        return second.start()
    except EngineDidNotStart as refusal:
        raise MomentNotReached(str(refusal)) from refusal


def _slot(to: Path) -> str:
    """One for each folder: small letters, digits and underscores, at most 63."""
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in to.resolve().name.lower())
    return f"backup_{plain}"[:63]


def _address(cluster: Cluster) -> Path:
    return cluster.start()


def _place(address: Path) -> list[str]:
    return ["-h", str(address), "-p", str(PORT), "-U", SUPERUSER]


def _ask(address: Path, question: str, *values: object) -> object:
    with psycopg.connect(host=str(address), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True) as server:
        row = server.execute(sql.SQL(question), values).fetchone()
        return row[0] if row else None
