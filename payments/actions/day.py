"""The whole day in order, and nothing more: each step calls down and may be run again."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from budgeting.models import User
from payments.actions.advances import note_advances
from payments.actions.alerting import watch
from payments.actions.held_back import hold_back
from payments.actions.parts import Spread, one_after_another
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders, repay_advances
from payments.actions.stops import stop_who_perhaps_died


def run_day(*, on: date, first: date, by: User | None = None) -> dict[str, object]:
    """Plans, repays, holds, plans remainders and looks what is amiss; returns what each step did.

    `first` is the first day on which the bank can execute.
    """
    return {name: step() for name, step in steps_of_day(on=on, first=first, by=by).items()}


def steps_of_day(
    *, on: date, first: date, by: User | None = None, spread: Spread = one_after_another
) -> dict[str, Callable[[], object]]:
    """The steps by name, in their order. What each did is kept before the next; repeated it adds nothing.

    `spread` does what can be done for a part of the residents at a time (`sharing.shared_day`: by several at once).
    """
    return {
        "stop_who_perhaps_died": lambda: {"residents": stop_who_perhaps_died(by=by)},
        "plan_orders": lambda: asdict(plan_orders(on=on, first=first, by=by, spread=spread)),
        "repay_advances": lambda: {"residents": repay_advances(on=on, by=by, spread=spread)},
        "propose_when_short": lambda: _propose(on, first, by, spread),
        "note_advances": lambda: {"noted": note_advances(on=on)},
        "plan_remainders": lambda: asdict(plan_remainders(on=on, first=first, by=by, spread=spread)),
        "alerts": lambda: asdict(watch(on=on, by=by, spread=spread)),
    }


def _propose(on: date, first: date, by: User | None, spread: Spread) -> dict[str, object]:
    """Holds what does not fit, and asks a person about it."""
    held, proposed = hold_back(on=on, first=first, by=by, spread=spread)
    return {"held": held, **asdict(proposed)}
