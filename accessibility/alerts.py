"""Alerts as a few words and a sentence for colleagues: what is amiss, with the figures."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from accessibility import plain
from accessibility.languages import language_for

# The few words of the label, and the sentence under it. `what` is the agreement's own description.
ALERTS = {
    "income_missing": (
        _("Income has not come in"),
        _("{what} {amount}, expected on {period}. Days late: {days}."),
    ),
    "charge_not_collected": (
        _("Not collected"),
        _("{what} {amount}, due on {period}, was not collected. Days late: {days}."),
    ),
    "amount_outside_range": (
        _("Amount differs"),
        _("{what}: {amount} instead of {low} to {high}. Has the amount changed?"),
    ),
    "double": (_("Perhaps paid twice"), _("{what}: {times} times, together {total}, where {amount} was agreed.")),
    "unexpected_payer": (_("Came from another account"), _("{what} came from {iban}. We do not know that account.")),
    "payment_returned": (_("Payment came back"), _("{what}, {amount}, came back.")),
    "allowance_stopped": (
        _("Allowance seems to have stopped"),
        _("{what} stayed away {missed} times. Has something changed for the resident?"),
    ),
    "allowance_changed": (_("Allowance has changed"), _("{what} was {before} and is now {amount}.")),
    "balance_going_negative": (
        _("Money runs out"),
        _("We expect to be {balance} short on {on}. Then not everything can be paid."),
    ),
    "change_denied": (
        _("The resident says: this is not right"),
        _("Read back at the counter: “{change}”. Ask what it should be, and put it right."),
    ),
}


def title(kind: str) -> str:
    """The label of an alert; one without words of its own is told by its kind."""
    return gettext(ALERTS[kind][0]) if kind in ALERTS else kind


def sentence(kind: str, facts: Mapping[str, object], *, what: str, period: date | None) -> str:
    """The sentence with its figures; empty for a kind without words, or one whose figures were not kept."""
    values: dict[str, object] = {"what": what, "period": period, **facts}
    try:
        return gettext(ALERTS[kind][1]).format_map({name: _value(name, value) for name, value in values.items()})
    except KeyError:
        return ""


_AMOUNTS = {"amount", "low", "high", "total", "before", "balance", "difference"}
_DAYS = {"period", "on"}


def _value(name: str, value: object) -> str:
    if name == "balance":  # told as what is short, without a sign that a line may break after
        return plain.amount_text(abs(Decimal(str(value))))
    if name in _AMOUNTS:
        return plain.amount_text(Decimal(str(value)))
    if name in _DAYS and value:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
        return plain.day_text(day, language_for(get_language()), on=day)
    return plain.iban_text(str(value)) if name == "iban" else str(value)
