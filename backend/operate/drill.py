"""The restore drill: a backup is restored beside the live server, looked at, and thrown away; the live books stay as
they are.

What came after the moment (payment files that went out, statements that came in) is handed to the restored books, as
an operator would after a real loss. They are read by a program of its own, whose only database is the restored one.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from backend.engine import APP_ROLE, OWNER_ROLE
from backend.engine.cluster import Cluster
from backend.operate.backup import address_in, back_up, fetch_wal, forget, is_kept, restored
from budgeting.models import StatementFile
from payments.models import PaymentBatch

RESTORED = "restored"


class RestoredBooksNotRead(RuntimeError):
    """The program that looks at the restored books broke off; the message holds what it said last."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What `after_restore` said of the restored books, and how many ends of the audit chain were written down later."""

    found: dict[str, Any]
    ok: bool
    anchors_later: int


def hold_drill(backup: Path | None, home: Path, *, until: datetime | None) -> Drill:
    """Restores the backup (one made now when None) to the moment, and looks. Raises as `backend.operate.backup`."""
    source = Cluster(Path(settings.DATA_DIR))
    with _backup(source, backup, home) as folder, restored(source, folder, home / RESTORED, until=until) as address:
        source.make_folder(home)
        return _looked_at(address, home)


@contextmanager
def _backup(source: Cluster, backup: Path | None, home: Path) -> Iterator[Path]:
    """The backup with all WAL until now; one of the drill's own is forgotten after."""
    folder = backup or home / "backup"
    source.make_folder(home)
    if backup is None:
        back_up(source, folder)
    try:
        if is_kept(source, folder):
            fetch_wal(source, folder)
        yield folder
    finally:
        if backup is None:
            forget(source, folder)


def _looked_at(address: Path, home: Path) -> Drill:
    name = str(connection.settings_dict["NAME"])
    place = address_in(address, APP_ROLE, name)
    environment = {
        **os.environ,
        "DATABASE_URL": place,
        "DATABASE_OWNER_URL": address_in(address, OWNER_ROLE, name),
        "DATA_DIR": str(settings.DATA_DIR),
        "AUDIT_ANCHOR": str(home / "audit-anchors"),
    }
    with psycopg.connect(place, autocommit=True) as books:
        anchors_later = _anchors_until(books, home / "audit-anchors", name)
        later = _came_later(books)
    found, ok = _inside(environment, later)
    return Drill(found, ok, anchors_later)


def _anchors_until(books: psycopg.Connection[Any], folder: Path, name: str) -> int:
    """The chain's ends that were written down up to the moment; how many were written down later."""
    row = books.execute("SELECT coalesce(max(id), 0) FROM audit_event").fetchone()
    last, kept = (row[0] if row else 0), Path(settings.AUDIT_ANCHOR) / f"{name}.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    known = [line for line in lines if json.loads(line)["event"] <= last]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / kept.name).write_text("".join(f"{line}\n" for line in known), encoding="utf-8")
    return len(lines) - len(known)


def _came_later(books: psycopg.Connection[Any]) -> dict[str, Any]:
    """Payment files and statements that live books have and restored ones have not, oldest first, as JSON."""
    sent = {row[0] for row in books.execute("SELECT message_id FROM payment_batch WHERE content IS NOT NULL")}
    read = {row[0] for row in books.execute("SELECT sha256 FROM statement_file")}
    batches = PaymentBatch.objects.exclude(content=None).exclude(message_id__in=sent).order_by("pk")
    files = StatementFile.objects.exclude(sha256__in=read).order_by("pk")
    return {
        "payment_files": [_as_text(bytes(batch.content or b"")) for batch in batches.iterator(chunk_size=10)],
        "statements": [[file.name, _as_text(bytes(file.content))] for file in files.iterator(chunk_size=10)],
    }


def _as_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _inside(environment: dict[str, str], told: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What `after_restore` says inside the restored books, and whether all is well; what it is told stays in memory."""
    words = [sys.executable, str(settings.BASE_DIR / "manage.py"), "after_restore", "--json", "--stdin", "--keep-back"]
    done = subprocess.run(  # noqa: S603 - a list of our own, no shell
        words, env=environment, input=json.dumps(told), capture_output=True, text=True, check=False
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise RestoredBooksNotRead(done.stderr[-2000:]) from None
    return answer, done.returncode == 0
