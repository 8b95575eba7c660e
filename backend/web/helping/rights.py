"""A resident's own data, as buttons at the desk: a copy on screen or paper, correct, restrict, erase; and the BSN."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backend.own_data import own_data
from backend.web.desk.page import desk
from backend.web.forms import DayField, PlainForm, not_to_come
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.looks import look_at_resident
from budgeting.actions.numbers import NoNumber, NumberIsKnown, keep_number, number_of
from budgeting.actions.rights import (
    CORRECTED,
    CorrectedMeanwhile,
    NotErasedYet,
    NothingToCorrect,
    correct_resident,
    erase,
    is_restricted,
    lift,
    note_copy,
    restrict,
)
from budgeting.core.bsn import NotABsn, bsn
from budgeting.models import PersonalNumber, PrivacyRequest, Resident


class CorrectForm(PlainForm):
    """What may be wrong about a person."""

    first_names = forms.CharField(label=_("First names"), max_length=200)
    last_name = forms.CharField(label=_("Last name"), max_length=200)
    birth_date = DayField(label=_("Date of birth"), required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=20, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    town = forms.CharField(label=_("Town"), max_length=100, required=False)

    def __init__(self, *args: Any, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def typed(self) -> dict[str, Any]:
        """What is other than it was on the page; nothing else is written over what a colleague corrected."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    @property
    def seen(self) -> dict[str, Any]:
        """What stood on the page; a field whose value then is not told is left out."""
        told = {name: self.data.get(self.add_initial_prefix(name)) for name in self.fields}
        return {name: _read(self.fields[name], value) for name, value in told.items() if value is not None}

    def show_now(self, now: Mapping[str, Any]) -> None:
        """Says what a colleague corrected meanwhile; saving again is then a choice."""
        what = ", ".join(f"{self.fields[name].label}: {value or '-'}" for name, value in now.items())
        told = gettext("A colleague changed this meanwhile: {what}. Look at it, and save again.")
        self.add_error(None, told.format(what=what))
        self.data = {
            **{name: self.data[name] for name in self.data},
            **{self.add_initial_prefix(name): value for name, value in now.items()},
        }

    def clean_birth_date(self) -> date | None:
        """Nobody is born after today."""
        return not_to_come(self.cleaned_data["birth_date"], on=self.on)


def _read(field: forms.Field, value: Any) -> Any:
    """What the hidden value of a field says; the text itself when it is no such value."""
    try:
        return field.to_python(value)
    except forms.ValidationError:
        return value


class NotRepeated(forms.TextInput):
    """A field that never shows what was typed in it before."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


class NumberForm(PlainForm):
    """A BSN and the ground on which we keep it."""

    number = forms.CharField(label=_("BSN"), max_length=20, widget=NotRepeated(attrs={"autocomplete": "off"}))
    basis = forms.CharField(label=_("On what ground do we keep it?"), max_length=200)

    def clean_number(self) -> str:
        """Nine digits that pass the eleven-test; what was typed is never repeated."""
        try:
            return bsn(str(self.cleaned_data["number"]))
        except NotABsn as error:
            raise forms.ValidationError(_("This BSN is not right."), code="bsn") from error


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("answer_for_resident")
def own_data_page(request: DeskRequest, number: int) -> HttpResponse:
    """The buttons, what was asked before, and the form to correct."""
    found = resident_or_404(request, number)
    form = CorrectForm(request.POST or None, on=request.on, initial={name: getattr(found, name) for name in CORRECTED})
    if request.method == "POST" and form.is_valid():
        try:
            correct_resident(resident=found, details=form.typed, seen=form.seen, on=request.on, by=request.user)
        except NothingToCorrect:
            form.add_error(None, gettext("This is what we knew already."))
        except CorrectedMeanwhile as meanwhile:
            form.show_now(meanwhile.now)
        else:
            _say(request, gettext("It is corrected."))
            return redirect("own_data", number)
    return _page(request, found, form=form, status=422 if form.errors else 200)


@require_POST
@desk_page("answer_for_resident")
def copy(request: DeskRequest, number: int) -> HttpResponse:
    """A copy of everything: a file, or a page to print."""
    found = resident_or_404(request, number)
    note_copy(resident=found, on=request.on, by=request.user)
    data = own_data(found)
    if request.POST.get("as") == "paper":
        return desk(request, "case_worker/access/copy.html", at="residents", resident=found, tables=_tables(data))
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.json"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


@require_POST
@desk_page("answer_for_resident")
def ask(request: DeskRequest, number: int) -> HttpResponse:
    """Restrict, lift or erase, with the resident's reason."""
    found = resident_or_404(request, number)
    reason, what = request.POST.get("reason", "").strip(), request.POST.get("what", "")
    if what == "restrict":
        restrict(resident=found, reason=reason, on=request.on, by=request.user)
    elif what == "lift":
        lift(resident=found, reason=reason, on=request.on, by=request.user)
    elif what == "erase":
        try:
            erase(resident=found, reason=reason, now=request.now, on=request.on, by=request.user)
        except NotErasedYet:
            _say(request, gettext("As long as the resident takes part, we need these data to pay. Stop first."))
    else:
        raise Http404
    return redirect("own_data", number)


@sensitive_post_parameters("number")
@require_POST
@desk_page("answer_for_resident")
def personal_number(request: DeskRequest, number: int) -> HttpResponse:
    """Shows the BSN once, which the resident reads in who looked; or keeps a new one."""
    found = resident_or_404(request, number)
    if request.POST.get("show") == "1":
        look_at_resident(resident=found.pk, page="number", by=request.user)
        try:
            return _page(request, found, shown=number_of(found))
        except NoNumber as none:
            raise Http404 from none
    form = NumberForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            keep_number(resident=found, number=given["number"], basis=given["basis"], now=request.now, by=request.user)
        except NumberIsKnown:
            # The same words as for a wrong one, so that nobody learns who has which number.
            form.add_error("number", gettext("This BSN is not right."))
        else:
            _say(request, gettext("The BSN is kept, sealed."))
            return redirect("own_data", number)
    return _page(request, found, number_form=form, status=422)


def _page(request: DeskRequest, resident: Resident, *, status: int = 200, **more: Any) -> HttpResponse:
    look_at_resident(resident=resident.pk, page="resident", by=request.user)
    shown = {
        "form": CorrectForm(on=request.on, initial={name: getattr(resident, name) for name in CORRECTED}),
        "number_form": NumberForm(),
        "has_number": PersonalNumber.objects.filter(resident=resident).exists(),
        "restricted": is_restricted(resident),
        "asked": PrivacyRequest.objects.filter(resident=resident).select_related("by").order_by("-pk")[:20],
        "resident": resident,
    }
    return desk(request, "case_worker/access/own_data.html", at="residents", status=status, **(shown | more))


def _tables(data: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Each table with its rows as lines of name and value, for paper."""
    return [(name, [_line(row) for row in (rows if isinstance(rows, list) else [rows])]) for name, rows in data.items()]


def _line(row: Any) -> str:
    if not isinstance(row, dict):
        return str(row)
    return ", ".join(f"{name}: {value}" for name, value in row.items() if value not in (None, "", []))


def _say(request: DeskRequest, words: str) -> None:
    messages.add_message(request, messages.INFO, words, extra_tags="paid")


urlpatterns = [
    path("inwoners/<int:number>/gegevens/", own_data_page, name="own_data"),
    path("inwoners/<int:number>/gegevens/kopie/", copy, name="copy_own_data"),
    path("inwoners/<int:number>/gegevens/verzoek/", ask, name="ask_about_data"),
    path("inwoners/<int:number>/gegevens/bsn/", personal_number, name="personal_number"),
]
