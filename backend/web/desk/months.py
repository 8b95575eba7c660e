"""Months of the books: what is still open, close one, ask for one to be opened, open it as the second person."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from backend.desk.closing import MonthsTold, months_told
from backend.web.desk.batches import ReasonForm, SignForm
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.closing import (
    AlreadyAsked,
    AlreadyReopened,
    BooksDoNotTieOut,
    MonthNotOver,
    NoReason,
    NotTheNextMonth,
    OpenItemsChanged,
    ask_reopening,
    close_month,
    reopen_month,
)
from budgeting.actions.persons import SamePerson, is_one_of
from budgeting.models import MonthClosing, ReopeningRequest

REFUSED = {
    MonthNotOver: (_("This month is not over yet."), "attention"),
    NotTheNextMonth: (_("A colleague was first. This is how it stands now."), "attention"),
    BooksDoNotTieOut: (_("The books and the bank differ. First find out why."), "stop"),
    OpenItemsChanged: (_("Something changed since you looked. Look at it again."), "attention"),
    AlreadyAsked: (_("Somebody asked for this already."), "attention"),
    AlreadyReopened: (_("This month is open again already."), "attention"),
    SamePerson: (_("You asked for this yourself. Somebody else has to agree."), "attention"),
    NoReason: (_("Say why, in words."), "attention"),
}


@require_safe
@desk_page("close_month", "ask_reopening", "verify_books")
def book_months(request: DeskRequest) -> HttpResponse:
    """What is open of the next month, and the months that are closed."""
    told = months_told(on=request.on)
    return _page(request, told, _sign(request, told), ReasonForm())


@sensitive_post_parameters("code")
@require_POST
@desk_page("close_month")
def close(request: DeskRequest, month: str) -> HttpResponse:
    """Closes the month whose open items were on the page."""
    form = SignForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, months_told(on=request.on), form, ReasonForm())
    day, seen = _month(month), form.cleaned_data["digest"]
    return _done(
        request,
        lambda: close_month(month=day, seen=seen, on=request.on, by=request.user),
        gettext("The month is closed. Nothing is booked into it any more."),
    )


@require_POST
@desk_page("ask_reopening")
def ask(request: DeskRequest, number: int) -> HttpResponse:
    """Asks a second person to open the latest closed month again."""
    row = MonthClosing.objects.filter(pk=number).first()
    if row is None:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        told = months_told(on=request.on)
        return _page(request, told, _sign(request, told), form)
    reason = form.cleaned_data["reason"]
    return _done(
        request,
        lambda: ask_reopening(month=row, reason=reason, on=request.on, by=request.user),
        gettext("Asked. Somebody else has to agree."),
    )


@sensitive_post_parameters("code")
@require_POST
@desk_page("close_month")
def reopen(request: DeskRequest, number: int) -> HttpResponse:
    """Opens the month, as the second person."""
    row = ReopeningRequest.objects.select_related("closing", "asked_by").filter(pk=number).first()
    if row is None:
        raise Http404
    form = SignForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, months_told(on=request.on), form, ReasonForm())
    return _done(
        request,
        lambda: reopen_month(request=row, on=request.on, by=request.user),
        gettext("The month is open again. Close it once more when you are done."),
    )


def _sign(request: DeskRequest, told: MonthsTold) -> SignForm:
    digest = told.items.digest if told.items else "-"
    return SignForm(initial={"digest": digest}, request=request)


def _page(request: DeskRequest, told: MonthsTold, sign: SignForm, reason: ReasonForm) -> HttpResponse:
    wrong = sign if sign.errors else reason
    asked = getattr(told.latest, "request", None)
    shown = {
        "told": told,
        "form": wrong,
        "sign": sign,
        "reason": reason,
        "asked": asked,
        "own": asked is not None and is_one_of(request.user, [asked.asked_by]),
    }
    return desk(request, "case_worker/months.html", at="books", status=422 if wrong.errors else 200, **shown)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None


def _done(request: DeskRequest, change: Callable[[], object], done: str) -> HttpResponseRedirect:
    told, tone = done, "paid"
    try:
        change()
    except tuple(REFUSED) as refused:
        words, tone = REFUSED[type(refused)]
        told = str(words)
    messages.add_message(request, messages.INFO, told, extra_tags=tone)
    return redirect("book_months")


urlpatterns = [
    path("boeken/maanden/", book_months, name="book_months"),
    path("boeken/maanden/<str:month>/sluiten/", close, name="close_month"),
    path("boeken/maanden/<int:number>/vragen/", ask, name="ask_reopening"),
    path("boeken/maanden/<int:number>/openen/", reopen, name="reopen_month"),
]
