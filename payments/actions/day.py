"""The whole day in order, and nothing more: each step calls down and may be run again."""

from dataclasses import asdict
from datetime import date

from budgeting.models import User
from payments.actions.checks import reconsider
from payments.actions.plan import plan_orders
from payments.actions.remainders import plan_remainders, repay_advances


def run_day(*, on: date, first: date, by: User | None = None) -> dict[str, object]:
    """Plans, repays, holds and plans remainders for a day; returns what each step did. `first`: first execution day."""
    return {
        "plan_orders": asdict(plan_orders(on=on, first=first, by=by)),
        "repay_advances": {"residents": repay_advances(on=on, by=by)},
        "propose_when_short": {"held": reconsider(on=on, first=first, by=by)},
        "plan_remainders": asdict(plan_remainders(on=on, first=first, by=by)),
    }
