"""The participation sheet of a resident: make it, print it in their language, write down that they signed it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accessibility.choosing import channels_of
from accessibility.languages import language_for
from accessibility.letters.participation import letter_of_sheet
from accessibility.schedules import in_words
from backend.desk.first_sheet import make_first_sheet
from backend.web.desk.page import desk
from backend.web.desk.papers import as_pdf
from backend.web.forms import DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.looks import look_at_resident
from budgeting.actions.participation import (
    AlreadySigned,
    NotADayToSign,
    NothingChanged,
    NotTheLatest,
    differences,
    make_sheet,
    note_signed,
    what_it_says,
)
from budgeting.core.participation import PURPOSES
from budgeting.core.schedule import Recurrence
from budgeting.models import ParticipationSheet, Resident

SAID = {
    "receive": _("Receive income"),
    "pay": _("Pay fixed costs"),
    "payout": _("Pay out what is left"),
    "ahead": _("Look ahead and warn"),
    "tell": _("Talk with organisations that we pay"),
}
CHANNELS = {"paper": _("on paper"), "screen": _("on the page"), "text": _("by text message")}
KINDS = {
    "month": _("The month"),
    "payout": _("Money comes"),
    "payment_failed": _("A payment goes wrong"),
    "amount_changed": _("An amount changes"),
    "let_in": _("Somebody may look along"),
}
DIFFERS = {
    "purposes": _("the purposes"),
    "language": _("the language"),
    "channels": _("how messages come"),
    "pay_rhythm": _("the pay days"),
    "may_look": _("who may look along"),
}


class PurposesForm(PlainForm):
    """What the resident takes part in; the other choices are those of the file."""

    purposes = forms.MultipleChoiceField(
        label=_("What does the resident take part in?"),
        choices=[(purpose, SAID[purpose]) for purpose in PURPOSES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


class SignedForm(PlainForm):
    """When the resident signed."""

    signed_on = DayField(label=_("Signed on"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_residents")
def participation(request: DeskRequest, number: int) -> HttpResponse:
    """The sheet that holds and the earlier ones; posting makes a new one."""
    resident = resident_or_404(request, number)
    form = PurposesForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid() and _made(request, resident, form):
        return redirect("participation", number)
    return _page(request, resident, form=form)


@require_POST
@desk_page("change_residents")
def participation_paper(request: DeskRequest, number: int) -> HttpResponse:
    """The sheet as PDF, with room to sign."""
    sheet = _sheet(request, number)
    subject, who = f"participation_sheet:{number}", sheet.resident_id
    record(
        action="participation.sheet_printed", subject=subject, by=request.user, resident_id=who, version=sheet.version
    )
    return as_pdf(letter_of_sheet(sheet, on=request.on))


@require_POST
@desk_page("change_residents")
def participation_signed(request: DeskRequest, number: int) -> HttpResponse:
    """Writes down the day on which the resident signed."""
    sheet, form = _sheet(request, number), SignedForm(request.POST)
    if form.is_valid() and (done := _signed(request, sheet, form)):
        return done
    return _page(request, sheet.resident, signed=form)


def first_sheet(request: DeskRequest, resident: Resident) -> None:
    """What who registers somebody makes with them: everything we do, and the choices as they stand."""
    make_first_sheet(resident=resident, now=request.now, by=request.user)


def _made(request: DeskRequest, resident: Resident, form: PurposesForm) -> bool:
    channels, purposes = _channels(resident), form.cleaned_data["purposes"]
    try:
        make_sheet(resident=resident, purposes=purposes, channels=channels, now=request.now, by=request.user)
    except NothingChanged:
        form.add_error(None, gettext("The latest sheet says exactly this already."))
        return False
    told = gettext("The sheet is made. Print it, read it together, and let the resident sign.")
    messages.add_message(request, messages.SUCCESS, told, extra_tags="paid")
    return True


def _signed(request: DeskRequest, sheet: ParticipationSheet, form: SignedForm) -> HttpResponseRedirect | None:
    told, tone = gettext("Written down: the resident signed."), "paid"
    try:
        note_signed(sheet=sheet, signed_on=form.cleaned_data["signed_on"], on=request.on, by=request.user)
    except NotADayToSign:
        form.add_error("signed_on", gettext("Type a day since the sheet was made, today at the latest."))
        return None
    except (AlreadySigned, NotTheLatest):
        told, tone = gettext("A colleague was first. This is how it stands now."), "attention"
    messages.add_message(request, messages.INFO, told, extra_tags=tone)
    return redirect("participation", sheet.resident_id)


def _sheet(request: DeskRequest, number: int) -> ParticipationSheet:
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    rows = ParticipationSheet.objects.filter(resident__in=visible).select_related("resident")
    sheet = rows.filter(pk=number).first()
    if sheet is None:
        raise Http404
    return sheet


def _page(
    request: DeskRequest, resident: Resident, *, form: PurposesForm | None = None, signed: SignedForm | None = None
) -> HttpResponse:
    look_at_resident(resident=resident.pk, page="participation", by=request.user)
    rows = list(
        ParticipationSheet.objects.filter(resident=resident)
        .select_related("made_by", "signed_noted_by")
        .order_by("-version")
    )
    holds, purposes = (rows[0], rows[0].purposes) if rows else (None, list(PURPOSES))
    now = what_it_says(resident, purposes=purposes, channels=_channels(resident), now=request.now)
    wrong = next((one for one in (form, signed) if one and one.errors), None)
    return desk(
        request, "case_worker/residents/participation.html", at="residents", status=422 if wrong else 200,
        resident=resident, wrong=wrong, holds=holds, rows=[(row, _said(row.purposes)) for row in rows],
        chosen=_chosen(now), differs=[str(DIFFERS[name]) for name in differences(holds, now)] if holds else [],
        form=form or PurposesForm(initial={"purposes": purposes}),
        signed=signed or SignedForm(initial={"signed_on": request.on}),
    )  # fmt: skip


def _channels(resident: Resident) -> dict[str, str]:
    return {kind.value: channel.value for kind, channel in channels_of(resident).items()}


def _said(purposes: Iterable[str]) -> str:
    return ", ".join(str(SAID[purpose]) for purpose in purposes)


def _chosen(now: dict[str, Any]) -> list[tuple[str, str]]:
    """What the file says now, as the sheet would."""
    looks = ", ".join(one["name"] for one in now["may_look"])
    messages_by = [(str(KINDS[kind]), str(CHANNELS[channel])) for kind, channel in now["channels"].items()]
    return [
        (gettext("Language"), language_for(now["language"]).dutch_name),
        (gettext("Money to live on"), in_words(Recurrence.from_dict(now["pay_rhythm"]))),
        *messages_by,
        (gettext("Who may look along"), looks or gettext("nobody")),
    ]


urlpatterns = [
    path("inwoners/<int:number>/deelname/", participation, name="participation"),
    path("inwoners/deelname/<int:number>/papier/", participation_paper, name="participation_paper"),
    path("inwoners/deelname/<int:number>/getekend/", participation_signed, name="participation_signed"),
]
