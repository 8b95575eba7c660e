"""Every entry one may see, with filters that stand in the address: going back, a link or a bookmark keeps them."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.desk.entries import found_entries
from backend.desk.entry_places import Place
from backend.web.desk.page import desk
from backend.web.forms import AmountField, DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.looks import look_at_residents

STATES = [("", _("All")), ("waits", _("Waits")), ("rule", _("Booked by itself")), ("person", _("Booked by a person"))]
WAYS = [("", _("In and out")), ("in", _("Came in")), ("out", _("Went out"))]


class FindForm(PlainForm):
    """What one looks for; all of it may stay empty."""

    q = forms.CharField(label=_("Words, name or account number"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("How it stands"), choices=STATES, required=False)
    way = forms.ChoiceField(label=_("Which way?"), choices=WAYS, required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Up to and including"), required=False)
    least = AmountField(label=_("At least"), required=False)
    most = AmountField(label=_("At most"), required=False)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, the largest amount not below the smallest."""
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("This day lies before the first."))
        if cleaned.get("least") and cleaned.get("most") and cleaned["most"] < cleaned["least"]:
            self.add_error("most", _("This is less than the smallest amount."))
        return cleaned


@require_safe
@desk_page("decide_entries")
def entries(request: DeskRequest) -> HttpResponse:
    """The entries that are looked for, those of the last three months when nothing is filled in."""
    form = FindForm(request.GET)
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    asked = form.cleaned_data if form.is_valid() else {}
    places = {side: Place.read(request.GET.get(side)) for side in ("older_than", "newer_than")}
    found = found_entries(asked, visible=visible, on=request.on, **places)
    about = {part.resident_id for row in found.rows for part in getattr(row, "parts", ())}
    look_at_residents(residents=sorted(about), page="entries", by=request.user)
    narrowed = any(value not in (None, "") for value in asked.values())
    shown = {"form": form, "found": found, "rows": found.rows, "narrowed": narrowed}
    return desk(request, "case_worker/bank/entries.html", at="bank", status=422 if form.errors else 200, **shown)


urlpatterns = [path("bank/boekingen/", entries, name="entries")]
