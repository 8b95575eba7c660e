"""The forms with which a person says whose money an entry is: one choice, or several parts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext_lazy as _

from backend.desk.categories import KEYS, choices
from backend.desk.waiting import WaitingFacts
from backend.web.forms import AmountField, PlainForm
from budgeting.actions.entries import Part
from budgeting.models import Agreement, Resident
from budgeting.models.people import ResidentQuerySet

NOBODY = "own"
SPLIT = "split"


class DecisionForm(PlainForm):
    """`choose` is the button pressed: `agreement:N`, `resident:N` with a category, `own`, or `split`."""

    choose = forms.CharField(max_length=40, label=_("Whose money is this?"))
    category = forms.CharField(max_length=40, required=False, label=_("What is it for?"))
    reason = forms.CharField(
        max_length=200,
        label=_("Where did you see that this is right?"),
        help_text=_("For example: it is in internet banking too."),
    )

    def __init__(self, data: Any, *, facts: WaitingFacts, visible: ResidentQuerySet, likely: str = "") -> None:
        super().__init__(data, initial={"category": likely})
        self.facts, self.visible = facts, visible
        self.part = Part(facts.entry.amount)
        if not facts.is_doubted:
            del self.fields["reason"]

    @property
    def is_split(self) -> bool:
        """Whether the parts are asked for."""
        return self.is_bound and self.data.get("choose") == SPLIT

    @property
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
        elif kind not in {NOBODY, SPLIT}:
            raise ValidationError(_("Choose whose money this is."), code="choose")
        return cleaned

    def _category(self, cleaned: dict[str, Any]) -> str:
        key = str(cleaned.get("category", ""))
        if key not in KEYS:
            self.add_error("category", _("Choose what it is for."))
        return key


class PartForm(PlainForm):
    """One part: how much, whose and for what. Without a resident it is the municipality's own."""

    amount = AmountField(label=_("Amount"), required=False)
    resident = forms.CharField(label=_("Number of the resident"), max_length=20, required=False)
    category = forms.ChoiceField(label=_("What is it for?"), required=False)

    def __init__(self, *args: Any, visible: ResidentQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.visible = visible
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = [("", "-"), *choices("in")]

    def clean_resident(self) -> Resident | None:
        """The resident with this number, if this colleague may see them."""
        number = str(self.cleaned_data["resident"]).strip().upper()
        if not number:
            return None
        found = self.visible.filter(number=number).first()
        if found is None:
            raise ValidationError(_("There is no resident with this number that you may see."), code="resident")
        return found

    def clean(self) -> dict[str, Any]:
        """A part for a resident says what it is for, and every part how much it is."""
        cleaned = super().clean() or {}
        if cleaned.get("resident") and not cleaned.get("category"):
            self.add_error("category", _("Choose what it is for."))
        if any(cleaned.get(name) for name in ("resident", "category")) and not cleaned.get("amount"):
            self.add_error("amount", _("Type how much this part is."))
        return cleaned


class PartFormSet(forms.BaseFormSet[PartForm]):
    """The parts that were filled in; they take the sign of the entry."""

    form = PartForm
    renderer = get_default_renderer()
    extra, min_num, max_num, absolute_max = 3, 0, 10, 10
    can_order = can_delete = validate_min = validate_max = False
    sign = 1

    @property
    def parts(self) -> list[Part]:
        """Each filled-in row as a part."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("amount")]
        return [
            Part(row["amount"] * self.sign, row["resident"], category=row["category"] if row["resident"] else "")
            for row in rows
        ]


def _one(rows: Any, number: str) -> Any:
    found = rows.filter(pk=number).first() if number.isdecimal() else None
    if found is None:
        raise ValidationError(_("This choice is not there any more."), code="choose")
    return found
