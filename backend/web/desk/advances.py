"""Advances: what was lent to one resident and how it comes back; what the town bears itself, by two; the off-switch."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accessibility.plain import amount_text
from backend.desk.advances import advance_facts
from backend.web.desk.page import desk
from backend.web.desk.rhythms import RhythmForm
from backend.web.desk.signing import FreshForm
from backend.web.forms import AmountField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.actions.persons import SamePerson
from budgeting.models import Resident, Town
from payments.actions.advances import (
    AlreadyProposed,
    NotSoMuchLent,
    WriteOffDecided,
    approve_write_off,
    propose_write_off,
    withdraw_write_off,
)
from payments.actions.repayment import AlreadyAgreed, agree_repayment
from payments.actions.shortage import let_go
from payments.actions.shortage_decision import NotAChoice
from payments.actions.town_way import MOST_DAYS_TO_ANSWER, Way, change_way_of_town, way_of
from payments.models import PaymentOrder, WriteOff

READ_OR_WRITE = ["GET", "HEAD", "POST"]


class PlanForm(RhythmForm):
    """How much comes back each time, and when."""

    instalment = AmountField(label=_("How much each time?"))
    reason = forms.CharField(label=_("Why so?"), max_length=200)


class WriteOffForm(PlainForm):
    """What the town bears itself."""

    value = AmountField(label=_("How much need not come back?"))
    why = forms.CharField(label=_("Why?"), max_length=200)


class WayForm(PlainForm):
    """How this town lends and pays out."""

    lends_advances = forms.BooleanField(label=_("The town lends advances"), required=False)
    repays = forms.ChoiceField(
        label=_("How does an advance come back?"),
        choices=[("at_once", _("From the first money")), ("by_plan", _("By plan, where one was agreed"))],
    )
    counts_on = forms.ChoiceField(
        label=_("What does money to live on count on?"),
        choices=[("cautious", _("Agreed income, with care")), ("certain", _("Only money that is there"))],
    )
    protected_living_money = AmountField(
        label=_("Money to live on that is kept apart when money is short"),
        help_text=_("0: nothing is kept apart."),
        signed=True,
    )
    objection_days = forms.IntegerField(
        label=_("Days in which an objection is answered"), min_value=1, max_value=MOST_DAYS_TO_ANSWER
    )
    reason = forms.CharField(label=_("Why does this change?"), max_length=200)

    def clean_protected_living_money(self) -> Any:
        """Nothing, or more."""
        value = self.cleaned_data["protected_living_money"]
        if value is not None and value < 0:
            raise forms.ValidationError(_("Type an amount like 1234,50."), code="negative")
        return value


class LetGoForm(PlainForm):
    """Why a charge that waits may go now."""

    reason = forms.CharField(label=_("Why may it go now?"), max_length=200)


@require_http_methods(READ_OR_WRITE)
@desk_page("see_residents")
def advances(request: DeskRequest, number: int) -> HttpResponse:
    """All that was lent to one resident; `what` in the form is `plan`, `write_off` or `withdraw`."""
    found = resident_or_404(request, number)
    what, given = request.POST.get("what", ""), request.POST or None
    plan = PlanForm(given if what == "plan" else None, initial={"unit": "month"})
    write_off = WriteOffForm(given if what == "write_off" else None)
    form: PlainForm | None = {"plan": plan, "write_off": write_off}.get(what)
    if what == "withdraw" and _withdrawn(request, found):
        return redirect("advances", number)
    if form is not None and form.is_valid() and _done(request, found, form):
        return redirect("advances", number)
    look_at_resident(resident=found.pk, page="advances", by=request.user)
    status = 422 if form is not None and form.errors else 200
    shown = {"facts": advance_facts(found, on=request.on), "resident": found, "plan": plan, "write_off": write_off}
    return desk(request, "case_worker/advances/advances.html", at="residents", status=status, form=form, **shown)


@sensitive_post_parameters("code")
@require_http_methods(READ_OR_WRITE)
@desk_page("approve_write_off")
def write_offs(request: DeskRequest) -> HttpResponse:
    """What colleagues propose that the town bears; a second person says yes with a fresh code, or no."""
    number = request.POST.get("number", "")
    form = FreshForm(request.POST if number else None, request=request)
    if number and form.is_valid() and _judged(request, form, number):
        return redirect("write_offs")
    rows = WriteOff.objects.filter(approved_on=None, withdrawn_on=None)
    waiting = list(rows.select_related("resident", "proposed_by").order_by("pk"))
    look_at_residents(residents=[one.resident_id for one in waiting], page="write_offs", by=request.user)
    status = 422 if form.errors else 200
    return desk(
        request, "case_worker/advances/write_offs.html", at="payments", status=status, waiting=waiting, form=form
    )


@require_http_methods(READ_OR_WRITE)
@desk_page("change_settings")
def town_way(request: DeskRequest) -> HttpResponse:
    """How the town lends and pays out, with the off-switch; why it changes is kept."""
    now = way_of(Town.objects.get())
    initial = {name: getattr(now, name) for name in Way.__slots__}
    form = WayForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        way = Way(**{name: form.cleaned_data[name] for name in Way.__slots__})
        changed = change_way_of_town(way=way, reason=form.cleaned_data["reason"], on=request.on, by=request.user)
        _say(request, gettext("Changed.") if changed else gettext("Nothing was different."))
        return redirect("town_way")
    return desk(request, "case_worker/advances/way.html", at="today", status=422 if form.errors else 200, form=form)


@require_POST
@desk_page("decide_shortage")
def let_order_go(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """A charge that waited by a decision is planned again; the next run looks whether it can be paid."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    row = PaymentOrder.objects.filter(resident__in=visible, pk=number).select_related("resident").first()
    if row is None:
        raise Http404
    form = LetGoForm(request.POST)
    if not form.is_valid():
        _say(request, gettext("Say why it may go now."), "stop")
        return redirect("order", number)
    try:
        let_go(order=row, reason=form.cleaned_data["reason"], on=request.on, by=request.user)
    except NotAChoice:
        _say(request, gettext("This does not wait for a person any more."), "attention")
    else:
        _say(request, gettext("Planned. The next run looks whether there is enough."))
    return redirect("order", number)


def _done(request: DeskRequest, found: Resident, form: PlainForm) -> bool:
    """Whether it was done; if not, the form says why."""
    given = form.cleaned_data
    facts: dict[str, Any] = {"resident": found, "on": request.on, "by": request.user}
    ability = "change_agreements" if isinstance(form, PlanForm) else "propose_write_off"
    if ability not in request.abilities:
        raise Http404
    try:
        if isinstance(form, PlanForm):
            names: dict[str, Any] = {
                "valid_from": given["starts_on"],
                "reason": given["reason"],
                "instalment": given["instalment"],
            }
            agree_repayment(recurrence=given["recurrence"], **names, **facts)
        else:
            propose_write_off(value=given["value"], reason=given["why"], **facts)
    except AlreadyAgreed:
        form.add_error("starts_on", gettext("A plan that begins on that day or later is there already."))
    except AlreadyProposed:
        form.add_error(None, gettext("A proposal waits for a second person already."))
    except NotSoMuchLent as error:
        form.add_error("value", gettext("Only {lent} is lent.").format(lent=amount_text(error.lent)))
    else:
        _say(request, gettext("Done."))
    return not form.errors


def _withdrawn(request: DeskRequest, found: Resident) -> bool:
    mine = WriteOff.objects.filter(resident=found, approved_on=None, withdrawn_on=None, proposed_by=request.user)
    row = mine.first()
    if row is None:
        return False
    withdraw_write_off(write_off=row, on=request.on, by=request.user)
    _say(request, gettext("The proposal is taken back."))
    return True


def _judged(request: DeskRequest, form: FreshForm, number: str) -> bool:
    """Whether it was approved or refused; if not, the form says why."""
    is_key = number.isascii() and number.isdigit() and len(number) < 18
    row = WriteOff.objects.filter(pk=number).first() if is_key else None
    if row is None:
        raise Http404
    act = withdraw_write_off if request.POST.get("answer") == "no" else approve_write_off
    try:
        act(write_off=row, on=request.on, by=request.user)
    except SamePerson:
        form.add_error(None, gettext("You proposed this yourself. Somebody else has to confirm it."))
    except WriteOffDecided:
        form.add_error(None, gettext("A colleague was first. This is how it stands now."))
    except NotSoMuchLent as error:
        form.add_error(None, gettext("Only {lent} is lent.").format(lent=amount_text(error.lent)))
    else:
        _say(request, gettext("Done."))
    return not form.errors


def _say(request: DeskRequest, told: str, tone: str = "paid") -> None:
    messages.add_message(request, messages.INFO, told, extra_tags=tone)


urlpatterns = [
    path("inwoners/<int:number>/voorschot/", advances, name="advances"),
    path("betalen/kwijt/", write_offs, name="write_offs"),
    path("betalen/opdracht/<int:number>/vrijgeven/", let_order_go, name="let_order_go"),
    path("gemeente/voorschot/", town_way, name="town_way"),
]
