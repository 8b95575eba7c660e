"""At the desk: a court appointed somebody. One colleague writes down the decision, another one agrees."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.web.desk.page import desk
from backend.web.forms import DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.persons import SamePerson
from budgeting.actions.representing import AlreadyWritten, Appointment, NotAnAppointment, decide, write_down
from budgeting.models import Representation, Resident, Scope

KINDS = {
    "administrator": _("Administrator (money)"),
    "guardian": _("Guardian (everything)"),
    "mentor": _("Mentor (care)"),
}
PROBLEMS = {
    "name": _("Write the whole name."),
    "seen_on": _("This day is still to come."),
    "until": _("The last day comes after the first and after today, and at most five years on."),
}


class AppointmentForm(PlainForm):
    """What the court's decision says, and that a colleague had it before them."""

    name = forms.CharField(label=_("Name of the representative"), max_length=200)
    kind = forms.ChoiceField(label=_("Appointed as"), choices=list(KINDS.items()))
    decision = forms.CharField(
        label=_("Number of the court's decision"), help_text=_("As it is printed on top."), max_length=60
    )
    starts_on = DayField(label=_("First day"))
    until = DayField(label=_("Holds until"), help_text=_("The first day it holds no more; at most five years on."))
    scope = forms.ChoiceField(
        label=_("What may this person see?"),
        choices=[
            (Scope.ALL.value, _("The whole page")),
            (Scope.PAID.value, _("When money comes, and what is paid")),
            (Scope.WHEN.value, _("When money comes")),
        ],
    )
    seen = forms.BooleanField(
        label=_("I saw the decision and who this person is, and made no copy"),
        error_messages={"required": _("First look at the decision, and who it is.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("answer_for_resident")
def representatives(request: DeskRequest, number: int) -> HttpResponse:
    """Who represents this resident by law, and writing down somebody new; it waits for a second person."""
    found = resident_or_404(request, number)
    form = AppointmentForm(request.POST if request.method == "POST" else None, initial={"starts_on": request.on})
    if request.method == "POST" and form.is_valid() and _wrote(request, found, form):
        return redirect("representatives", number)
    rows = Representation.objects.filter(resident=found).select_related("let_in", "proposed_by", "decided_by")
    shown = [(row, KINDS[row.kind], _stands(row, request)) for row in rows.order_by("-pk")]
    status = 422 if form.errors else 200
    return desk(
        request,
        "case_worker/access/representatives.html",
        at="residents",
        status=status,
        resident=found,
        form=form,
        rows=shown,
    )


@require_POST
@desk_page("give_roles")
def decide_representative(request: DeskRequest, number: int) -> HttpResponse:
    """The second person agrees to what a colleague wrote down, or not."""
    row = Representation.objects.filter(pk=number).select_related("resident", "proposed_by").first()
    if row is None:
        raise Http404
    try:
        decide(row=row, agreed=request.POST.get("agree") == "yes", now=request.now, by=request.user)
    except SamePerson:
        messages.add_message(
            request, messages.INFO, gettext("Somebody else has to decide about this."), extra_tags="attention"
        )
    return redirect("roles")


def _wrote(request: DeskRequest, resident: Resident, form: AppointmentForm) -> bool:
    given: dict[str, Any] = {name: form.cleaned_data[name] for name in Appointment.__slots__ if name != "seen_on"}
    try:
        appointment = Appointment(seen_on=request.on, **given)
        write_down(resident=resident, appointment=appointment, now=request.now, by=request.user)
    except NotAnAppointment as wrong:
        field = str(wrong)
        form.add_error(field, PROBLEMS.get(field, _("Fill this in.")))
        return False
    except AlreadyWritten:
        form.add_error("decision", gettext("This decision waits for a second person already."))
        return False
    told = gettext("Written down. A second person has to agree first.")
    messages.add_message(request, messages.INFO, told, extra_tags="attention")
    return True


def _stands(row: Representation, request: DeskRequest) -> str:
    """Where it stands: `waits`, `refused`, `later`, `now` or `ended`."""
    if row.let_in is None:
        return "waits" if row.agreed is None else "refused"
    if row.let_in.ended_at is not None or row.let_in.until <= request.now:
        return "ended"
    return "later" if row.let_in.begun_at and row.let_in.begun_at > request.now else "now"


urlpatterns = [
    path("inwoners/<int:number>/vertegenwoordiger/", representatives, name="representatives"),
    path("toegang/vertegenwoordiger/<int:number>/", decide_representative, name="decide_representative"),
]
