"""What if: another rent, an income lost, someone who moves in, an arrangement; beside how it is now, and not kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accessibility.foreseeing import what_if_sentences, what_if_title
from accessibility.languages import language_for
from accessibility.telling import Reader, html_of
from backend.web.desk.page import desk
from backend.web.forms import AmountField, DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.looks import look_at_resident
from budgeting.core.schedule import Recurrence
from budgeting.models import Agreement, Resident
from payments.actions.whatif import (
    WEEKS,
    Arrangement,
    Change,
    LosesIncome,
    MovesIn,
    NewRent,
    NotTheirs,
    Regular,
    what_if,
)
from payments.core.what_if import Outcome

MOST_TIMES = 120


@dataclass(frozen=True, slots=True)
class Way:
    """One way as it is shown: its name, its sentences, and the figures."""

    title: str
    sentences: tuple[str, ...]
    outcome: Outcome
    amounts: tuple[Decimal, ...] = ()


class WhatIfForm(PlainForm):
    """Each question may stay empty; those that are filled in are answered beside each other."""

    since = DayField(label=_("From which day?"))
    rent = AmountField(label=_("New rent, each month"), required=False)
    lost = forms.TypedChoiceField(label=_("Income that stops"), required=False, coerce=int, empty_value=None)
    moves_in_income = AmountField(label=_("Someone moves in: income each month"), required=False)
    moves_in_costs = AmountField(label=_("Someone moves in: costs each month"), required=False)
    instalment = AmountField(label=_("Arrangement: instalment each month"), required=False)
    times = forms.IntegerField(
        label=_("Arrangement: how many times"), min_value=1, max_value=MOST_TIMES, required=False
    )

    def __init__(self, *args: Any, on: date, incomes: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on
        lost = self.fields["lost"]
        assert isinstance(lost, forms.TypedChoiceField)
        lost.choices = [("", "-"), *incomes]

    def clean_since(self) -> date:
        """A day of the weeks that are looked at."""
        since: date = self.cleaned_data["since"]
        if not self.on <= since < self.on + timedelta(weeks=WEEKS):
            raise forms.ValidationError(_("Choose a day in the coming eight weeks."), code="outside")
        return since

    @property
    def changes(self) -> dict[str, list[Change]]:
        """What was asked, by the code of its words."""
        given = self.cleaned_data
        since: date = given["since"]
        monthly = Recurrence("month", since)
        found: dict[str, list[Change]] = {}
        if given["rent"]:
            found["new_rent"] = [NewRent(given["rent"], since)]
        if given["lost"]:
            found["loses_income"] = [LosesIncome(given["lost"], since)]
        if given["moves_in_income"] or given["moves_in_costs"]:
            found["moves_in"] = [MovesIn(since, *(_regular(given[f"moves_in_{kind}"], monthly) for kind in _KINDS))]
        if given["instalment"]:
            regular = Regular(given["instalment"], monthly, "debt_repayment")
            found["arrangement"] = [Arrangement(regular, since, given["times"] or MOST_TIMES)]
        return found


_KINDS = ("income", "costs")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("see_residents")
def ways(request: DeskRequest, number: int) -> HttpResponse:
    """How it is now, and beside it every change that was filled in; asked again, nothing of it is left."""
    found = resident_or_404(request, number)
    incomes = _incomes(found, request.on)
    first = _first_of_next_month(request.on)
    form = WhatIfForm(request.POST or None, on=request.on, incomes=incomes, initial={"since": first})
    changes: dict[str, list[Change]] = form.changes if form.is_valid() else {}
    try:
        outcomes = what_if(found, changes, on=request.on)
    except NotTheirs:
        form.add_error("lost", _("This income is not expected any more after that day."))
        outcomes = what_if(found, {}, on=request.on)
    look_at_resident(resident=found.pk, page="what_if", by=request.user)
    shown: dict[str, Any] = {
        "form": form,
        "resident": found,
        "ways": [_way(one, dict(incomes), changes, request) for one in outcomes],
    }
    status = 422 if form.errors else 200
    shown["since"] = form.cleaned_data["since"] if changes else None
    return desk(request, "case_worker/residents/what_if.html", at="residents", status=status, weeks=WEEKS, **shown)


def _way(outcome: Outcome, incomes: dict[int, str], changes: dict[str, list[Change]], request: DeskRequest) -> Way:
    lost = next((one.agreement for one in changes.get("loses_income", []) if isinstance(one, LosesIncome)), 0)
    reader = Reader(language_for(get_language()), request.on)
    spoken = what_if_sentences(outcome, weeks=WEEKS)
    title = html_of(what_if_title(outcome, what=incomes.get(lost, "")), reader)
    amounts = tuple(amount for change in changes.get(outcome.code, []) for amount in _amounts(change))
    return Way(title, tuple(html_of(one, reader) for one in spoken), outcome, amounts)


def _amounts(change: Change) -> tuple[Decimal, ...]:
    """What was filled in for a change: income above zero, costs below, so that both can stand beside each other."""
    match change:
        case NewRent(amount, _):
            return (amount,)
        case MovesIn(_, income, charges):
            return (*(one.amount for one in income), *(-one.amount for one in charges))
        case Arrangement(instalment, _, _):
            return (instalment.amount,)
        case _:
            return ()


def _regular(value: Decimal | None, recurrence: Recurrence) -> tuple[Regular, ...]:
    return (Regular(value, recurrence),) if value else ()


def _incomes(resident: Resident, on: date) -> list[tuple[int, str]]:
    rows = Agreement.objects.coming_in().in_force(on).filter(resident=resident).select_related("counterparty")
    return [(row.pk, f"{row.description or row.category}, {row.counterparty.name}") for row in rows.order_by("pk")]


def _first_of_next_month(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


urlpatterns = [path("inwoners/<int:number>/wat-als/", ways, name="what_if")]
