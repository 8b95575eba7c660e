"""Bank files in and out by folders: what a bank's client puts there is taken in, what people released is placed there.

In: `name` is taken once `name.sha256` beside it holds the digest of its bytes, so that a half-written file is never
taken. It goes through `working` to `done` or `refused`; a run that breaks off leaves it in `working`, where the next
run finds it. Out: a file is there whole or not at all, with its digest beside it, and once ever.
"""

import fcntl
import hashlib
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from backend.models import PlacedFile
from backend.uploads import LARGEST_FILE, as_told
from budgeting.actions.audit import record
from payments.actions.answers import NotAnAnswer, take_in_answer
from payments.actions.settle import take_in_statement
from payments.models import PaymentBatch

SUM = ".sha256"
REPORT = ".json"
_UNFINISHED = ".part"
_ANSWER = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:pain\.002\.|<(?:\w+:)?CstmrPmtStsRpt\b")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchanged:
    """What a run did: files taken in by their outcome, files left because they were not whole, files placed."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)


def take_in(inbox: Path, *, on: date, now: datetime) -> Exchanged:
    """Takes in every whole file, in the order of names so that days follow each other. One run at a time."""
    did = Exchanged()
    folders = {name: _folder(inbox / name) for name in ("working", "done", "refused")}
    with _alone(inbox):
        for file in sorted(path for path in inbox.iterdir() if _is_for_us(path)):
            if not _is_whole(file):
                did.left.append(file.name)
                continue
            moved = folders["working"] / f"{now:%Y%m%dT%H%M%S}-{file.name}"
            file.replace(moved)
            _move(file.with_name(file.name + SUM), moved.with_name(moved.name + SUM))
        for file in sorted(path for path in folders["working"].iterdir() if _is_for_us(path)):
            did.taken.append(_take_in(file, folders, on))
    return did


def place(outbox: Path, *, now: datetime) -> Exchanged:
    """Places every released payment file that is not placed yet, once; a run that broke off is finished first."""
    did = Exchanged()
    _folder(outbox)
    with _alone(outbox):
        for row in PlacedFile.objects.filter(placed_at=None).order_by("pk"):
            did.placed.append(_finish(row, outbox, now))
        waiting = PaymentBatch.objects.filter(state="released", placed=None).defer("content").order_by("pk")
        for batch in waiting:
            did.placed.append(_place(batch.pk, outbox, now))
    return did


def _is_for_us(path: Path) -> bool:
    hidden = path.name.startswith(".") or path.suffix in {SUM, REPORT, _UNFINISHED, ".tmp", ".lock"}
    return path.is_file() and not path.is_symlink() and not hidden


def _is_whole(file: Path) -> bool:
    """Whether the digest beside it is that of its bytes."""
    told = file.with_name(file.name + SUM)
    if not told.is_file() or told.stat().st_size > 1000 or file.stat().st_size > LARGEST_FILE:
        return False
    words = told.read_text(errors="replace").split()
    return bool(words) and words[0].lower() == _digest(file.read_bytes())


def _take_in(file: Path, folders: dict[str, Path], on: date) -> dict[str, Any]:
    """One file, all or nothing; what is taken twice after a break adds nothing."""
    told: dict[str, Any] = {"file": file.name}
    try:
        told |= _taken_in(file, on)
    except Exception:
        # It stays where it is and is tried again by the next run; the cause is for the operator.
        _log.exception("taking in %s broke off", file.name)
        return told | {"status": "broke_off"}
    goes_to = folders["done" if told["status"] in {"imported", "already_imported", "heard"} else "refused"]
    (goes_to / (file.name + REPORT)).write_text(json.dumps(told, ensure_ascii=False, indent=2))
    _move(file.with_name(file.name + SUM), goes_to / (file.name + SUM))
    file.replace(goes_to / file.name)
    return told


def _taken_in(file: Path, on: date) -> dict[str, Any]:
    data = file.read_bytes()
    if _ANSWER.search(data[:4096]):
        try:
            heard = take_in_answer(data=data, on=on, by=None)
        except NotAnAnswer as refused:
            problems = [{"code": one.code, "where": one.where, "values": dict(one.values)} for one in refused.problems]
            return {"status": "refused", "kind": "answer", "problems": problems}
        return {"status": "heard", "kind": "answer", "batch": heard.batch.pk, "rejected": heard.rejected}
    return {"kind": "statement", **as_told(take_in_statement(data=data, name=file.name, by=None, on=on))}


def _move(file: Path, to: Path) -> None:
    """In one step; a run that was killed here may have moved it before."""
    if file.exists():
        file.replace(to)


def _place(number: int, outbox: Path, now: datetime) -> str:
    """Written under a hidden name first; then the row, so that it is known before it can be seen; then its name."""
    batch = PaymentBatch.objects.get(pk=number)
    assert batch.content is not None
    data, name = bytes(batch.content), f"{batch.message_id}.xml"
    _write(outbox / f".{name}{_UNFINISHED}", data)
    with transaction.atomic():
        row = PlacedFile.objects.create(batch=batch, name=name, sha256=_digest(data))
        record(action="batch.placed", subject=f"batch:{number}", by=None, sha256=row.sha256)
    return _finish(row, outbox, now)


def _finish(row: PlacedFile, outbox: Path, now: datetime) -> str:
    """Gives the file its name. Without the hidden one it has it already, or was taken: it is never placed again."""
    hidden = outbox / f".{row.name}{_UNFINISHED}"
    if hidden.exists():
        _write(outbox / f".{row.name}{SUM}{_UNFINISHED}", f"{row.sha256}  {row.name}\n".encode())
        (outbox / f".{row.name}{SUM}{_UNFINISHED}").replace(outbox / (row.name + SUM))
        hidden.replace(outbox / row.name)
    row.placed_at = now
    row.save(update_fields=["placed_at"])
    return row.name


def _write(path: Path, data: bytes) -> None:
    """On disk before anybody hears of it, readable by us and our group."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o770, parents=True, exist_ok=True)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run at a time; the next one waits."""
    with (_folder(folder) / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
