"""Agreements: make one, see its dates and history, change the amount from a day, pause, skip a date, end."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.languages import language_for
from accessibility.plain import weekday_and_day_text
from backend.desk.counterparties import names
from backend.desk.resident_file import AgreementTold, agreement_told
from backend.web.desk.accounts import is_a_colleagues
from backend.web.desk.agreement_copies import blank, copied
from backend.web.desk.agreement_forms import AgreementForm, AmountForm, EndForm, PauseForm, SkipForm
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.agreements import (
    EndsBeforeItStarts,
    change_amount,
    end_agreement,
    make_agreement,
    pause_agreement,
    skip_due_date,
)
from budgeting.actions.looks import look_at_resident
from budgeting.actions.people import register_counterparty
from budgeting.models import Account, Agreement, Resident

Changes = dict[str, forms.Form]
MOST_DIGITS = 18  # more than the database can number


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_agreements")
def make(request: DeskRequest, number: int) -> HttpResponse:
    """A new agreement; the planning picks it up."""
    found = resident_or_404(request, number)
    form = AgreementForm(request.POST or None, resident=found, initial=_initial(request))
    if request.method == "POST" and form.is_valid() and not is_a_colleagues(request, form):
        return redirect("agreement", _make(request, found, form).pk)
    status = 422 if form.errors else 200
    shown = {"form": form, "resident": found, "names": names()}
    return desk(request, "case_worker/residents/make.html", at="residents", status=status, **shown)


def _initial(request: DeskRequest) -> dict[str, Any]:
    """An empty form, or with `van` all that stands in an agreement this colleague may see."""
    number = request.GET.get("van", "")
    if not number.isdecimal() or len(number) > MOST_DIGITS:
        return blank(request.on)
    return copied(_agreement(request, int(number)), on=request.on)


@transaction.atomic
def _make(request: DeskRequest, resident: Resident, form: AgreementForm) -> Agreement:
    given = form.cleaned_data
    account: Account = given["account"] or _new_account(request, given)
    assert account.counterparty is not None
    return make_agreement(
        resident=resident,
        counterparty=account.counterparty,
        account=account if given["direction"] == "out" else None,
        terms=form.terms,
        by=request.user,
    )


def _new_account(request: DeskRequest, given: dict[str, Any]) -> Account:
    counterparty = register_counterparty(name=given["name"], iban=given["iban"], on=request.on, by=request.user)
    return Account.objects.select_related("counterparty").get(counterparty=counterparty)


@require_safe
@desk_page("see_residents")
def agreement(request: DeskRequest, number: int) -> HttpResponse:
    """One agreement with its dates, its history and the ways to change it."""
    row = _agreement(request, number)
    look_at_resident(resident=row.resident_id, page=f"agreement:{number}", by=request.user)
    return _page(request, row, {})


@require_POST
@desk_page("change_agreements")
def change(request: DeskRequest, number: int, what: str) -> HttpResponse:
    """One of the four changes; what is wrong is told at the field and what was typed is kept."""
    row = _agreement(request, number)
    forms_of = _forms(row, request.on, request.POST, what)
    if what not in _ACTIONS:
        raise Http404
    form = forms_of[what]
    if form.is_valid() and _changed(request, row, what, form):
        messages.add_message(request, messages.SUCCESS, gettext("Changed."), extra_tags="paid")
        return redirect("agreement", number)
    return _page(request, row, forms_of, form)


def _changed(request: DeskRequest, row: Agreement, what: str, form: forms.Form) -> bool:
    """Whether the change was made; if not, the form says why."""
    try:
        with transaction.atomic():
            _ACTIONS[what](agreement=row, by=request.user, **form.cleaned_data)
    except EndsBeforeItStarts:
        form.add_error("valid_until", gettext("The last day has to be after the first."))
    except IntegrityError:
        form.add_error(None, gettext("For these days this was agreed already. Choose other days."))
    return not form.errors


def _skip(*, agreement: Agreement, by: Any, due_on: str, reason: str) -> object:
    return skip_due_date(agreement=agreement, by=by, due_on=date.fromisoformat(due_on), reason=reason)


_ACTIONS: dict[str, Callable[..., object]] = {
    "amount": change_amount,
    "pause": pause_agreement,
    "skip": _skip,
    "end": end_agreement,
}


def _agreement(request: DeskRequest, number: int) -> Agreement:
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    rows = Agreement.objects.filter(resident__in=visible).with_amount_or_first(request.on)
    related = rows.select_related("resident", "counterparty", "account").prefetch_related("pauses", "exceptions")
    row = related.filter(pk=number).first()
    if row is None:
        raise Http404
    return row


def _forms(row: Agreement, on: date, data: Any = None, what: str = "") -> Changes:
    told = agreement_told(row, on=on)
    dates, coming = _choices(told, on), {"valid_from": next(iter(told.dates), None)}
    return {
        "amount": AmountForm(data if what == "amount" else None, prefix="amount", initial=coming),
        "pause": PauseForm(data if what == "pause" else None, prefix="pause"),
        "skip": SkipForm(data if what == "skip" else None, prefix="skip", dates=dates),
        "end": EndForm(data if what == "end" else None, prefix="end"),
    }


def _choices(told: AgreementTold, on: date) -> list[tuple[str, str]]:
    language = language_for(get_language())
    return [(day.isoformat(), weekday_and_day_text(day, language, on=on)) for day in told.dates]


def _page(request: DeskRequest, row: Agreement, changes: Changes, form: forms.Form | None = None) -> HttpResponse:
    return desk(
        request,
        "case_worker/residents/agreement.html",
        at="residents",
        status=422 if form and form.errors else 200,
        told=agreement_told(row, on=request.on),
        resident=row.resident,
        amounts=list(row.amounts.select_related("made_by").order_by("-valid_from")),
        changes=changes or _forms(row, request.on),
        form=form,
    )


urlpatterns = [
    path("inwoners/<int:number>/afspraak/", make, name="make_agreement"),
    path("afspraken/<int:number>/", agreement, name="agreement"),
    path("afspraken/<int:number>/<slug:what>/", change, name="change_agreement"),
]
