"""A participation that ends, on one page: begin it, see what is left, pay out, say that it has ended; and a death."""

from collections.abc import Callable
from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.letters.ending import closing_letter
from accessibility.letters.letter import values_of
from accessibility.letters.make import make
from backend.desk.ending import ending_facts, late_income
from backend.desk.waiting import waiting_facts
from backend.web.desk.page import desk
from backend.web.forms import DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.entries import NotWaiting
from budgeting.actions.looks import look_at_resident
from budgeting.core.endings import DIED
from budgeting.models import ParticipationEnd, Resident, Town
from payments.actions.death import (
    AlreadyReported,
    NotToDecide,
    NotYet,
    alive_after_all,
    decide_charge,
    note_heir,
    report_death,
    take_back_death,
)
from payments.actions.leaving import (
    AlreadyEnding,
    EndsTooEarly,
    NoReason,
    NotEnding,
    SomethingIsLeft,
    begin_ending,
    end_participation,
    pay_last,
    pay_on,
    standing_end,
    withdraw_ending,
)
from payments.core.banking_days import first_execution_day
from payments.models import PaymentOrder

WHY = [
    ("own_wish", _("The resident wants to stop")),
    ("moved", _("Moved to another town")),
    ("administrator", _("Somebody else manages the money from now on")),
    ("agreement_not_kept", _("The agreement was not kept")),
    ("other", _("Something else")),
]
LEFT = {
    "day_to_come": _("The last day is still to come."),
    "orders_to_send": _("There are payments that have to go out first, or to be decided."),
    "orders_sent": _("Payments are with the bank: wait for the statement."),
    "lent": _("Money is lent. It has to be repaid, or the municipality bears it."),
    "money": _("There is money left. Pay it out."),
    "nothing_to_pay": _("There is nothing to pay out."),
    "no_account": _("There is no account number to pay to."),
    "no_heir": _("First write down who speaks for the heirs."),
}
REFUSED: dict[type[Exception], object] = {
    AlreadyEnding: _("This ends already. This is how it stands now."),
    AlreadyReported: _("This was reported before. This is how it stands now."),
    NotEnding: _("A colleague was first. This is how it stands now."),
    NotToDecide: _("A colleague has decided this already."),
    NotYet: _("This day is still to come."),
    EndsTooEarly: _("This day has passed, or lies before the start."),
    NoReason: _("Say why, in words."),
    NotWaiting: _("A colleague has decided this entry already."),
}


# The form about a death stands beside the one about stopping: its fields need names of their own on the page.
DEATH = "death_%s"


class BeginForm(PlainForm):
    """Who stops, why, and from which day on."""

    why = forms.ChoiceField(label=_("Why?"), choices=WHY)
    reason = forms.CharField(label=_("In words"), max_length=200)
    ends_on = DayField(label=_("First day on which we pay nothing any more"))


class DeathForm(PlainForm):
    """When, and how we know."""

    died_on = DayField(label=_("Died on"))
    reason = forms.CharField(
        label=_("How do we know?"), max_length=200, help_text=_("For example: the daughter called.")
    )


class ReasonForm(PlainForm):
    """Why, in words."""

    reason = forms.CharField(label=_("Why?"), max_length=200)


class HeirForm(PlainForm):
    """Who speaks for the resident now."""

    name = forms.CharField(label=_("Name"), max_length=200)
    contact = forms.CharField(label=_("How to reach them"), max_length=200)
    proof = forms.CharField(label=_("Which paper did you see?"), max_length=200)


@require_safe
@desk_page("change_residents")
def ending(request: DeskRequest, number: int) -> HttpResponse:
    """How it ends, or the ways to let it end."""
    return _page(request, resident_or_404(request, number))


@require_POST
@desk_page("change_residents")
def begin(request: DeskRequest, number: int) -> HttpResponse:
    """From a day on nothing falls due any more."""
    resident, form = resident_or_404(request, number), BeginForm(request.POST)
    if not form.is_valid():
        return _page(request, resident, begin=form)
    given, by = form.cleaned_data, request.user
    return _done(request, resident, lambda: begin_ending(resident=resident, **given, on=request.on, by=by))


@require_POST
@desk_page("change_residents")
def died(request: DeskRequest, number: int) -> HttpResponse:
    """Stops everything at once."""
    resident, form = resident_or_404(request, number), DeathForm(request.POST, auto_id=DEATH)
    if not form.is_valid():
        return _page(request, resident, death=form)
    given, by = form.cleaned_data, request.user
    return _done(request, resident, lambda: report_death(resident=resident, **given, on=request.on, by=by))


@require_POST
@desk_page("change_residents")
def heir(request: DeskRequest, number: int) -> HttpResponse:
    """Writes down who speaks for the resident now."""
    resident, form = resident_or_404(request, number), HeirForm(request.POST)
    row = _standing(resident)
    if not form.is_valid():
        return _page(request, resident, heir=form)
    given = form.cleaned_data
    return _done(request, resident, lambda: note_heir(ending=row, **given, on=request.on, by=request.user))


@require_POST
@desk_page("change_residents")
def step(request: DeskRequest, number: int, what: str) -> HttpResponse:
    """One step: stay after all, pay the last money, it has ended, it was a mistake, the resident lives."""
    resident = resident_or_404(request, number)
    steps = _steps(request, resident)
    if what not in steps:
        raise Http404
    return _done(request, resident, steps[what])


@require_POST
@desk_page("change_residents")
def decide(request: DeskRequest, number: int) -> HttpResponse:
    """One charge of who died: paid, or not."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    order = PaymentOrder.objects.filter(resident__in=visible, pk=number).select_related("resident").first()
    if order is None:
        raise Http404
    pay, form = request.POST.get("pay") == "yes", ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, order.resident, undecided=(order.pk, form))
    why, on = form.cleaned_data["reason"], request.on
    return _done(
        request, order.resident, lambda: decide_charge(order=order, pay=pay, reason=why, on=on, by=request.user)
    )


@require_POST
@desk_page("decide_entries")
def pay_entry_on(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """Income that came after the end goes on to the resident."""
    facts = waiting_facts(
        number, visible=access.visible_residents(request.user, on=request.on, roles=request.roles), on=request.on
    )
    resident = resident_or_404(request, _number(request.POST.get("resident", "")))
    rows = late_income(facts.waiting, {resident.pk}) if facts else []
    if facts is None or not rows:
        raise Http404
    first = _first(request)
    return _done(
        request, resident,
        lambda: pay_on(entry=facts.entry, ending=rows[0], on=request.on, first=first, by=request.user),
    )  # fmt: skip


@require_http_methods(["POST"])
@desk_page("change_residents")
def closing_statement(request: DeskRequest, number: int) -> HttpResponse:
    """The closing statement as a letter; nobody writes in the name of who died."""
    resident = resident_or_404(request, number)
    row = _standing(resident)
    if row.why == DIED:
        raise Http404
    record(action="letter.closing", subject=f"resident:{number}", by=request.user, resident_id=number)
    made = make(values_of(closing_letter(row, on=request.on)))
    response = HttpResponse(made.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{resident.number}-closing.pdf"'
    return response


def _steps(request: DeskRequest, resident: Resident) -> dict[str, Callable[[], object]]:
    on, by, reason = request.on, request.user, request.POST.get("reason", "")[:200]
    if standing_end(resident) is None:
        return {"leeft": lambda: alive_after_all(resident=resident, reason=reason, on=on, by=by)}
    row = _standing(resident)
    return {
        "blijft": lambda: withdraw_ending(ending=row, on=on, by=by),
        "uitbetalen": lambda: pay_last(ending=row, on=on, first=_first(request), by=by),
        "klaar": lambda: end_participation(ending=row, on=on, by=by),
        "vergissing": lambda: take_back_death(ending=row, reason=reason, on=on, by=by),
    }


def _page(
    request: DeskRequest, resident: Resident, *, undecided: tuple[int, ReasonForm] | None = None, **wrong: PlainForm
) -> HttpResponse:
    look_at_resident(resident=resident.pk, page="ending", by=request.user)
    shown = {"begin": BeginForm(), "death": DeathForm(auto_id=DEATH), "heir": HeirForm(), "form": None} | wrong
    shown["form"] = undecided[1] if undecided else next(iter(wrong.values()), None)
    facts = ending_facts(resident, on=request.on)
    left = [LEFT[code] for code in facts.reasons]
    status = 422 if shown["form"] else 200
    return desk(
        request, "case_worker/residents/ending.html", at="residents", status=status, resident=resident, facts=facts,
        left=left, undecided=undecided[0] if undecided else None, **shown,
    )  # fmt: skip


def _done(request: DeskRequest, resident: Resident, change: Callable[[], object]) -> HttpResponseRedirect:
    told, tone = gettext("Done. This is how it stands now."), "paid"
    try:
        change()
    except SomethingIsLeft as refused:
        told, tone = " ".join(str(LEFT[code]) for code in refused.reasons), "attention"
    except tuple(REFUSED) as refused:
        told, tone = str(REFUSED[type(refused)]), "attention"
    messages.add_message(request, messages.INFO, told, extra_tags=tone)
    return redirect("ending", resident.pk)


def _standing(resident: Resident) -> ParticipationEnd:
    row = standing_end(resident)
    if row is None:
        raise Http404
    return row


def _first(request: DeskRequest) -> date:
    cut_off = Town.objects.values_list("cut_off", flat=True).get()
    return first_execution_day(request.on, request.now.time(), cut_off)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


urlpatterns = [
    path("inwoners/<int:number>/einde/", ending, name="ending"),
    path("inwoners/<int:number>/einde/beginnen/", begin, name="begin_ending"),
    path("inwoners/<int:number>/einde/overleden/", died, name="report_death"),
    path("inwoners/<int:number>/einde/erven/", heir, name="note_heir"),
    path("inwoners/<int:number>/einde/overzicht.pdf", closing_statement, name="closing_statement"),
    path("inwoners/<int:number>/einde/<str:what>/", step, name="ending_step"),
    path("betalen/opdracht/<int:number>/na-overlijden/", decide, name="decide_after_death"),
    path("bank/wachtend/<int:number>/doorbetalen/", pay_entry_on, name="pay_on"),
]
