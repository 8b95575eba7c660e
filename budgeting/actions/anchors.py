"""Writes down outside the database, every day, where the audit chain has come, and holds the chain against that.

A chain shows what was changed or taken out of it, not that its end was cut off: a shorter chain is whole too. So its
head and length are kept in a file of their own (`AUDIT_ANCHOR`, a folder best on another machine; one file for each
database), each line with the HMAC-SHA-256 of what it says and of the line before, by a key the database does not have.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection

_CHAIN = """SELECT id, count, hash FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS count, encode(hash, 'hex') AS hash FROM audit_event) chain"""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain had come on a day: the last event, how many there were, its hash; `seal` is the line's own."""

    on: str
    event: int
    count: int
    hash: str
    seal: str = ""


def anchor_chain(*, on: date) -> Anchor | None:
    """Adds the head of the chain to the file, unless it stands there already; None while nothing happened yet."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        path.chmod(0o600)
        fcntl.flock(file, fcntl.LOCK_EX)  # two daily runs at once write one line after the other
        _drop_unfinished(file.fileno(), path)
        before, head = list(_read(path)), _head(on)
        last = before[-1] if before else None
        if head is None or (last and (last.event, last.hash) == (head.event, head.hash)):
            return last
        sealed = Anchor(**(asdict(head) | {"seal": _seal(head, last.seal if last else "")}))
        _append(file.fileno(), json.dumps(asdict(sealed)).encode() + b"\n")
    return sealed


def missing_anchors() -> tuple[int, str | None]:
    """How many lines were looked at, and the first of which the chain has no such event, count and hash any more."""
    try:
        anchors = list(_read(_path()))
    except (ValueError, TypeError):
        return 1, "the file cannot be read"
    known = _events([anchor.event for anchor in anchors])
    before = ""
    for anchor in anchors:
        if not hmac.compare_digest(anchor.seal, _seal(anchor, before)):
            return len(anchors), f"{anchor.on}: the line was changed"
        if known.get(anchor.event) != (anchor.count, anchor.hash):
            return len(anchors), f"{anchor.on}: event {anchor.event}"
        before = anchor.seal
    return len(anchors), None


def _append(file: int, line: bytes) -> None:
    """The whole line on the disk, or, when that is full, nothing of it."""
    size = os.fstat(file).st_size
    try:
        while line:
            line = line[os.write(file, line) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _drop_unfinished(file: int, path: Path) -> None:
    """A line without an end is of a run that was killed while it wrote: the next line says what it was to say."""
    held = path.read_bytes()
    whole = held.rfind(b"\n") + 1
    if whole < len(held):
        os.ftruncate(file, whole)


def _path() -> Path:
    return Path(settings.AUDIT_ANCHOR) / f"{connection.settings_dict['NAME']}.jsonl"


def _read(path: Path) -> Iterator[Anchor]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Anchor(**json.loads(line))


def _head(on: date) -> Anchor | None:
    with connection.cursor() as cursor:
        cursor.execute(f"{_CHAIN} ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return Anchor(on.isoformat(), *row) if row else None


def _events(numbers: Sequence[int]) -> dict[int, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_CHAIN} WHERE id = ANY(%s)", [list(numbers)])
        return {event: (count, digest) for event, count, digest in cursor.fetchall()}


def _seal(anchor: Anchor, before: str) -> str:
    said = json.dumps([before, anchor.on, anchor.event, anchor.count, anchor.hash])
    return hmac.digest(settings.ANCHOR_KEY, said.encode(), hashlib.sha256).hex()
