"""The forms with which a person says whose money an entry is: one choice, or several parts."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backend.desk.categories import KEYS, choices
from backend.desk.waiting import WaitingFacts
from backend.web.forms import PlainForm
from budgeting.actions.entries import Part
from budgeting.models import Agreement
from budgeting.models.people import ResidentQuerySet

NOBODY = "own"
SPLIT, COUNT = "split", "count"


class DecisionForm(PlainForm):
    """`choose` is the button pressed: `agreement:N`, `resident:N` with a category, `own`, `split` or `count`."""

    choose = forms.CharField(max_length=40, label=_("Whose money is this?"))
    category = forms.CharField(max_length=40, required=False, label=_("What is it for?"))
    reason = forms.CharField(
        max_length=200,
        label=_("Where did you see that this is right?"),
        help_text=_("For example: it is in internet banking too."),
    )

    def __init__(self, data: Any, *, facts: WaitingFacts, visible: ResidentQuerySet) -> None:
        super().__init__(data)
        self.facts, self.visible = facts, visible
        self.part = Part(facts.entry.amount)
        if not facts.is_doubted:
            del self.fields["reason"]

    @property
    def is_split(self) -> bool:
        """Whether the parts are asked for, or what is left of them."""
        return self.is_bound and self.data.get("choose") in {SPLIT, COUNT}

    @property
    def is_counting(self) -> bool:
        """Whether only what is left is asked for: nothing is booked."""
        return self.is_bound and self.data.get("choose") == COUNT

    @cached_property
    def choices(self) -> Any:
        """The categories, the likely ones first."""
        return choices(self.facts.direction)

    def clean(self) -> dict[str, Any]:
        """Finds the agreement or resident that was chosen, among those this colleague may see."""
        cleaned = super().clean() or {}
        kind, _colon, number = str(cleaned.get("choose", "")).partition(":")
        value = self.facts.entry.amount
        if kind == "agreement":
            agreement = _one(Agreement.objects.filter(resident__in=self.visible).select_related("resident"), number)
            self.part = Part(value, agreement.resident, agreement)
        elif kind == "resident":
            self.part = Part(value, _one(self.visible, number), category=self._category(cleaned))
        elif kind not in {NOBODY, SPLIT, COUNT}:
            raise ValidationError(_("Choose whose money this is."), code="choose")
        return cleaned

    def _category(self, cleaned: dict[str, Any]) -> str:
        key = str(cleaned.get("category", ""))
        if key not in KEYS:
            self.add_error("category", _("Choose what it is for."))
        return key


def _one(rows: Any, number: str) -> Any:
    found = rows.filter(pk=number).first() if number.isdecimal() else None
    if found is None:
        raise ValidationError(_("This choice is not there any more."), code="choose")
    return found
