"""In person: a resident lost the phone that let them in, or a colleague their app and key. Who it is, is looked at."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.looks import look_at_resident
from budgeting.actions.passkeys import forget_second_factor, keys_of, replace_lost_phone, switch_passkeys
from budgeting.actions.people import CODE_VALID
from budgeting.actions.persons import SamePerson
from budgeting.models import User


class SeenForm(PlainForm):
    """That the person stands here, and who it is."""

    seen = forms.BooleanField(
        label=_("I saw an identity document and made no copy"),
        error_messages={"required": _("First look who it is.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_residents")
def lost_phone(request: DeskRequest, number: int) -> HttpResponse:
    """The phones a resident logs in with; when one is lost all of them end, and a letter with a code is printed."""
    found = resident_or_404(request, number)
    form = SeenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = replace_lost_phone(resident=found, now=request.now, by=request.user)
        shown: dict[str, Any] = {"resident": found, "code": code, "until": (request.now + CODE_VALID).date()}
        return desk(request, "case_worker/residents/letter.html", at="residents", **shown)
    look_at_resident(resident=found.pk, page="phones", by=request.user)
    rows = keys_of(found.user)
    days = [(timezone.localdate(row.made_at), row.used_at and timezone.localdate(row.used_at)) for row in rows]
    status = 422 if form.errors else 200
    return desk(
        request,
        "case_worker/access/lost_phone.html",
        at="residents",
        status=status,
        resident=found,
        form=form,
        phones=days,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("give_roles")
def lost_second_step(request: DeskRequest, number: int) -> HttpResponse:
    """A colleague lost app or key: they set up a new one at the next log-in, and weighty roles are given anew."""
    found = User.objects.filter(pk=number).first()
    if found is None or not access.needs_second_factor(found, on=request.on):
        raise Http404
    form = SeenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            forget_second_factor(user=found, on=request.on, by=request.user)
        except SamePerson:
            told, tone = gettext("Somebody else has to do this for you."), "attention"
        else:
            told, tone = gettext("Forgotten. Your colleague sets up a new second step at the next log-in."), "paid"
        messages.add_message(request, messages.INFO, told, extra_tags=tone)
        return redirect("roles")
    status = 422 if form.errors else 200
    return desk(
        request, "case_worker/access/lost_second_step.html", at="roles", status=status, colleague=found, form=form
    )


@require_POST
@desk_page("change_settings")
def phones(request: DeskRequest) -> HttpResponse:
    """Switches logging in with one's own phone on or off for residents, by who does so."""
    switch_passkeys(on=request.POST.get("on") == "1", by=request.user)
    return redirect("roles")


urlpatterns = [
    path("inwoners/<int:number>/telefoon/", lost_phone, name="lost_phone"),
    path("toegang/tweede-stap/<int:number>/", lost_second_step, name="lost_second_step"),
    path("toegang/telefoons/", phones, name="switch_phones"),
]
