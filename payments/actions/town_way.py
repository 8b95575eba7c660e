"""How a town lends and pays out: the off-switch of advances, how they come back, what leefgeld counts on."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.core.money import ZERO, amount
from budgeting.models import Town, User
from payments.actions.orders import hold_payments

MOST_DAYS_TO_ANSWER = 42


class NotAWay(ValueError):
    """`field` of the way is not one a town can have, or no reason was given (`reason`)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"not a way: {field}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Way:
    """The settings, as `Town` has them; money in euro."""

    lends_advances: bool
    repays: str
    counts_on: str
    protected_living_money: Decimal
    objection_days: int


def way_of(town: Town) -> Way:
    """What holds now."""
    return Way(*(getattr(town, name) for name in Way.__slots__))


@transaction.atomic
def change_way_of_town(*, way: Way, reason: str, on: date, by: User) -> bool:
    """Holds from the next run on; whether anything changed. Raises `NotAWay` or `access.NotAllowed`."""
    access.check_may(by, "change_settings", on=on)
    _check(way)
    if not reason.strip():
        raise NotAWay("reason")
    hold_payments()
    town = Town.objects.select_for_update(no_key=True).get()
    before, after = asdict(way_of(town)), asdict(way)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(town, name, value)
    town.save(update_fields=list(changed))
    was = {name: before[name] for name in changed}
    record(action="town.way_changed", subject="town:1", by=by, before=was, after=changed, reason=reason.strip())
    return True


def _check(way: Way) -> None:
    if way.repays not in Town.Repays.values:
        raise NotAWay("repays")
    if way.counts_on not in Town.CountsOn.values:
        raise NotAWay("counts_on")
    if amount(way.protected_living_money) < ZERO:
        raise NotAWay("protected_living_money")
    if not 1 <= way.objection_days <= MOST_DAYS_TO_ANSWER:
        raise NotAWay("objection_days")
