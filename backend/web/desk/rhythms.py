"""How often something is due, in a few fields: unit, every how many, the first day, and whether a month's last."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backend.web.forms import DayField, PlainForm
from budgeting.core.schedule import LAST_DAY, MOST_EVERY, NotARecurrence, Recurrence

UNITS = [("month", _("months")), ("week", _("weeks")), ("year", _("years")), ("once", _("only once"))]


class RhythmForm(PlainForm):
    """Counts from the first day: its weekday, day or month is the one that comes back."""

    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=MOST_EVERY, initial=1)
    unit = forms.ChoiceField(label=_("Weeks, months or years"), choices=UNITS)
    starts_on = DayField(label=_("The first time on"))
    last_day = forms.BooleanField(label=_("Always the last day of the month"), required=False)

    def clean(self) -> dict[str, Any]:
        """Adds `recurrence`."""
        cleaned = super().clean() or {}
        if {"every", "unit", "starts_on"} <= cleaned.keys():
            cleaned["recurrence"] = self._recurrence(cleaned)
        return cleaned

    def _recurrence(self, cleaned: dict[str, Any]) -> Recurrence:
        unit = cleaned["unit"]
        days = (LAST_DAY,) if cleaned.get("last_day") and unit == "month" else ()
        try:
            return Recurrence(unit, cleaned["starts_on"], 1 if unit == "once" else cleaned["every"], days=days)
        except NotARecurrence as error:
            raise ValidationError(_("This rhythm is not possible."), code=error.reason) from error
