"""An entry divided over agreements and residents of a household: rows that are together the whole, to the cent."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Prefetch
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.desk.categories import choices
from backend.templatetags.desk import category_name
from backend.web.forms import AmountField, PlainForm, WrittenSelect, resident_of_number
from budgeting.actions.entries import Part
from budgeting.core.money import ZERO
from budgeting.models import Agreement, Resident
from budgeting.models.people import ResidentQuerySet


class PartForm(PlainForm):
    """One part: how much, and whose: an agreement, a resident with what it is for, or the municipality's own."""

    amount = AmountField(label=_("Amount"), required=False)
    whose = forms.ChoiceField(label=_("Whose money is this?"), required=False, widget=WrittenSelect)
    resident = forms.CharField(label=_("Number of the resident"), max_length=20, required=False)
    category = forms.ChoiceField(label=_("What is it for?"), required=False, widget=WrittenSelect)

    def __init__(self, *args: Any, visible: ResidentQuerySet, household: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.visible = visible
        self.agreement: Agreement | None = None
        for name, choice in (("whose", household), ("category", choices("in"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "-"), *choice]

    def clean_resident(self) -> Resident | None:
        """The resident with this number, if this colleague may see them."""
        return resident_of_number(self.visible, self.cleaned_data["resident"])

    def clean(self) -> dict[str, Any]:
        """A part for a resident says what it is for, and every part how much it is."""
        cleaned = super().clean() or {}
        self._choose(cleaned)
        if cleaned.get("resident") and not self.agreement and not cleaned.get("category"):
            self.add_error("category", _("Choose what it is for."))
        if any(cleaned.get(name) for name in ("whose", "resident", "category")) and not cleaned.get("amount"):
            self.add_error("amount", _("Type how much this part is."))
        return cleaned

    def _choose(self, cleaned: dict[str, Any]) -> None:
        """What was chosen of the household goes before a number that was typed, unless they name two people."""
        kind, _colon, number = str(cleaned.get("whose") or "").partition(":")
        if not kind:
            return
        if kind == "agreement":
            self.agreement = Agreement.objects.select_related("resident").get(pk=number)
            chosen = self.agreement.resident
        else:
            chosen = Resident.objects.get(pk=number)
        if cleaned.get("resident") not in {None, chosen}:
            self.add_error("resident", _("This is another resident than the one you chose."))
        cleaned["resident"] = chosen


class PartFormSet(forms.BaseFormSet[PartForm]):
    """The parts that were filled in; they take the sign of the entry."""

    form = PartForm
    renderer = get_default_renderer()
    extra, min_num, max_num, absolute_max = 5, 0, 10, 10
    can_order = can_delete = validate_min = validate_max = False
    sign = 1

    @property
    def parts(self) -> list[Part]:
        """Each filled-in row as a part."""
        return [_part(form, self.sign) for form in self.forms if form.cleaned_data.get("amount")]

    def left(self, whole: Decimal) -> Decimal:
        """What is not in a part yet, in euro and without sign; below zero when the parts are more than the whole."""
        return abs(whole) - sum((abs(part.amount) for part in self.parts), ZERO)


def household_choices(residents: Iterable[int], visible: ResidentQuerySet, *, direction: str) -> list[tuple[str, Any]]:
    """Everyone who lives with these residents, each with their agreements of this direction and with themselves."""
    households = Resident.objects.filter(pk__in=list(residents)).values("household")
    people = visible.filter(household__in=households).prefetch_related(agreements_with_names()).order_by("pk")
    return [(f"{who} ({who.number})", _of(who, direction)) for who in people]


def agreements_with_names() -> Prefetch[str]:
    """The agreements of many residents and with whom each is made, asked at once."""
    return Prefetch("agreements", queryset=Agreement.objects.select_related("counterparty"))


def _of(who: Resident, direction: str) -> list[tuple[str, str]]:
    told = [
        (f"agreement:{one.pk}", f"{category_name(one.category)}, {one.counterparty}")
        for one in who.agreements.all()
        if one.direction == direction
    ]
    return [*told, (f"resident:{who.pk}", gettext("Something else for {who}").format(who=who))]


def _part(form: PartForm, sign: int) -> Part:
    given = form.cleaned_data
    category = given["category"] if given["resident"] and not form.agreement else ""
    return Part(given["amount"] * sign, given["resident"], form.agreement, category=category)
