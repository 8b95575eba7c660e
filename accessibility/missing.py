"""What an intake asks when something that nearly everybody has was not seen: a question, never a verdict."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

QUESTIONS = {
    "health_insurance": _("We see no premium for health insurance. Is it paid from another account?"),
    "rent_or_mortgage": _("We see no rent and no mortgage. How does the resident live?"),
    "energy_or_heating": _("We see no energy and no heating. Is it in the rent?"),
    "water": _("We see no water bill. Is it in the rent?"),
    "healthcare_allowance": _("We see no healthcare allowance while the income is low. Was it asked for?"),
    "rent_allowance": _("We see rent and no rent allowance while the income is low. Was it asked for?"),
    "child_budget": _("We see child benefit and no child budget while the income is low. Was it asked for?"),
}


def question(code: str) -> str:
    """The question about one thing that is missing."""
    return gettext(QUESTIONS[code])


def seen(times: int, sure: int) -> str:
    """How often a regular amount was seen, and out of a hundred how sure it is."""
    told = ngettext(
        "Seen {n} time, right {sure} out of 100 times:", "Seen {n} times, right {sure} out of 100 times:", times
    )
    return told.format(n=times, sure=sure)


def already_agreed() -> str:
    """Of a proposal that is an agreement already."""
    return gettext("This is agreed already.")
