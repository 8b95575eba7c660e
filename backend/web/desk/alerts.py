"""Alerts: what is amiss in order of urgency, one with its reason, put off until a day or put away; and who to call."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.desk.calls import calls
from backend.web.desk.page import desk
from backend.web.forms import DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.alerts import NoReason, NotStanding, put_away_alert, snooze_alert
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.core.alerts import URGENCY
from budgeting.models import Alert
from payments.models import ShortageProposal

PER_PAGE = 50


class SnoozeForm(PlainForm):
    """Not before a day again."""

    until = DayField(label=_("Not before which day?"))
    reason = forms.CharField(label=_("Why?"), max_length=200)


class PutAwayForm(PlainForm):
    """It is well as it is."""

    reason = forms.CharField(label=_("Why is it well?"), max_length=200)


@require_safe
@desk_page("see_residents")
def alerts(request: DeskRequest) -> HttpResponse:
    """What is awake, or with `later` what was put off, of the residents of this colleague."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    mine = Alert.objects.filter(resident__in=visible).select_related("resident", "agreement", "snoozed_by")
    later, kind = "later" in request.GET, request.GET.get("kind", "")
    if kind in URGENCY:
        mine = mine.filter(kind=kind)
    chosen = mine.snoozed(request.on) if later else mine.awake(request.on).most_urgent_first()
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    look_at_residents(residents=[row.resident_id for row in page], page="alerts", by=request.user)
    snoozed = page.paginator.count if later else mine.snoozed(request.on).count()
    shown: dict[str, Any] = {"page": page, "later": later, "snoozed": snoozed, "kinds": URGENCY, "kind": kind}
    return desk(request, "case_worker/alerts/alerts.html", at="today", **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_residents")
def alert(request: DeskRequest, number: int) -> HttpResponse:
    """One alert with its next step; `what` in the form says whether it is put off or put away."""
    row = _alert(request, number)
    what = request.POST.get("what", "")
    given = request.POST if request.method == "POST" else None
    snooze = SnoozeForm(given if what == "snooze" else None)
    away = PutAwayForm(given if what == "away" else None, auto_id="away_%s")
    if (form := {"snooze": snooze, "away": away}.get(what)) and form.is_valid() and _done(request, row, form):
        return redirect("alerts")
    look_at_resident(resident=row.resident_id, page=f"alert:{number}", by=request.user)
    status = 422 if snooze.errors or away.errors else 200
    shown = {"alert": row, "resident": row.resident, "snooze": snooze, "away": away, "form": form}
    shown["proposal"] = ShortageProposal.objects.filter(resident=row.resident_id, state="open").first()
    return desk(request, "case_worker/alerts/alert.html", at="today", status=status, **shown)


@require_safe
@desk_page("see_residents")
def who_to_call(request: DeskRequest) -> HttpResponse:
    """Who needs a call this week, the one who will lack most first, with the reasons."""
    found = calls(access.visible_residents(request.user, on=request.on, roles=request.roles), on=request.on)
    look_at_residents(residents=[call.resident.pk for call in found], page="calls", by=request.user)
    return desk(request, "case_worker/alerts/calls.html", at="today", calls=found)


def _done(request: DeskRequest, row: Alert, form: PlainForm) -> bool:
    """Whether it is put off or away now; if not, the form says why."""
    given = form.cleaned_data
    try:
        if isinstance(form, SnoozeForm):
            snooze_alert(alert=row, on=request.on, by=request.user, **given)
        else:
            put_away_alert(alert=row, on=request.on, by=request.user, **given)
    except NoReason:
        form.add_error("until", gettext("Choose a day after today."))
        return False
    except NotStanding:
        told = gettext("This closed by itself already.")
        messages.add_message(request, messages.INFO, told, extra_tags="attention")
        return True
    told = gettext("Put off.") if isinstance(form, SnoozeForm) else gettext("Put away.")
    messages.add_message(request, messages.SUCCESS, told, extra_tags="paid")
    return True


def _alert(request: DeskRequest, number: int) -> Alert:
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    rows = Alert.objects.filter(resident__in=visible).select_related("resident", "agreement", "snoozed_by", "closed_by")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("signalen/", alerts, name="alerts"),
    path("signalen/<int:number>/", alert, name="alert"),
    path("bellen/", who_to_call, name="who_to_call"),
]
