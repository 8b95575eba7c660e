"""What was agreed, without the row it is kept in: amounts, rhythm and period of one agreement.

A town asks this of every agreement on every banking day, so it is a plain tuple and not a row with its relations.
"""

import json
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from budgeting.core.schedule import Pause, Recurrence, due_dates


class Terms(NamedTuple):
    """One agreement. `amounts`: the amount in euro from a day on, in order of day.

    `direction` is `in` or `out`; `account` is None for income; `ends_on` is the first day on which the resident takes
    part no more, None when open.
    """

    number: int
    resident: int
    counterparty: int
    account: int | None
    category: str
    description: str
    reference: str
    recurrence: Recurrence
    window_days: int
    amount_low: Decimal | None
    amount_high: Decimal | None
    valid_from: date
    valid_until: date | None
    ends_on: date | None
    amounts: tuple[tuple[date, Decimal], ...]
    exceptions: frozenset[date] = frozenset()
    pauses: tuple[Pause, ...] = ()
    direction: str = ""

    def due_dates(self, since: date, until: date) -> tuple[date, ...]:
        """The due dates with since <= day < until, in order."""
        return due_dates(
            self.recurrence,
            since=since,
            until=until,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            exceptions=self.exceptions,
            pauses=self.pauses,
        )

    def amount_on(self, day: date) -> Decimal:
        """The amount agreed for the day, in euro; before the first agreed day, the first amount."""
        agreed = self.amounts[0][1]
        for valid_from, amount in self.amounts:
            if valid_from > day:
                break
            agreed = amount
        return agreed


@lru_cache(maxsize=16_384)
def recurrence_of(text: str) -> Recurrence:
    """The recurrence that this JSON says; raises `NotARecurrence`. The same text is always the same recurrence, and a
    town has thousands of agreements with few of them."""
    return Recurrence.from_dict(json.loads(text))
