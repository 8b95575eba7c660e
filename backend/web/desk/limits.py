"""Limits on money: what they are, what is proposed, who confirmed what; a change takes two people."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backend.web.desk.page import desk
from backend.web.desk.signing import FreshForm
from backend.web.forms import AmountField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.looks import look_at_residents
from budgeting.actions.persons import SamePerson, is_one_of
from budgeting.models import Town
from budgeting.models.people import ResidentQuerySet
from payments.actions.limit_changes import (
    TOWN_LIMITS,
    LimitAlreadyProposed,
    LimitDecided,
    LimitMoved,
    NoChange,
    confirm_limit,
    propose_limit,
    withdraw_limit,
)
from payments.models import LimitChange

MOST_HISTORY = 50
NAMES = {
    LimitChange.Limit.ORDER: _("One payment"),
    LimitChange.Limit.RESIDENT_DAY: _("One resident on one day"),
    LimitChange.Limit.BATCH: _("All files that are made at once"),
    LimitChange.Limit.DAY: _("All files of one day together"),
    LimitChange.Limit.ADVANCE: _("What may be lent to one resident"),
}


class LimitForm(PlainForm):
    """Another limit, of the town or of one resident's advance."""

    limit = forms.ChoiceField(label=_("Which limit?"), choices=[("", "-"), *NAMES.items()])
    number = forms.CharField(
        label=_("Number of the resident"),
        help_text=_("Only for what may be lent, for example R000012."),
        max_length=20,
        required=False,
    )
    value = AmountField(label=_("New limit"), signed=True, help_text=_("In euro, for example 6000."))
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def __init__(self, *args: Any, visible: ResidentQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.visible = visible

    def clean(self) -> dict[str, Any]:
        """An advance limit is of one resident, every other limit of nobody."""
        cleaned = super().clean() or {}
        wanted = str(cleaned.get("number", "")).strip().upper()
        of_one = cleaned.get("limit") == LimitChange.Limit.ADVANCE
        cleaned["resident"] = self.visible.filter(number=wanted).first() if of_one else None
        if of_one and cleaned["resident"] is None:
            told = _("There is no resident with this number that you may see.")
            self.add_error("number", ValidationError(told, code="resident"))
        return cleaned


class YesForm(FreshForm):
    """A second person's yes."""


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("propose_limit", "confirm_limit")
def limits(request: DeskRequest) -> HttpResponse:
    """The limits as they are, what is proposed, and what was; posting proposes another one."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    form = LimitForm(request.POST or None, visible=visible)
    if request.method == "POST" and form.is_valid() and _proposed(request, form):
        return _after(request, gettext("Proposed. A second person has to confirm it."))
    return _page(request, form)


@sensitive_post_parameters("code")
@require_POST
@desk_page("confirm_limit")
def confirm(request: DeskRequest, number: int) -> HttpResponse:
    """A second person says yes, with a fresh code."""
    change, form = _change(number), _yes(request, number, request.POST)
    done = form.is_valid() and _done(form, lambda: confirm_limit(change=change, on=request.on, by=request.user))
    return _after(request, gettext("Confirmed. The new limit holds from now on.")) if done else _page(request, form)


@require_POST
@desk_page("propose_limit", "confirm_limit")
def withdraw(request: DeskRequest, number: int) -> HttpResponse:
    """The proposal is taken back."""
    change, form = _change(number), PlainForm(request.POST)
    done = form.is_valid() and _done(form, lambda: withdraw_limit(change=change, on=request.on, by=request.user))
    return _after(request, gettext("The proposal is taken back.")) if done else _page(request, form)


def _proposed(request: DeskRequest, form: LimitForm) -> bool:
    given = {name: form.cleaned_data[name] for name in ("limit", "value", "reason", "resident")}
    return _done(form, lambda: propose_limit(on=request.on, by=request.user, **given))


def _done(form: forms.Form, change: Callable[[], object]) -> bool:
    """Whether it was done; if not, the form says why."""
    try:
        change()
    except NoChange:
        form.add_error("value", gettext("This is the limit already, or no amount a limit can be."))
    except LimitAlreadyProposed:
        form.add_error("limit", gettext("A change of this limit waits for a second person already."))
    except SamePerson:
        form.add_error(None, gettext("You proposed this yourself. Somebody else has to confirm it."))
    except LimitDecided:
        form.add_error(None, gettext("A colleague was first. This is how it stands now."))
    except LimitMoved:
        form.add_error(None, gettext("The limit was changed meanwhile. Take the proposal back and make it again."))
    return not form.errors


def _change(number: int) -> LimitChange:
    change = LimitChange.objects.filter(pk=number).first()
    if change is None:
        raise Http404
    return change


def _after(request: DeskRequest, said: str) -> HttpResponse:
    messages.add_message(request, messages.SUCCESS, said, extra_tags="paid")
    return redirect("limits")


def _page(request: DeskRequest, form: forms.Form) -> HttpResponse:
    rows = LimitChange.objects.select_related("resident", "proposed_by", "confirmed_by", "withdrawn_by")
    waiting = list(rows.filter(confirmed_on=None, withdrawn_on=None).order_by("pk"))
    history = list(rows.exclude(confirmed_on=None, withdrawn_on=None).order_by("-pk")[:MOST_HISTORY])
    seen = {change.resident_id for change in (*waiting, *history) if change.resident_id}
    look_at_residents(residents=seen, page="limits", by=request.user)
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    return desk(
        request,
        "case_worker/payments/limits.html",
        at="payments",
        status=422 if form.errors else 200,
        now=_now(),
        waiting=[
            (
                change,
                _name(change),
                is_one_of(request.user, [change.proposed_by]),
                form if form.auto_id == _ids(change.pk) else _yes(request, change.pk),
            )
            for change in waiting
        ],
        history=[(change, _name(change)) for change in history],
        form=form,
        propose=form if isinstance(form, LimitForm) else LimitForm(visible=visible),
    )


def _yes(request: DeskRequest, number: int, data: Any = None) -> YesForm:
    """The form of one proposal: several may stand on the page, each with ids of its own."""
    return YesForm(data, request=request, auto_id=_ids(number))


def _ids(number: int) -> str:
    return f"id_{number}_%s"


def _name(change: LimitChange) -> str:
    return str(NAMES[LimitChange.Limit(change.limit)])


def _now() -> list[tuple[str, Decimal]]:
    town = Town.objects.get()
    return [(str(NAMES[LimitChange.Limit(limit)]), getattr(town, field)) for limit, field in TOWN_LIMITS.items()]


urlpatterns = [
    path("betalen/grenzen/", limits, name="limits"),
    path("betalen/grenzen/<int:number>/bevestigen/", confirm, name="confirm_limit"),
    path("betalen/grenzen/<int:number>/terugnemen/", withdraw, name="withdraw_limit"),
]
