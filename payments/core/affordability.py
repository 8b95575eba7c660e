"""Whether an advance can be borne: the sum behind it, and the day by which careful income covers what is lent."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgeting.core.money import ZERO
from payments.core.scenario import Charge, Income


@dataclass(frozen=True, slots=True)
class Affordability:
    """Euro over the days looked ahead: `owed` in all, `money` of the resident's own, `income` careful, `charges`.

    `back_by` is the first day at whose end money and income so far cover charges so far and all that is owed; None when
    no such day is in sight.
    """

    owed: Decimal
    money: Decimal
    income: Decimal
    charges: Decimal
    back_by: date | None

    @property
    def spare(self) -> Decimal:
        """What would be over when all is paid back; below zero when it cannot all be paid back in these days."""
        return self.money + self.income - self.charges - self.owed

    def to_dict(self) -> dict[str, str]:
        """The sum as plain JSON."""
        sums = {"owed": self.owed, "money": self.money, "income": self.income, "charges": self.charges}
        return {name: f"{value:.2f}" for name, value in (sums | {"spare": self.spare}).items()}


def affordability(
    *, on: date, owed: Decimal, money: Decimal, income: Iterable[Income], charges: Iterable[Charge]
) -> Affordability:
    """The sum from `on`; what is due before counts on that day."""
    change: dict[date, Decimal] = defaultdict(lambda: ZERO)
    coming, going = list(income), list(charges)
    for line in coming:
        change[max(line.on, on)] += line.amount
    for charge in going:
        change[max(charge.on, on)] -= charge.amount
    return Affordability(
        owed,
        money,
        sum((line.amount for line in coming), ZERO),
        sum((charge.amount for charge in going), ZERO),
        _first_covered(money - owed, change, on),
    )


def _first_covered(level: Decimal, change: dict[date, Decimal], on: date) -> date | None:
    for day in sorted({on, *change}):
        level += change.get(day, ZERO)
        if level >= ZERO:
            return day
    return None
