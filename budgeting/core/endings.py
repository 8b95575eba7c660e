"""What keeps a participation from having ended: pure rules about money and orders, in euro."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from budgeting.core.money import ZERO

DIED, PERHAPS_DIED = "died", "perhaps_died"

# Why an order is held, by why its resident was stopped; every other reason is told as `resident_stopped`.
_HELD = {DIED: "resident_died", PERHAPS_DIED: "perhaps_died"}


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a participation: our money for the resident, what is lent, orders not sent and sent."""

    purse: Decimal
    lent: Decimal
    to_send: int
    sent: int


def what_is_left(left: Left, *, ends_on: date, on: date) -> tuple[str, ...]:
    """Why it cannot have ended yet, as codes in the order in which they are dealt with; none when it can."""
    reasons = (
        ("day_to_come", on < ends_on),
        ("orders_to_send", left.to_send > 0),
        ("orders_sent", left.sent > 0),
        ("lent", left.lent > ZERO),
        ("money", left.purse > ZERO),
    )
    return tuple(code for code, holds in reasons if holds)


def ends_after_death(died_on: date, *, starts_on: date) -> date:
    """The first day on which somebody who died takes part no more; a participation lasts a day at least."""
    return max(died_on, starts_on) + timedelta(days=1)


def held_because(stopped_because: str) -> str:
    """The reason for which orders of a resident are held; "" when nobody stopped them."""
    return _HELD.get(stopped_because, "resident_stopped") if stopped_because else ""
