"""What the form of an agreement holds before anybody types: the next month, or an earlier agreement to go on from."""

from datetime import date, timedelta
from typing import Any

from budgeting.core.schedule import LAST_DAY, Recurrence, due_dates
from budgeting.models import Agreement

_TWO_YEARS = timedelta(days=731)
_IN_A_MONTH = timedelta(days=31)


def blank(on: date) -> dict[str, Any]:
    """A monthly charge from the first of next month."""
    return {"direction": "out", "unit": "month", "starts_on": (on.replace(day=1) + _IN_A_MONTH).replace(day=1)}


def copied(agreement: Agreement, *, on: date) -> dict[str, Any]:
    """Everything of an agreement with `amount_on`; one that ends is followed up from its end."""
    recurrence = Recurrence.from_dict(agreement.recurrence)
    since = max(agreement.valid_until or on, on)
    due = due_dates(recurrence, since=since, until=since + _TWO_YEARS, valid_from=since)
    return {
        "direction": agreement.direction,
        "category": agreement.category,
        "name": agreement.counterparty.name,
        "iban": agreement.account.iban if agreement.account else "",
        "description": agreement.description,
        "amount": _typed(agreement),
        "every": recurrence.every,
        "unit": recurrence.unit,
        "starts_on": due[0] if due else since,
        "last_day": recurrence.days == (LAST_DAY,),
        "reference": agreement.reference,
        "words": ", ".join(agreement.words),
    }


def _typed(agreement: Agreement) -> str:
    """The amount as a person types it, or nothing when none holds today."""
    value = getattr(agreement, "amount_on", None)
    return "" if value is None else f"{value:.2f}".replace(".", ",")
