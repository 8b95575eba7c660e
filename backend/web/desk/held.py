"""A file that was held: read why, type what is missing, take it in after all, or refuse it for good."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accessibility.problems import in_words, told
from backend.desk.held import HeldFacts, held_facts
from backend.web.desk.page import desk
from backend.web.forms import AmountField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.held import NotHeld, StillHeld, refuse
from budgeting.core.statement import Problem
from payments.actions.settle import take_up_statement


class TakeUpForm(PlainForm):
    """Why the file is booked after all; for a format without balances what stands on paper."""

    opening = AmountField(signed=True, label=_("Balance before the first entry"))
    closing = AmountField(signed=True, label=_("Balance after the last entry"))
    reason = forms.CharField(label=_("Why is it right?"), max_length=200)

    def __init__(self, *args: Any, needs_balances: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not needs_balances:
            del self.fields["opening"], self.fields["closing"]


class RefuseForm(PlainForm):
    """Why the file is never booked."""

    why = forms.CharField(label=_("Why not?"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("import_statements")
def held_statement(request: DeskRequest, number: int) -> HttpResponse:
    """The file, and both ways out; `do` is the button pressed."""
    facts = held_facts(number, on=request.on)
    if facts is None:
        raise Http404
    do = request.POST.get("do", "") if request.method == "POST" and facts.decision is None else ""
    needs = facts.ways.needs_balances
    form = TakeUpForm(request.POST if do == "take_up" else None, needs_balances=needs)
    refusing = RefuseForm(request.POST if do == "refuse" else None)
    if do == "take_up" and form.is_valid() and _take_up(request, facts, form):
        return redirect("bank")
    if do == "refuse" and refusing.is_valid() and _refuse(request, facts, refusing):
        return redirect("bank")
    if request.method == "POST" and facts.decision is None and (form.errors or refusing.errors):
        facts = held_facts(number, on=request.on) or facts  # a colleague may have decided just now
    status = 422 if form.errors or refusing.errors else 200
    return desk(
        request,
        "case_worker/bank/held.html",
        at="bank",
        status=status,
        facts=facts,
        form=form,
        refusing=refusing,
        wrong=refusing if refusing.errors else form,
    )


def _take_up(request: DeskRequest, facts: HeldFacts, form: TakeUpForm) -> bool:
    """Whether it is in now; if not, the form says why."""
    given = form.cleaned_data
    balances = (given["opening"], given["closing"]) if "opening" in form.fields else None
    try:
        result = take_up_statement(
            attempt=facts.attempt, reason=given["reason"], on=request.on, by=request.user, balances=balances
        ).result
    except StillHeld as held:
        for problem in held.problems:
            form.add_error(None, _typed_wrong(problem) if balances else told(problem))
    except NotHeld as decided:
        form.add_error(None, _decided_by(decided))
    else:
        booked = ngettext("Taken in: {n} new entry.", "Taken in: {n} new entries.", result.new).format(n=result.new)
        messages.add_message(request, messages.SUCCESS, booked, extra_tags="paid")
    return not form.errors


def _typed_wrong(problem: Problem) -> str:
    """What does not add up may have been typed wrong: the file need not be fetched again."""
    if problem.code != "does_not_balance":
        return told(problem)
    look = gettext("Look again at the statement on paper or in internet banking.")
    return f"{in_words(problem, file='').what} {look}"


def _refuse(request: DeskRequest, facts: HeldFacts, form: RefuseForm) -> bool:
    try:
        refuse(attempt=facts.attempt, reason=form.cleaned_data["why"], on=request.on, by=request.user)
    except NotHeld as decided:
        form.add_error(None, _decided_by(decided))
    else:
        messages.add_message(request, messages.SUCCESS, gettext("Refused for good."), extra_tags="paid")
    return not form.errors


def _decided_by(decided: NotHeld) -> str:
    return gettext("{who} has decided about this file already.").format(who=decided.who)
