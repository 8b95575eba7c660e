"""Files that people choose: kept sealed until taken in, one after the other, with what became of each."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from backend.models import Upload
from budgeting.core.statement import Problem
from budgeting.models import User
from payments.actions.settle import TakenIn, take_in_statement

LARGEST_FILE = 50 * 1024 * 1024
# All files chosen together; they are in memory until they are sealed.
LARGEST_TOGETHER = 100 * 1024 * 1024
_log = logging.getLogger(__name__)
# Up to this many bytes together are taken in while the person waits: a second or two.
AT_ONCE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file as it came: its name on the person's computer and its bytes."""

    name: str
    data: bytes


@transaction.atomic
def receive(files: Iterable[ChosenFile], *, by: User) -> uuid.UUID:
    """Keeps the files, in the order of their names so that days follow each other; returns their bundle."""
    bundle = uuid.uuid4()
    for file in sorted(files, key=lambda file: file.name):
        Upload.objects.create(bundle=bundle, name=file.name[:255], size=len(file.data), content=file.data, by=by)
    return bundle


def take_in_bundle(bundle: uuid.UUID) -> int:
    """Takes in every file of the bundle that still waits; returns how many. May be run again, and by two at once.

    Waits for a file that another takes in: should the other die of it, it is taken in here, and so is what comes after.
    """
    waiting = Upload.objects.filter(bundle=bundle, state=Upload.State.WAITING).order_by("pk")
    return sum([_take_in_or_tell(number) for number in waiting.values_list("pk", flat=True)])


def _take_in_or_tell(number: int) -> bool:
    """One file, all or nothing. Two who do this at once never take the same file."""
    Upload.objects.filter(pk=number, state=Upload.State.WAITING).update(begun_at=timezone.now())
    try:
        return _take_in(number)
    except Exception:
        # Nothing of the file is kept; whoever chose it is told, and the cause is for the operator's log.
        _log.exception("taking in upload %s broke off", number)
        _finish(Upload(pk=number), {"status": "broke_off", "problems": []})
        return True


def _take_in(number: int) -> bool:
    with transaction.atomic():
        waiting = Upload.objects.filter(pk=number, state=Upload.State.WAITING)
        upload = waiting.select_for_update(of=("self",)).select_related("by").first()
        if upload is None:
            return False
        taken = take_in_statement(data=_bytes(upload), name=upload.name, by=upload.by, on=timezone.localdate())
        _finish(upload, as_told(taken))
    return True


def _finish(upload: Upload, told: dict[str, Any]) -> None:
    upload.state, upload.content, upload.done_at, upload.told = Upload.State.DONE, None, timezone.now(), told
    upload.save(update_fields=["state", "content", "done_at", "told"])


def as_told(taken: TakenIn) -> dict[str, Any]:
    """What became of a file, as JSON: codes and figures, no sentences."""
    result, settled = taken.result, taken.settled
    figures = {name: getattr(result, name) for name in ("entries", "new", "known", "booked", "suspense")}
    return {
        "status": result.status,
        "format": f"{result.format} {result.version}".strip(),
        "closing": f"{result.closing:.2f}" if result.closing is not None else "",
        "came_in": f"{result.came_in:.2f}",
        "went_out": f"{result.went_out:.2f}",
        "attempt": result.attempt_id,
        "problems": [_stored(problem) for problem in result.problems],
        "settled": settled.booked,
        "returned": settled.returned,
        **figures,
    }


def _stored(problem: Problem) -> dict[str, Any]:
    values = dict(problem.values)
    return {"code": problem.code, "where": problem.where, "values": values, "severity": problem.severity}


def _bytes(upload: Upload) -> bytes:
    assert upload.content is not None
    return bytes(upload.content)
