"""Participations that end, as the books need to know them: money that still comes makes an ending run once more."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from budgeting.actions.audit import record
from budgeting.actions.closing import keep_open
from budgeting.actions.locks import share
from budgeting.models import ParticipationEnd, User


def end_again(residents: Collection[int | None], *, by: User | None) -> None:
    """Before money moves in the purse of someone who has ended: the ending runs again, so that nobody forgets it."""
    share("ending")  # who ends a participation holds it: its purse is looked at when nobody is filling it
    found = ParticipationEnd.objects.filter(state="ended", resident__in=[number for number in residents if number])
    endings = list(found.select_for_update(no_key=True).order_by("pk"))
    if endings:
        keep_open()  # before the audit chain: who closes a month takes them in this order
    for ending in endings:
        ending.state, ending.ended_on, ending.ended_by = "ending", None, None
        ending.again_because = "money"
        ending.save(update_fields=["state", "ended_on", "ended_by", "again_because"])
        record(action="participation.again", subject=f"resident:{ending.resident_id}", by=by,
               resident_id=ending.resident_id)  # fmt: skip


def ends_of(residents: Iterable[int]) -> dict[int, date]:
    """From which day on each of these residents takes part no more; those who go on are left out."""
    rows = ParticipationEnd.objects.filter(~Q(state="withdrawn"), resident__in=list(residents))
    return dict(rows.values_list("resident", "ends_on"))
