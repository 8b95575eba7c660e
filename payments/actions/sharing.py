"""Lets several workers share a day: each step is cut in parts of the residents, and whoever is free does one.

Who runs the day puts down the parts of a step, does those that nobody does, waits for the others and goes on with the
next step; so the steps stay in their order. Others only do parts. A part is claimed by locking its row in the
transaction of its work: it is done and said to be done, or neither, and who dies in it leaves it to the next. Whoever
runs a day sees to it that nobody else does (`backend.operate.leases`); two who did all the same would hold the locks of
the same parts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet

from payments.actions.alerting import look_at_part
from payments.actions.held_back import held_back_of_part
from payments.actions.parts import Day, Spread, Told, Work, do_part, parts
from payments.actions.plan import charges_of_part
from payments.actions.remainders import remainders_of_part, repayments_of_part
from payments.models import DayPart

_SHARED = (charges_of_part, repayments_of_part, held_back_of_part, remainders_of_part, look_at_part)
WORKS = {work.__name__: work for work in _SHARED}


class TakenOver(RuntimeError):
    """Another run of the day began while this one was at work; that one does all of it."""


@contextmanager
def shared_day() -> Iterator[Spread]:
    """A run of the day in whose parts others may help (`do_a_part`); what runs before left undone nobody does any more.

    Clearing away waits for whoever is still at work in a part, so that no step of this run begins before.
    """
    DayPart.objects.all().delete()
    run = uuid4()
    try:
        yield lambda work, day: _shared(run, work, day)
    finally:
        if connection.is_usable():
            DayPart.objects.filter(run=run).delete()


def do_a_part() -> bool:
    """Does one part of the step that is at work now, if one is left that nobody does; whether it did."""
    return _do_one(DayPart.objects.all(), waits=False)


def _shared(run: UUID, work: Work, day: Day) -> list[Told]:
    """The work for every part, by whoever is there; returns when all is done. Raises `TakenOver`."""
    rows = [
        DayPart(run=run, work=work.__name__, since=part.start, until=part.stop, on=day.on, first=day.first, by=day.by)
        for part in parts()
    ]
    DayPart.objects.bulk_create(rows)
    those = DayPart.objects.filter(run=run, work=work.__name__)
    while _do_one(those, waits=False):
        pass
    while those.filter(told__isnull=True).exists():
        _do_one(those, waits=True)  # what another does; or this one, when the other died of it
    told = _told(those)
    if len(told) != len(rows):
        raise TakenOver
    return told


@transaction.atomic
def _do_one(rows: QuerySet[DayPart], *, waits: bool) -> bool:
    left = rows.filter(told__isnull=True).order_by("pk")
    row = left.select_for_update(skip_locked=not waits, no_key=True).first()
    if row is None:
        return False
    row.told = do_part(WORKS[row.work], range(row.since, row.until), Day(row.on, row.first, row.by))
    row.save(update_fields=["told"])
    return True


def _told(rows: QuerySet[DayPart]) -> list[Told]:
    return [told or [] for told in rows.order_by("since").values_list("told", flat=True)]
