"""What deserves a look: missing or changed income, doubles, charges not collected, returns, a balance going under.

Each alert has a key of its own - what, which agreement, which due date - so that a second run says the same and no
alert hides another (the peer's D2, D29). An agreement is looked at by itself: one with odd data never stops the rest
(D5, D28). Due dates come from `core/schedule.py`; a bank's working days are inside the window. Nothing here knows
today: `on` is passed in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

Id = int | str
Value = str | int | Decimal | date

# Measured on stream-months of a bank: due day + max(3 days, the payer's own spread) gives half the alarms of seven days
# for everybody, and four of five are real (research: missing-income alarm).
LEAST_PATIENCE = 3
ALLOWANCES = frozenset(
    {"healthcare_allowance", "rent_allowance", "child_budget", "childcare_allowance", "child_benefit"}
)
_STOPPED_AFTER = 2  # missed in a row

# Said by the resident, closed by a person only: the day's watch leaves it alone.
DENIED = "change_denied"

# What wants a look first: money that runs out or came back, then what stays away, then what differs.
URGENCY = (
    "balance_going_negative",
    "payment_returned",
    "charge_not_collected",
    "income_missing",
    "allowance_stopped",
    "double",
    "unexpected_payer",
    "amount_outside_range",
    "allowance_changed",
    DENIED,
)


@dataclass(frozen=True, slots=True)
class Due:
    """One expected payment of an agreement. Amounts are positive; the window runs `window` days around the due day.

    `spread`: how many days late this payer has been before (see `own_spread`).
    """

    agreement_id: Id
    direction: Literal["in", "out"]
    day: date
    amount: Decimal
    amount_low: Decimal
    amount_high: Decimal
    ibans: frozenset[str] = frozenset()
    category: str = ""
    window: int = 5
    spread: int = 0

    @property
    def patience(self) -> int:
        """How many days late is not yet late."""
        return max(LEAST_PATIENCE, self.spread)


@dataclass(frozen=True, slots=True)
class Paid:
    """One booked entry of an agreement: a positive amount in its direction; `returned` when it came back."""

    entry_id: Id
    agreement_id: Id
    day: date
    amount: Decimal
    iban: str = ""
    returned: bool = False
    return_reason: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """What was found. Codes: income_missing, charge_not_collected, amount_outside_range, double, unexpected_payer,
    payment_returned, allowance_stopped, allowance_changed, balance_going_negative.

    `subject` is the agreement, or the resident of a balance; `period` the due day it is about (None for a balance, so
    that a balance has one alert however often it is looked at).
    """

    code: str
    subject: Id
    period: date | None
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, Id, date | None]:
        """What makes it the same alert tomorrow."""
        return self.code, self.subject, self.period


def alerts(dues: Iterable[Due], paid: Iterable[Paid], *, on: date) -> list[Alert]:
    """Everything to say about these agreements on a day, in order of agreement and period, each key once."""
    dues_of, paid_of = defaultdict(list), defaultdict(list)
    for due in dues:
        dues_of[due.agreement_id].append(due)
    for payment in paid:
        paid_of[payment.agreement_id].append(payment)
    found: dict[tuple[str, Id, date | None], Alert] = {}
    for agreement in sorted(dues_of, key=str):
        for alert in _of_agreement(sorted(dues_of[agreement], key=lambda due: due.day), paid_of[agreement], on):
            found.setdefault(alert.key, alert)
    return list(found.values())


def balance_alert(resident: Id, balances: Iterable[tuple[date, Decimal]], *, on: date, days: int) -> Alert | None:
    """The first day from `on`, within `days`, on which the expected balance is below zero; exactly zero is no alert."""
    last = on + timedelta(days=days)
    for day, balance in sorted(balances):
        if on <= day <= last and balance < 0:
            return Alert("balance_going_negative", resident, None, {"on": day, "balance": balance})
    return None


def own_spread(history: Iterable[tuple[date, date]]) -> int:
    """How many days late a payer was at most, from pairs of due day and day paid; never below zero."""
    return max((max(0, (paid - due).days) for due, paid in history), default=0)


def settled(dues: Sequence[Due], paid: Iterable[Paid]) -> dict[date, list[Paid]]:
    """Which payments are for which due day: the nearest one in whose window they lie, the earlier when two are."""
    result: dict[date, list[Paid]] = {due.day: [] for due in dues}
    for payment in sorted(paid, key=lambda payment: (payment.day, str(payment.entry_id))):
        near = [due for due in dues if abs((payment.day - due.day).days) <= max(due.window, due.patience)]
        if near:
            nearest = min(near, key=lambda due: (abs((payment.day - due.day).days), due.day))
            result[nearest.day].append(payment)
    return result


def _of_agreement(dues: Sequence[Due], paid: Sequence[Paid], on: date) -> list[Alert]:
    by_period = settled(dues, paid)
    found = []
    for due in dues:
        kept = [payment for payment in by_period[due.day] if not payment.returned]
        found += [_returned(due, payment) for payment in by_period[due.day] if payment.returned]
        if kept:
            found += _of_payments(due, kept)
        elif on > due.day + timedelta(days=due.patience):
            found.append(_missing(due, on))
    return found + _of_allowance(dues, by_period, on)


def _missing(due: Due, on: date) -> Alert:
    code = "income_missing" if due.direction == "in" else "charge_not_collected"
    return Alert(code, due.agreement_id, due.day, {"amount": due.amount, "days": (on - due.day).days})


def _returned(due: Due, payment: Paid) -> Alert:
    values: dict[str, Value] = {"amount": payment.amount, "entry": payment.entry_id, "reason": payment.return_reason}
    return Alert("payment_returned", due.agreement_id, due.day, values)


def _of_payments(due: Due, kept: Sequence[Paid]) -> list[Alert]:
    found = []
    total = sum((payment.amount for payment in kept), Decimal("0.00"))
    if len(kept) > 1:
        values: dict[str, Value] = {"times": len(kept), "total": total, "amount": due.amount}
        found.append(Alert("double", due.agreement_id, due.day, values))
    for payment in kept:
        if not due.amount_low <= payment.amount <= due.amount_high:
            found.append(_outside(due, payment))
            break
    strangers = [payment for payment in kept if due.ibans and payment.iban and payment.iban not in due.ibans]
    if due.direction == "in" and strangers:
        found.append(Alert("unexpected_payer", due.agreement_id, due.day, {"iban": strangers[0].iban}))
    return found


def _outside(due: Due, payment: Paid) -> Alert:
    values: dict[str, Value] = {
        "amount": payment.amount,
        "difference": payment.amount - due.amount,
        "low": due.amount_low,
        "high": due.amount_high,
    }
    return Alert("amount_outside_range", due.agreement_id, due.day, values)


def _of_allowance(dues: Sequence[Due], by_period: dict[date, list[Paid]], on: date) -> list[Alert]:
    """An allowance that stayed away twice in a row has stopped; one that changed at all is worth one quiet notice."""
    if not dues or dues[0].category not in ALLOWANCES:
        return []
    found, missed, before = [], 0, None
    for due in dues:
        kept = [payment for payment in by_period[due.day] if not payment.returned]
        if kept:
            if before is not None and kept[0].amount != before:
                values: dict[str, Value] = {"before": before, "amount": kept[0].amount}
                found.append(Alert("allowance_changed", due.agreement_id, due.day, values))
            before, missed = kept[0].amount, 0
        elif on > due.day + timedelta(days=due.patience):
            missed += 1
            if missed == _STOPPED_AFTER:
                found.append(Alert("allowance_stopped", due.agreement_id, due.day, {"missed": missed}))
    return found
