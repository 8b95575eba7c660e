"""What moved in a resident's purse, and putting it right: reverse a movement, or let a bank entry wait again."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backend.desk.moved import BY_ONE, moved
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.entries import NothingToTakeBack, take_back
from budgeting.actions.ledger import AlreadyReversed, BalanceTooLow, reverse
from budgeting.actions.looks import look_at_resident
from budgeting.models import Allocation, JournalEntry

KINDS = {
    "opening": _("What was there at the start"),
    "entry": _("From the bank"),
    "allocation": _("Assigned"),
    "release": _("Sent to the bank"),
    "return": _("Came back"),
    "advance": _("Lent"),
    "repayment": _("Repaid"),
    "write_off": _("Borne by the municipality"),
    "reversal": _("Put right"),
}
REFUSED: dict[type[Exception], object] = {
    AlreadyReversed: _("A colleague was first. This is how it stands now."),
    NothingToTakeBack: _("This waits already, or follows a payment of our own."),
    BalanceTooLow: _("This cannot be undone any more: the money was used."),
}


@require_safe
@desk_page("decide_entries")
def purse(request: DeskRequest, number: int) -> HttpResponse:
    """Every movement, the latest first."""
    resident = resident_or_404(request, number)
    look_at_resident(resident=number, page="purse", by=request.user)
    page, rows = moved(resident, page=request.GET.get("page"))
    told = [(row, KINDS[row.movement.kind]) for row in rows]
    return desk(request, "case_worker/residents/moved.html", at="residents", resident=resident, page=page, rows=told)


@require_POST
@desk_page("decide_entries")
def reverse_movement(request: DeskRequest, number: int, movement: int) -> HttpResponseRedirect:
    """Books the exact opposite of a movement that a person made, with the reason."""
    resident_or_404(request, number)
    rows = JournalEntry.objects.filter(postings__account__resident=number, kind__in=BY_ONE, entry=None)
    row = rows.filter(pk=movement).distinct().first()
    if row is None:
        raise Http404
    reason, on = _reason(request), request.on
    return _done(request, number, reason, lambda: reverse(journal_entry=row, reason=reason, by=request.user, on=on))


@require_POST
@desk_page("decide_entries")
def let_wait(request: DeskRequest, number: int, entry: int) -> HttpResponseRedirect:
    """A bank entry was assigned wrongly: all its parts go back, and it waits for a person."""
    resident_or_404(request, number)
    said = Allocation.objects.standing().filter(entry=entry, resident=number).select_related("entry__statement").first()
    if said is None:
        raise Http404
    reason, on = _reason(request), request.on
    return _done(request, number, reason, lambda: take_back(entry=said.entry, reason=reason, on=on, by=request.user))


def _reason(request: DeskRequest) -> str:
    return request.POST.get("reason", "").strip()[:200]


def _done(request: DeskRequest, number: int, reason: str, change: Callable[[], object]) -> HttpResponseRedirect:
    told, tone = gettext("Put right. Nothing was thrown away: both movements stay."), "paid"
    try:
        if reason:
            change()
        else:
            told, tone = gettext("Say why, in words."), "attention"
    except tuple(REFUSED) as refused:
        told, tone = str(REFUSED[type(refused)]), "attention"
    messages.add_message(request, messages.INFO, told, extra_tags=tone)
    return redirect("purse", number)


urlpatterns = [
    path("inwoners/<int:number>/geld/", purse, name="purse"),
    path("inwoners/<int:number>/geld/<int:movement>/tegenboeken/", reverse_movement, name="reverse_movement"),
    path("inwoners/<int:number>/geld/boeking/<int:entry>/terug/", let_wait, name="let_wait"),
]
