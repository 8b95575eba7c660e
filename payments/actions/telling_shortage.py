"""Who has to be told of a decision when money was short, and that a letter to them was made."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.models import User
from payments.models import PaymentOrder, ShortageOutcome, ShortageProposal, ShortageTold


class NothingToTell(LookupError):
    """Nothing was decided, or the charge is paid on its day."""


@transaction.atomic
def note_told(*, proposal: ShortageProposal, order: PaymentOrder | None, on: date, by: User) -> ShortageTold:
    """A letter to the resident (no `order`), or to whom a charge is paid; made again it is noted once.

    Raises `NothingToTell` or `access.NotAllowed`.
    """
    access.check_may(by, "decide_shortage", on=on)
    if not access.may_see(by, proposal.resident, on=on):
        raise access.NotAllowed("decide_shortage")
    if (order.pk if order else None) not in to_be_told([proposal.pk])[proposal.pk]:
        raise NothingToTell
    row, _ = ShortageTold.objects.get_or_create(proposal=proposal, order=order, defaults={"told_on": on, "told_by": by})
    number: int = proposal.resident_id
    whom = f"order:{order.pk}" if order else "resident"
    record(action="shortage.told", subject=f"shortage:{proposal.pk}", by=by, resident_id=number, whom=whom)
    return row


def to_be_told(proposals: Iterable[int]) -> dict[int, list[int | None]]:
    """Per decided proposal the orders whose other side has to hear that they are not paid now, and None: the resident.

    Nothing is told of a decision by which everything is paid.
    """
    numbers = list(proposals)
    rows = ShortageOutcome.objects.filter(proposal__in=numbers).exclude(what="paid").order_by("proposal", "order")
    found: dict[int, list[int | None]] = {number: [] for number in numbers}
    for number, order in rows.values_list("proposal", "order"):
        found[number] = [*(found[number] or [None]), order]
    return found


def not_told(proposals: Iterable[int]) -> dict[int, list[int | None]]:
    """Of those the ones for whom no letter was made yet; a proposal with none is left out."""
    asked = to_be_told(proposals)
    told = set(ShortageTold.objects.filter(proposal__in=asked).values_list("proposal", "order"))
    left = {number: [order for order in whom if (number, order) not in told] for number, whom in asked.items()}
    return {number: whom for number, whom in left.items() if whom}
