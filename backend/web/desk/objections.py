"""Objections: written down at the counter, and answered before their day."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accessibility.letters.answer import NotAnswered, letter_of_answer
from backend.web.desk.page import desk
from backend.web.desk.papers import as_pdf
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.looks import look_at_resident
from budgeting.models import Resident
from payments.actions.objections import LONGEST, Answered, ObjectsAlready, answer_objection, make_objection
from payments.models import Objection, ShortageProposal

READ_OR_WRITE = ["GET", "HEAD", "POST"]
GRANTED = [("yes", _("The resident is right")), ("no", _("We see it in another way"))]


class ObjectForm(PlainForm):
    """What the resident says, in their own words."""

    words = forms.CharField(
        label=_("What is not right, in the resident's own words?"), max_length=LONGEST, widget=forms.Textarea
    )


class AnswerForm(PlainForm):
    """Yes or no, and the words that the resident reads."""

    granted = forms.ChoiceField(label=_("What do you answer?"), choices=GRANTED, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("Why, in words that the resident understands?"),
        help_text=_("The resident reads this. Write short sentences."),
        max_length=LONGEST,
        widget=forms.Textarea,
    )


@require_http_methods(READ_OR_WRITE)
@desk_page("change_residents")
def write_down(request: DeskRequest, number: int) -> HttpResponse:
    """The case worker writes down what the resident says; about a decision when `tekort` names one."""
    found = resident_or_404(request, number)
    proposal = _proposal(request, found)
    form = ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            made = make_objection(resident=found, words=words, on=request.on, by=request.user, proposal=proposal)
        except ObjectsAlready:
            form.add_error(None, gettext("About this an objection waits for its answer already. Answer that first."))
        else:
            return redirect("objection", made.pk)
    look_at_resident(resident=found.pk, page="objection", by=request.user)
    shown: dict[str, Any] = {"form": form, "resident": found, "proposal": proposal}
    status = 422 if form.errors else 200
    return desk(request, "case_worker/objections/write.html", at="residents", status=status, **shown)


@require_http_methods(READ_OR_WRITE)
@desk_page("decide_shortage")
def objection(request: DeskRequest, number: int) -> HttpResponse:
    """One objection, what it is about, and the answer: given once."""
    row = _objection(request, number)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            answer_objection(
                objection=row,
                granted=given["granted"] == "yes",
                answer=given["answer"],
                on=request.on,
                by=request.user,
            )
        except Answered:
            told = gettext("This was answered already.")
            messages.add_message(request, messages.INFO, told, extra_tags="attention")
        return redirect("objection", number)
    look_at_resident(resident=row.resident_id, page=f"objection:{number}", by=request.user)
    status = 422 if form.errors else 200
    shown: dict[str, Any] = {"form": form, "objection": row, "resident": row.resident}
    return desk(request, "case_worker/objections/objection.html", at="residents", status=status, **shown)


@require_POST
@desk_page("decide_shortage")
def answer_letter(request: DeskRequest, number: int) -> HttpResponse:
    """The answer as a letter; that it was made is kept."""
    row = _objection(request, number)
    try:
        letter = letter_of_answer(row, on=request.on)
    except NotAnswered:
        raise Http404 from None
    record(action="objection.told", subject=f"objection:{row.pk}", by=request.user, resident_id=row.resident_id)
    return as_pdf(letter)


def _proposal(request: DeskRequest, resident: Resident) -> ShortageProposal | None:
    number = request.GET.get("tekort", "")
    if not number:
        return None
    found = ShortageProposal.objects.filter(resident=resident, pk=number).first() if _is_key(number) else None
    if found is None:
        raise Http404
    return found


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _objection(request: DeskRequest, number: int) -> Objection:
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    rows = Objection.objects.filter(resident__in=visible)
    found = rows.select_related("resident", "proposal", "order", "made_by", "answered_by").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("inwoners/<int:number>/bezwaar/", write_down, name="make_objection"),
    path("inwoners/bezwaar/<int:number>/", objection, name="objection"),
    path("inwoners/bezwaar/<int:number>/brief/", answer_letter, name="answer_letter"),
]
