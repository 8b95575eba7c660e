"""Asking money back at a bank: a payment of ours, or a direct debit on our account; and accounts that were refused."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions import debits
from budgeting.actions.entries import NotWaiting, PartsDoNotAddUp
from budgeting.models import AccountStop, DebitDispute, Entry, Recall
from payments.actions import recalls, stops
from payments.models import PaymentOrder

REFUSED: dict[type[Exception], object] = {
    recalls.NoReason: _("Say why, in words."),
    recalls.NotToRecall: _("This payment is not with the other bank any more."),
    recalls.AlreadyAsked: _("Somebody asked for this already."),
    recalls.AlreadyAnswered: _("The answer was written down already."),
    debits.NoReason: _("Say why, in words."),
    debits.NotADirectDebit: _("This is no direct debit."),
    debits.TooLate: _("It is too late to ask this back."),
    debits.AlreadyDisputed: _("Somebody asked for this already."),
    debits.AlreadyAnswered: _("The answer was written down already."),
    stops.NoReason: _("Say why, in words."),
    stops.AlreadyLifted: _("A colleague was first. This is how it stands now."),
    NotWaiting: _("A colleague has decided this entry already."),
    PartsDoNotAddUp: _("This is another amount."),
}


class AskForm(PlainForm):
    """Why a payment is asked back."""

    why = forms.ChoiceField(choices=Recall.Why)
    reason = forms.CharField(max_length=200, required=False)


class DisputeForm(PlainForm):
    """On which ground a direct debit is asked back."""

    ground = forms.ChoiceField(choices=DebitDispute.Ground)
    reason = forms.CharField(max_length=200, required=False)


class AnswerForm(PlainForm):
    """What a bank said."""

    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    reason = forms.CharField(max_length=200, required=False)


@require_POST
@desk_page("assemble_batch")
def ask(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """Writes down that a payment was asked back."""
    order, given = _order(request, pk=number), _given(AskForm(request.POST))
    on, by = request.on, request.user
    return _done(request, _at(order), lambda: recalls.ask_recall(order=order, **given, on=on, by=by))


@require_POST
@desk_page("assemble_batch")
def answer(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """Writes down what the other bank said."""
    recall, order = _recall(request, number)
    given, on, by = _given(AnswerForm(request.POST)), request.on, request.user
    return _done(request, _at(order), lambda: recalls.answer_recall(recall=recall, **given, on=on, by=by))


@require_POST
@desk_page("decide_entries")
def came(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """A waiting entry is the money of a recall."""
    recall, order = _recall(request, number)
    back, on, by = _entry(request), request.on, request.user
    return _done(request, _at(order), lambda: recalls.recalled_money_came(recall=recall, back=back, on=on, by=by))


@require_POST
@desk_page("confirm_account")
def lift(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """An account that a bank refused can be paid after all."""
    row = AccountStop.objects.filter(pk=number).first()
    order = _order(request, end_to_end_id=row.end_to_end_id) if row else None
    if row is None or order is None:
        raise Http404
    why, on, by = request.POST.get("reason", "")[:200], request.on, request.user
    return _done(request, _at(order), lambda: stops.lift_stop(account_stop=row, reason=why, on=on, by=by))


@require_POST
@desk_page("decide_entries")
def dispute(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """Writes down that a direct debit was asked back."""
    entry = Entry.objects.filter(pk=number, waiting__isnull=False).first()
    if entry is None:
        raise Http404
    given, on, by = _given(DisputeForm(request.POST)), request.on, request.user
    return _done(request, _where(entry), lambda: debits.dispute_debit(entry=entry, **given, on=on, by=by))


@require_POST
@desk_page("decide_entries")
def dispute_answer(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """Writes down what our bank said."""
    row, given = _dispute(number), _given(AnswerForm(request.POST))
    on, by = request.on, request.user
    return _done(
        request, _where(row.entry), lambda: debits.answer_dispute(dispute=row, answer=given["answer"], on=on, by=by)
    )


@require_POST
@desk_page("decide_entries")
def dispute_came(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """A waiting entry is the money of a dispute."""
    row, back, on, by = _dispute(number), _entry(request), request.on, request.user
    return _done(request, reverse("bank"), lambda: debits.debit_came_back(dispute=row, back=back, on=on, by=by))


def _order(request: DeskRequest, **which: object) -> PaymentOrder:
    """An order of a resident this colleague may see."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    order = PaymentOrder.objects.filter(resident__in=visible, **which).first()
    if order is None:
        raise Http404
    return order


def _recall(request: DeskRequest, number: int) -> tuple[Recall, PaymentOrder]:
    recall = Recall.objects.filter(pk=number).first()
    if recall is None:
        raise Http404
    return recall, _order(request, end_to_end_id=recall.end_to_end_id)


def _dispute(number: int) -> DebitDispute:
    row = DebitDispute.objects.select_related("entry").filter(pk=number).first()
    if row is None:
        raise Http404
    return row


def _entry(request: DeskRequest) -> Entry:
    number = request.POST.get("entry", "")
    entry = Entry.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if entry is None:
        raise Http404
    return entry


def _given(form: PlainForm) -> dict[str, Any]:
    """What the buttons and boxes of our own pages send; anything else was not made by them."""
    if not form.is_valid():
        raise Http404
    return form.cleaned_data


def _at(order: PaymentOrder) -> str:
    return reverse("order", args=[order.pk])


def _where(entry: Entry) -> str:
    return reverse("waiting_entry", args=[entry.pk])


def _done(request: DeskRequest, address: str, change: Callable[[], object]) -> HttpResponseRedirect:
    told, tone = gettext("Done. This is how it stands now."), "paid"
    try:
        change()
    except tuple(REFUSED) as refused:
        told, tone = str(REFUSED[type(refused)]), "attention"
    messages.add_message(request, messages.INFO, told, extra_tags=tone)
    return redirect(address)


urlpatterns = [
    path("betalen/opdracht/<int:number>/terugvragen/", ask, name="ask_recall"),
    path("betalen/terugvraag/<int:number>/antwoord/", answer, name="answer_recall"),
    path("betalen/terugvraag/<int:number>/terug/", came, name="recall_came"),
    path("betalen/rekening/<int:number>/vrijgeven/", lift, name="lift_stop"),
    path("bank/wachtend/<int:number>/betwisten/", dispute, name="dispute"),
    path("bank/betwist/<int:number>/antwoord/", dispute_answer, name="answer_dispute"),
    path("bank/betwist/<int:number>/terug/", dispute_came, name="dispute_came"),
]
