"""Counterparties: find one, see accounts, departments, creditor ids and who uses it; add to it; merge two."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.plain import iban_text
from backend.desk.directory import CounterpartyFile, counterparty_file, counterparty_in_short, directory
from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.directory import (
    AlreadyMerged,
    CannotUndo,
    IbanUnderTwoNames,
    IsThereAlready,
    OtherOrganisation,
    Place,
    add_creditor_identifier,
    add_department,
    merge,
    undo_merge,
)
from budgeting.actions.looks import look_at_residents
from budgeting.core.creditor_identifier import NotACreditorIdentifier, creditor_identifier
from budgeting.models import Counterparty, CounterpartyMerge

Asked = Callable[..., CounterpartyFile | None]
NOT_AN_ID = {
    "shape": _("This is not a creditor id. It looks like NL12 ZZZ 12345678 0000."),
    "check_digits": _("There is a typing error in this creditor id."),
}


class DepartmentForm(PlainForm):
    """Where a department can be reached."""

    name = forms.CharField(label=_("Department"), max_length=100, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    town = forms.CharField(label=_("Town"), max_length=100, required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        """Something has to be known of it."""
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("street", "town", "phone")):
            self.add_error("street", _("Type an address or a phone number."))
        return cleaned


class CreditorForm(PlainForm):
    """An id by which an organisation collects."""

    value = forms.CharField(label=_("Creditor id"), help_text=_("It is printed on every direct debit."), max_length=50)

    def clean_value(self) -> str:
        """The id in its normal form."""
        try:
            return creditor_identifier(str(self.cleaned_data["value"]))
        except NotACreditorIdentifier as error:
            raise ValidationError(NOT_AN_ID[error.reason], code=error.reason) from error


@require_safe
@desk_page("change_agreements", "see_payments")
def counterparties(request: DeskRequest) -> HttpResponse:
    """All organisations, or those the box is about."""
    q = request.GET.get("q", "")[:60].strip()
    shown = directory(q=q, page=request.GET.get("page"))
    return desk(request, "case_worker/directory/list.html", at="residents", page=shown, sought=q)


@require_safe
@desk_page("change_agreements", "see_payments")
def counterparty(request: DeskRequest, number: int) -> HttpResponse:
    """One organisation."""
    return _page(request, _file(request, number))


@require_POST
@desk_page("change_agreements")
def add_to_counterparty(request: DeskRequest, number: int, what: str) -> HttpResponse:
    """A department or a creditor id."""
    file = _file(request, number)
    if what not in {"department", "creditor"}:
        raise Http404
    form = DepartmentForm(request.POST) if what == "department" else CreditorForm(request.POST)
    if form.is_valid() and _added(request, file.counterparty, form):
        return _told(request, number, gettext("Added."))
    return _page(request, file, form)


def _added(request: DeskRequest, row: Counterparty, form: PlainForm) -> bool:
    """Whether it was added; if not, the form says why."""
    try:
        if isinstance(form, DepartmentForm):
            add_department(counterparty=row, place=Place(**form.cleaned_data), on=request.on, by=request.user)
        else:
            add_creditor_identifier(counterparty=row, on=request.on, by=request.user, **form.cleaned_data)
    except IsThereAlready:
        form.add_error(None, gettext("This is known already."))
    except OtherOrganisation:
        form.add_error("value", gettext("This creditor id is of another organisation: its KvK number is different."))
    return not form.errors


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_agreements")
def merge_counterparties(request: DeskRequest, number: int, other: int) -> HttpResponse:
    """What it would mean that two are one; done by a yes."""
    kept, gone = _file(request, number, counterparty_in_short), _file(request, other, counterparty_in_short)
    refused = ""
    if request.method == "POST":
        try:
            merge(kept=kept.counterparty, gone=gone.counterparty, on=request.on, by=request.user)
        except IbanUnderTwoNames as error:
            refused = gettext(
                "Both have account {iban}, as “{kept}” and as “{gone}”. First find out whose it is."
            ).format(iban=iban_text(error.iban), kept=error.kept, gone=error.gone)
        except OtherOrganisation:
            refused = gettext("They have different KvK numbers, so they are not one organisation.")
        except AlreadyMerged:
            refused = gettext("One of the two was merged already.")
        else:
            return _told(request, number, gettext("Merged. You can undo this."))
    look_at_residents(residents=kept.residents | gone.residents, page=f"counterparty:{number}", by=request.user)
    status = 422 if refused else 200
    shown = {"kept": kept, "gone": gone, "files": [kept, gone], "refused": refused}
    return desk(request, "case_worker/directory/merge.html", at="residents", status=status, **shown)


@require_POST
@desk_page("change_agreements")
def undo_counterparty_merge(request: DeskRequest, number: int) -> HttpResponse:
    """What was moved goes back."""
    row = CounterpartyMerge.objects.select_related("kept", "gone").filter(pk=number).first()
    if row is None:
        raise Http404
    try:
        undo_merge(row=row, on=request.on, by=request.user)
    except CannotUndo:
        return _told(request, row.kept_id, gettext("This cannot be undone any more."), tone="stop")
    return _told(request, row.gone_id, gettext("Undone. They are two again."))


def _file(request: DeskRequest, number: int, asked: Asked = counterparty_file) -> CounterpartyFile:
    found = asked(number, visible=access.visible_residents(request.user, on=request.on, roles=request.roles))
    if found is None:
        raise Http404
    return found


def _page(request: DeskRequest, file: CounterpartyFile, form: PlainForm | None = None) -> HttpResponse:
    look_at_residents(residents=file.residents, page=f"counterparty:{file.counterparty.pk}", by=request.user)
    return desk(
        request,
        "case_worker/directory/counterparty.html",
        at="residents",
        status=422 if form else 200,
        file=file,
        row=file.counterparty,
        form=form,
        department=form if isinstance(form, DepartmentForm) else DepartmentForm(),
        creditor=form if isinstance(form, CreditorForm) else CreditorForm(),
    )


def _told(request: DeskRequest, number: int, what: str, *, tone: str = "paid") -> HttpResponseRedirect:
    messages.add_message(request, messages.INFO, what, extra_tags=tone)
    return redirect("counterparty", number)


urlpatterns = [
    path("tegenpartijen/", counterparties, name="counterparties"),
    path("tegenpartijen/<int:number>/", counterparty, name="counterparty"),
    path("tegenpartijen/<int:number>/<slug:what>/", add_to_counterparty, name="add_to_counterparty"),
    path("tegenpartijen/<int:number>/met/<int:other>/", merge_counterparties, name="merge_counterparties"),
    path("tegenpartijen/samen/<int:number>/terug/", undo_counterparty_merge, name="undo_counterparty_merge"),
]
