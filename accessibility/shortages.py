"""Shortages in words for colleagues: what a choice is called, what waiting means, what was decided."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

CHOICES = {
    "all": _("Pay everything"),
    "in_order": _("In order of need"),
    "strictly_in_order": _("Strictly in order"),
    "without_living_money": _("Keep no money to live on apart"),
    "over_the_limit": _("Pay everything, over the limit"),
    "per_charge": _("Decided for each charge"),
    "wait": _("Let some wait"),
    "cancel": _("Leave some out"),
}
MEANINGS = {
    "in_order": _("What is needed most is paid first. What does not fit waits; what fits after it is paid."),
    "strictly_in_order": _("After the first that does not fit all the rest waits."),
    "without_living_money": _("The money that the town keeps for the resident to live on goes to charges."),
    "over_the_limit": _("More is lent than the limit, for a while. You allow that by name."),
}
# What happens when such a charge stays unpaid (`payments.core.shortage`).
CONSEQUENCES = {
    "home_at_risk_after_months": _("After some months unpaid the home is at risk."),
    "reminders_then_cut_off": _("First reminders, later it can be cut off."),
    "surcharge_after_six_months": _("After six months there is a surcharge."),
    "arrangement_may_lapse": _("The arrangement may lapse."),
    "reminder_and_costs": _("A reminder, perhaps with costs."),
}
VERDICTS = {"paid": _("Is paid"), "waits": _("Waits"), "cancelled": _("Not this time")}


def choice(code: str) -> str:
    """What a choice is called."""
    return _told(CHOICES, code)


def meaning(code: str) -> str:
    """What a choice means; empty where its name says all."""
    return _told(MEANINGS, code) if code in MEANINGS else ""


def consequence(code: str) -> str:
    """What waiting means for a charge; empty for one that waits nowhere."""
    return _told(CONSEQUENCES, code) if code else ""


def verdict(code: str) -> str:
    """What was decided of a charge."""
    return _told(VERDICTS, code)


def _told(table: dict[str, str], code: str) -> str:
    return gettext(table[code]) if code in table else code
