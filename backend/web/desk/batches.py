"""One payment file: a second person checks and approves it, it goes to the bank, and the bank answers."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.reasons import order_reason
from backend.desk.payments import BatchFacts, batch_facts
from backend.web.desk.page import desk
from backend.web.desk.signing import FreshForm
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.access import NotAllowed
from budgeting.actions.audit import record
from budgeting.actions.looks import look_at_residents
from budgeting.actions.persons import is_one_of
from payments.actions.batches import (
    AdvanceNotAllowed,
    AlreadyDecided,
    ContentChanged,
    NotTheSecondPerson,
    approve_batch,
    cancel_batch,
    release_batch,
)
from payments.actions.checks import NotToBePaid
from payments.core.payment_file import CannotBePaid
from payments.models import PaymentBatch


class SignForm(FreshForm):
    """What approving and releasing ask: the content that was seen, and a fresh code."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReasonForm(PlainForm):
    """Why a file is not sent."""

    reason = forms.CharField(label=_("Why?"), max_length=200)


@require_safe
@desk_page("see_payments")
def batch(request: DeskRequest, number: int) -> HttpResponse:
    """The file as it is, with what changed since last month and the one next step."""
    facts = _facts(request, number)
    return _page(request, facts, SignForm(initial={"digest": facts.batch.digest}, request=request), ReasonForm())


@sensitive_post_parameters("code")
@require_POST
@desk_page("approve_batch")
def approve(request: DeskRequest, number: int) -> HttpResponse:
    """A second person says yes to exactly what was on the page."""
    facts = _facts(request, number)
    form = SignForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, facts, form, ReasonForm())
    digest = form.cleaned_data["digest"]
    return _done(
        request,
        facts.batch,
        lambda: approve_batch(batch=facts.batch, digest=digest, on=request.on, by=request.user),
        gettext("Approved. It can be sent to the bank now."),
    )


@sensitive_post_parameters("code")
@require_POST
@desk_page("release_batch")
def release(request: DeskRequest, number: int) -> HttpResponse:
    """Makes the bank's file, once."""
    facts = _facts(request, number)
    form = SignForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, facts, form, ReasonForm())
    return _done(
        request,
        facts.batch,
        lambda: release_batch(batch=facts.batch, now=request.now, by=request.user),
        gettext("The file for the bank is ready. Download it and give it to the bank."),
    )


@require_http_methods(["POST"])
@desk_page("assemble_batch", "approve_batch")
def cancel(request: DeskRequest, number: int) -> HttpResponse:
    """Lets the file go before it is sent; its payments are planned again."""
    facts = _facts(request, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, facts, SignForm(initial={"digest": facts.batch.digest}, request=request), form)
    reason = form.cleaned_data["reason"]
    return _done(
        request,
        facts.batch,
        lambda: cancel_batch(batch=facts.batch, reason=reason, on=request.on, by=request.user),
        gettext("The file is cancelled. Its payments are planned again."),
    )


@require_safe
@desk_page("release_batch")
def batch_file(request: DeskRequest, number: int) -> HttpResponse:
    """The bytes that were made at the release, the same every time; who downloads them is written down."""
    row = PaymentBatch.objects.filter(pk=number, content__isnull=False).first()
    if row is None or row.content is None:
        raise Http404
    record(action="batch.downloaded", subject=f"batch:{number}", by=request.user, sha256=row.content_sha256)
    response = HttpResponse(bytes(row.content), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{row.message_id}.xml"'
    return response


def _facts(request: DeskRequest, number: int) -> BatchFacts:
    facts = batch_facts(number, page=request.GET.get("page"))
    if facts is None:
        raise Http404
    return facts


def _page(request: DeskRequest, facts: BatchFacts, form: SignForm, reason: ReasonForm) -> HttpResponse:
    seen = {line.order.resident_id for line in (*facts.lines, *facts.changed)}
    look_at_residents(residents=seen, page=f"batch:{facts.batch.pk}", by=request.user)
    own = is_one_of(request.user, [facts.batch.assembled_by])
    wrong = form if form.errors else reason
    shown = {
        "facts": facts,
        "form": wrong,
        "sign": form,
        "reason": reason,
        "own": own,
        "passed": _has_passed(request, facts),
    }
    status = 422 if wrong.errors else 200
    return desk(request, "case_worker/payments/batch.html", at="payments", status=status, **shown)


def _has_passed(request: DeskRequest, facts: BatchFacts) -> bool:
    """Whether the file is still here while its day is over: no bank would carry it out."""
    return facts.batch.state in {"draft", "approved"} and facts.batch.execute_on < request.on


def _done(
    request: DeskRequest, row: PaymentBatch, change: Callable[[], PaymentBatch], told: str
) -> HttpResponseRedirect:
    """Does it, or says politely why not; either way the page shows how it stands now."""
    try:
        change()
    except NotAllowed:
        _say(request, gettext("Your role may not do this."), "stop")
    except NotTheSecondPerson:
        told = gettext(
            "You made this file, typed an account in it or get money from it. Somebody else has to approve it."
        )
        _say(request, told, "attention")
    except ContentChanged:
        _say(request, gettext("The file is not what you saw. Look at it again."), "stop")
    except AlreadyDecided:
        _say(request, gettext("A colleague was first. This is how it stands now."), "attention")
    except AdvanceNotAllowed:
        _say(
            request,
            gettext("There is not enough money any more for one of the payments. Cancel and make it again."),
            "stop",
        )
    except NotToBePaid as refusal:
        told = gettext("One of the payments may not go out any more: {reason}. Cancel this file and make it again.")
        _say(request, told.format(reason=order_reason(refusal.reason)), "stop")
    except CannotBePaid:
        _say(request, gettext("The day of payment has passed. Cancel this file and make it again."), "stop")
    else:
        _say(request, told, "paid")
    return redirect("batch", row.pk)


def _say(request: DeskRequest, told: str, tone: str) -> None:
    messages.add_message(request, messages.INFO, told, extra_tags=tone)


urlpatterns = [
    path("betalen/bestand/<int:number>/", batch, name="batch"),
    path("betalen/bestand/<int:number>/goedkeuren/", approve, name="approve"),
    path("betalen/bestand/<int:number>/versturen/", release, name="release"),
    path("betalen/bestand/<int:number>/annuleren/", cancel, name="cancel_batch"),
    path("betalen/bestand/<int:number>/bestand.xml", batch_file, name="batch_file"),
]
