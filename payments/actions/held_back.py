"""Holds what may not go out, and asks a person about what is short: for a part of the residents at a time.

Limits of the town are of everybody together. On a day on which one may hold something, all are looked at as one, in the
order of need of the town; on any other day nothing of one resident hangs on another's.
"""

from collections import Counter
from dataclasses import astuple
from datetime import date

from django.db import transaction

from budgeting.models import User
from payments.actions.checks import is_within_limits, looked_again, reconsider
from payments.actions.orders import hold_payments_of
from payments.actions.parts import Day, Spread, Told, one_after_another, together
from payments.actions.shortage import Proposed, propose_when_short, proposed_for


def hold_back(
    *, on: date, first: date, by: User | None = None, spread: Spread = one_after_another
) -> tuple[dict[str, int], Proposed]:
    """How many orders are held now, by reason, and what is proposed for who is short.

    Whether a limit is near is asked once: an order made meanwhile is held when a batch is made.
    """
    if not is_within_limits(first):
        return reconsider(on=on, first=first, by=by), propose_when_short(on=on, first=first, by=by)
    told = spread(held_back_of_part, Day(on, first, by))
    held: Counter[str] = Counter()
    for of_part, *_ in told:
        held.update(of_part)
    return dict(held), together(Proposed, [counts for _, *counts in told])


@transaction.atomic
def held_back_of_part(part: range, day: Day) -> Told:
    """Returns how many orders of a part of the residents are held, by reason, and the counts of `Proposed`."""
    hold_payments_of(part)
    held, _ = looked_again(on=day.on, first=day.first, by=day.by, residents=part)
    return [held, *astuple(proposed_for(part, day))]
