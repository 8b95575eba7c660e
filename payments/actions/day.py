"""The whole day in order, and nothing more: each step calls down and may be run again."""

from dataclasses import asdict
from datetime import date

from budgeting.models import User
from payments.actions.advances import note_advances
from payments.actions.alerting import watch
from payments.actions.checks import reconsider
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders, repay_advances
from payments.actions.shortage import propose_when_short
from payments.actions.stops import stop_who_perhaps_died


def run_day(*, on: date, first: date, by: User | None = None) -> dict[str, object]:
    """Plans, repays, holds, plans remainders and looks what is amiss; returns what each step did.

    `first` is the first day on which the bank can execute.
    """
    return {
        "stop_who_perhaps_died": {"residents": stop_who_perhaps_died(by=by)},
        "plan_orders": asdict(plan_orders(on=on, first=first, by=by)),
        "repay_advances": {"residents": repay_advances(on=on, by=by)},
        "propose_when_short": _propose(on, first, by),
        "note_advances": {"noted": note_advances(on=on)},
        "plan_remainders": asdict(plan_remainders(on=on, first=first, by=by)),
        "alerts": asdict(watch(on=on, by=by)),
    }


def _propose(on: date, first: date, by: User | None) -> dict[str, object]:
    """Holds what does not fit, and asks a person about it."""
    return {"held": reconsider(on=on, first=first, by=by), **asdict(propose_when_short(on=on, first=first, by=by))}
