"""With whom a resident lives, and moving them to another household or to one of their own."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.web.desk.page import desk
from backend.web.forms import PlainForm, resident_of_number
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.households import NoReasonToMove, SameHousehold, move_to_household
from budgeting.actions.looks import look_at_residents
from budgeting.models import Agreement, Household, Resident
from budgeting.models.people import ResidentQuerySet

# What people who live together often share, though one of them pays it.
OF_THE_HOME = ("rent", "mortgage", "energy", "district_heating", "water", "municipal_tax", "water_board_tax", "telecom")


class MoveForm(PlainForm):
    """Where to, and why."""

    member_of = forms.CharField(
        label=_("Will live with"), max_length=20, required=False,
        help_text=_("Number of somebody of that household, for example R000012. Leave empty for one of their own."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def __init__(self, *args: Any, visible: ResidentQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.visible = visible

    def clean_member_of(self) -> Household | None:
        """The household of the resident with this number."""
        member = resident_of_number(self.visible, self.cleaned_data["member_of"])
        return member.household if member else None


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_residents")
def household_of(request: DeskRequest, number: int) -> HttpResponse:
    """Who lives together and who pays what of the home; posting moves the resident."""
    resident = resident_or_404(request, number)
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    form = MoveForm(request.POST or None, visible=visible)
    if request.method == "POST" and form.is_valid() and _moved(request, resident, form):
        return redirect("household_of", number)
    members = list(visible.filter(household=resident.household_id).order_by("pk"))
    look_at_residents(residents=[one.pk for one in members], page="household", by=request.user)
    hidden = Resident.objects.filter(household=resident.household_id).count() - len(members)
    return desk(
        request, "case_worker/residents/household.html", at="residents", status=422 if form.errors else 200,
        resident=resident, form=form, members=members, hidden=hidden, shared=_of_the_home(members, request),
    )  # fmt: skip


def _moved(request: DeskRequest, resident: Resident, form: MoveForm) -> bool:
    to, reason = form.cleaned_data["member_of"], form.cleaned_data["reason"]
    try:
        move_to_household(resident=resident, household=to, reason=reason, on=request.on, by=request.user)
    except SameHousehold:
        form.add_error("member_of", gettext("The resident lives there already."))
    except NoReasonToMove:
        form.add_error("reason", gettext("Fill this in."))
    else:
        told = gettext("Moved. The agreements went along: look below at who pays what of the home.")
        messages.add_message(request, messages.SUCCESS, told, extra_tags="paid")
    return not form.errors


def _of_the_home(members: Iterable[Resident], request: DeskRequest) -> list[Agreement]:
    rows = Agreement.objects.going_out().in_force(request.on).filter(resident__in=members, category__in=OF_THE_HOME)
    return list(rows.with_amount(request.on).select_related("resident", "counterparty").order_by("category", "pk")[:50])


urlpatterns = [path("inwoners/<int:number>/huishouden/", household_of, name="household_of")]
