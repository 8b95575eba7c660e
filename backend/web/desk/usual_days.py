"""When new residents usually get their money: a setting of the town, filled in for whoever registers somebody."""

import json
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accessibility import plain
from accessibility.events import who
from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.schedules import in_words
from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.usual_days import FIELDS, NotUsual, change_usual_days
from budgeting.core.schedule import LAST_DAY, Recurrence
from budgeting.core.usual_days import first_usual_day
from budgeting.models import AuditEvent, Town

MOST_HISTORY = 30
_A_MONDAY = date(2026, 11, 2)
_WEEKDAYS = [
    (f"week:{number + 1}", plain.weekday_text(_A_MONDAY + timedelta(days=number), LANGUAGES[FALLBACK]))
    for number in range(7)
]
_MONTH = [*((f"month:{day}", str(day)) for day in range(1, 29)), (f"month:{LAST_DAY}", _("the last day"))]


class UsualForm(PlainForm):
    """Every how many weeks or months, on which day."""

    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=12)
    day = forms.ChoiceField(
        label=_("On which day?"), required=False,
        choices=[("", _("No usual day")), (_("of the week"), _WEEKDAYS), (_("of the month"), _MONTH)],
    )  # fmt: skip
    reason = forms.CharField(label=_("Why does this change?"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_settings")
def usual_days(request: DeskRequest) -> HttpResponse:
    """How it is, what that means for who comes today, and who changed it."""
    town = Town.objects.get()
    day = "" if town.pays_on is None else f"{town.pays_unit}:{town.pays_on}"
    form = UsualForm(request.POST or None, initial={"every": town.pays_every, "day": day})
    if request.method == "POST" and form.is_valid() and _kept(request, form):
        return redirect("usual_days")
    events = AuditEvent.objects.filter(action="town.usual_days_changed").order_by("-id")[:MOST_HISTORY]
    return desk(
        request, "case_worker/usual_days.html", at="today", status=422 if form.errors else 200, form=form,
        now=_said(town.pays_unit, town.pays_every, town.pays_on),
        first=usual_rhythm(on=request.on).get("starts_on"),
        history=[(event, who(event.actor, event.body), *_changed(event)) for event in events],
    )  # fmt: skip


def usual_rhythm(*, on: date) -> dict[str, Any]:
    """What a form with a rhythm begins with, for who is registered on a day; nothing when the town has no usual day."""
    town = Town.objects.first()
    if town is None or town.pays_on is None:
        return {}
    first, last = first_usual_day(town.pays_unit, town.pays_on, on=on), town.pays_on == LAST_DAY
    return {"unit": town.pays_unit, "every": town.pays_every, "starts_on": first, "last_day": last}


def _kept(request: DeskRequest, form: UsualForm) -> bool:
    given = form.cleaned_data
    unit, _sign, day = given["day"].partition(":")
    try:
        done = change_usual_days(
            unit=unit or "week", every=given["every"], day=int(day) if day else None, reason=given["reason"],
            on=request.on, by=request.user,
        )  # fmt: skip
    except NotUsual as wrong:
        name = {"pays_on": "day", "pays_every": "every"}.get(wrong.field, "reason")
        form.add_error(name, gettext("Fill this in."))
        return False
    told = gettext("Changed.") if done else gettext("Nothing was different.")
    messages.add_message(request, messages.SUCCESS, told, "paid")
    return True


def _said(unit: str, every: int, day: int | None) -> str:
    if day is None:
        return gettext("No usual day")
    days = {"weekdays": (day,)} if unit == "week" else {"days": (day,)}
    return in_words(Recurrence(unit, _A_MONDAY, every, **days))


def _changed(event: AuditEvent) -> tuple[str, str, str]:
    told = json.loads(event.body)
    was, became = ([told[when][name] for name in FIELDS] for when in ("before", "after"))
    return _said(*was), _said(*became), told["reason"]


urlpatterns = [path("gemeente/betaaldagen/", usual_days, name="usual_days")]
