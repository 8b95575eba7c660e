"""Leefgeld at the counter: an extra payout, or another rhythm or amount; what it does is shown before the yes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accessibility.plain import amount_text
from accessibility.schedules import in_words
from backend.web.desk.page import desk
from backend.web.forms import AmountField, DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.looks import look_at_resident
from budgeting.core.schedule import Recurrence
from budgeting.models import Resident, Town
from payments.actions.extra import (
    Course,
    CoursesDiffer,
    NotToBePaidOut,
    change_way,
    courses,
    pay_extra,
    with_another_way,
    with_extra_payout,
)
from payments.actions.remainders import payouts_of
from payments.core.banking_days import first_execution_day
from payments.core.remainder import TooMuch

WAYS = [("1", _("Every week")), ("2", _("Every 2 weeks")), ("month", _("Every month"))]


class ExtraForm(PlainForm):
    """How much, and for what."""

    extra = AmountField(label=_("How much extra?"))
    reason = forms.CharField(label=_("What for?"), max_length=200)


class WayForm(PlainForm):
    """When leefgeld comes, and whether it is a fixed amount."""

    way = forms.ChoiceField(label=_("How often?"), choices=WAYS)
    first = DayField(
        label=_("The first time on"), help_text=_("Its weekday, or its day of the month, is the one that comes back.")
    )
    fixed = AmountField(
        label=_("A fixed amount"),
        help_text=_("Empty: as equal as can be. A fixed amount is less only where a charge needs it."),
        required=False,
    )
    why = forms.CharField(label=_("Why does the resident want this?"), max_length=200)

    def __init__(self, *args: Any, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on

    def clean_first(self) -> date:
        """A day that is not over."""
        first: date = self.cleaned_data["first"]
        if first < self.on:
            raise forms.ValidationError(_("Choose today or a later day."), code="past")
        return first

    @property
    def rhythm(self) -> Recurrence:
        """The rhythm that was filled in."""
        given = self.cleaned_data
        first: date = given["first"]
        if given["way"] == "month":
            return Recurrence("month", first, days=(first.day,))
        return Recurrence("week", first, int(given["way"]), weekdays=(first.isoweekday(),))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_residents")
def payouts(request: DeskRequest, number: int) -> HttpResponse:
    """The coming pay days; after asking, beside what they would be; after the yes, what they are."""
    found = resident_or_404(request, number)
    what, given = request.POST.get("what", ""), request.POST or None
    extra = ExtraForm(given if what == "extra" else None)
    way = WayForm(given if what == "way" else None, on=request.on)
    form: PlainForm | None = {"extra": extra, "way": way}.get(what)
    shown: tuple[Course, ...] | None = None
    if form is not None and form.is_valid():
        shown = _shown(request, found, form)
        if shown is not None and request.POST.get("yes") == _digest(shown) and _done(request, found, form, shown):
            return redirect("payouts", number)
    look_at_resident(resident=found.pk, page="payouts", by=request.user)
    asked: dict[str, Any] = {"shown": shown, "digest": _digest(shown) if shown is not None else "", "what": what}
    return _page(request, found, {"extra": extra, "way": way, "form": form} | asked)


def _page(request: DeskRequest, found: Resident, shown: dict[str, Any]) -> HttpResponse:
    form = shown["form"]
    town = Town.objects.get()
    first = _first(request, town)
    now = payouts_of(found, on=request.on, first=first, town=town)
    context = shown | {
        "resident": found,
        "coming": courses(now, now),
        "rhythm": in_words(Recurrence.from_dict(found.pay_rhythm)),
        "first": first,
    }
    status = 422 if form is not None and form.errors else 200
    return desk(request, "case_worker/residents/payouts.html", at="residents", status=status, **context)


def _shown(request: DeskRequest, found: Resident, form: PlainForm) -> tuple[Course, ...] | None:
    """What it does to the coming pay days; None when it cannot be, and then the form says why."""
    first = _first(request)
    if isinstance(form, WayForm):
        fixed = form.cleaned_data["fixed"]
        return with_another_way(found, rhythm=form.rhythm, fixed=fixed, on=request.on, first=first)
    try:
        return with_extra_payout(found, form.cleaned_data["extra"], on=request.on, first=first)
    except TooMuch as much:
        told = gettext("At most {most} can go out now. With more a charge would stay unpaid.")
        form.add_error("extra", told.format(most=amount_text(much.most)))
    return None


def _done(request: DeskRequest, found: Resident, form: PlainForm, seen: tuple[Course, ...]) -> bool:
    """Whether it was done; if not, the page says what has changed."""
    facts: dict[str, Any] = {"resident": found, "on": request.on, "first": _first(request), "by": request.user}
    try:
        if isinstance(form, WayForm):
            given = form.cleaned_data
            change_way(rhythm=form.rhythm, fixed=given["fixed"], reason=given["why"], **facts)
        else:
            given = form.cleaned_data
            pay_extra(extra=given["extra"], reason=given["reason"], seen=seen, **facts)
    except NotToBePaidOut as wrong:
        form.add_error(None, _PROBLEMS.get(wrong.what, _("This is not possible.")))
        return False
    except (CoursesDiffer, TooMuch):
        form.add_error(None, gettext("Money or charges have changed. Look again before you say yes."))
        return False
    told = gettext("Done. The coming payments follow it.")
    messages.add_message(request, messages.SUCCESS, told, extra_tags="paid")
    return True


_PROBLEMS = {
    "account": _("The resident has no account to pay to."),
    "often": _("There was an extra payment every day of this week already."),
}


def _digest(shown: Sequence[Course]) -> str:
    """What was looked at: a yes is to exactly this."""
    plain = [[one.on.isoformat(), f"{one.now:.2f}", f"{one.then:.2f}"] for one in shown]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _first(request: DeskRequest, town: Town | None = None) -> date:
    """The first day the bank can execute what is sent now."""
    cut_off = (town or Town.objects.get()).cut_off
    return first_execution_day(request.on, request.now.time(), cut_off)


urlpatterns = [path("inwoners/<int:number>/leefgeld/", payouts, name="payouts")]
