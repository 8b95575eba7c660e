"""The settings of the town on one page: facts, languages, how clear pages are, and who changed what."""

import json
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accessibility import plain
from accessibility.clearness import clearness_since
from accessibility.events import in_words, who
from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.offered import LanguageNotComplete, Status, decide_language, decisions
from backend.desk.overviews import months_until
from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.town_facts import (
    FIELDS,
    ChangedMeanwhile,
    NotAFact,
    TownFacts,
    change_town_facts,
    facts_of_town,
)
from budgeting.models import AuditEvent, Town

HISTORY = ("town.facts_changed", "town.way_changed", "language.decided", "paper_codes.switched")
MOST_HISTORY = 30
_NL = LANGUAGES[FALLBACK]
_A_MONDAY = date(2026, 11, 2)
DAYS: list[tuple[int | str, object]] = [
    ("", _("not told")),
    *((number, plain.weekday_text(_A_MONDAY + timedelta(days=number), _NL)) for number in range(7)),
]
NAMES = {
    "phone": _("Telephone"),
    "address": _("Address"),
    "cut_off": _("The bank takes files until"),
    "first_weekday": _("Open from"),
    "last_weekday": _("Open up to and including"),
    "opens": _("Opens at"),
    "closes": _("Closes at"),
}
WRONG = {
    "phone": _("This is not a telephone number."),
    "address": _("Fill this in."),
    "last_weekday": _("Fill in all four opening hours, the first day before the last; or none."),
    "closes": _("It closes after it opens, both in whole hours up to 24."),
    "reason": _("Say why, in words."),
}

# What no town has: whoever sends a form that does not say what they saw is shown how it stands.
NEVER_SEEN = TownFacts("", "", time())


def _weekday(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=DAYS, coerce=int, empty_value=None, required=False)


def _hour(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=24, required=False)


class FactsForm(PlainForm):
    """The facts as they will be, why, and how they stood when the page was opened."""

    phone = forms.CharField(label=NAMES["phone"], max_length=20)
    address = forms.CharField(label=NAMES["address"], max_length=200)
    cut_off = forms.TimeField(
        label=NAMES["cut_off"], input_formats=["%H:%M"], help_text=_("A time like 13:00. Later goes out a day later."),
        error_messages={"invalid": _("Type a time like 13:00.")},
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    first_weekday, last_weekday = _weekday(NAMES["first_weekday"]), _weekday(NAMES["last_weekday"])
    opens, closes = _hour(NAMES["opens"]), _hour(NAMES["closes"])
    reason = forms.CharField(label=_("Why does this change?"), max_length=200)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=600)


class LanguageForm(PlainForm):
    """One language: off, a draft that says so, or checked by somebody whose language it is."""

    language = forms.ChoiceField(
        label=_("Which language?"), choices=[(c, one.dutch_name) for c, one in LANGUAGES.items() if c != FALLBACK]
    )
    status = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (Status.OFF.value, _("Off: residents read Dutch")),
            (Status.DRAFT.value, _("On, as a draft that says so")),
            (Status.CHECKED.value, _("On, and checked")),
        ],
    )
    reader = forms.CharField(
        label=_("Who checked it?"), max_length=200, required=False, help_text=_("Name, and why it is their language.")
    )
    reason = forms.CharField(label=_("Why?"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """Checked is checked by somebody."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("status") == Status.CHECKED and not cleaned.get("reader"):
            self.add_error("reader", gettext("Say who checked it."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_settings")
def town(request: DeskRequest) -> HttpResponse:
    """Everything at a glance; posting changes the facts."""
    if request.method != "POST":
        return _page(request)
    form = FactsForm(request.POST, auto_id="id_facts_%s")
    if form.is_valid() and _changed(request, form):
        return redirect("town")
    return _page(request, facts=form)


@require_POST
@desk_page("change_settings")
def town_language(request: DeskRequest) -> HttpResponse:
    """Decides about one language."""
    form = LanguageForm(request.POST, auto_id="id_language_%s")
    if form.is_valid():
        try:
            decide_language(on=request.on, by=request.user, **form.cleaned_data)
        except LanguageNotComplete:
            form.add_error("language", gettext("Not everything is translated yet. Residents would read Dutch in it."))
        else:
            messages.add_message(request, messages.SUCCESS, gettext("Decided. It holds from now on."), "paid")
            return redirect("town")
    return _page(request, language=form)


def _changed(request: DeskRequest, form: FactsForm) -> bool:
    facts, seen = TownFacts(**{name: form.cleaned_data[name] for name in FIELDS}), _seen(form.cleaned_data["seen"])
    given = {"facts": facts, "seen": seen or NEVER_SEEN, "reason": form.cleaned_data["reason"]}
    try:
        done = change_town_facts(on=request.on, by=request.user, **given)
    except NotAFact as wrong:
        form.add_error(wrong.field, WRONG[wrong.field])
    except ChangedMeanwhile as meanwhile:
        differs = [str(NAMES[name]) for name in FIELDS if _differs(name, meanwhile.now, seen)]
        told = gettext("A colleague changed this meanwhile: {what}. Look at it, and save again.")
        form.add_error(None, told.format(what=", ".join(differs)))
        form.data = {**request.POST.dict(), "seen": _as_text(meanwhile.now)}
    else:
        told = gettext("Changed.") if done else gettext("Nothing was different.")
        messages.add_message(request, messages.SUCCESS, told, "paid")
    return not form.errors


def _differs(name: str, now: TownFacts, seen: TownFacts | None) -> bool:
    return seen is None or getattr(now, name) != getattr(seen, name)


def _page(
    request: DeskRequest, *, facts: FactsForm | None = None, language: LanguageForm | None = None
) -> HttpResponse:
    now = facts_of_town(Town.objects.get())
    initial = {name: getattr(now, name) for name in FIELDS} | {"seen": _as_text(now)}
    # The latest of each kind is found in the index; of all kinds at once the database would read the chain backwards.
    kinds = [AuditEvent.objects.filter(action=one).order_by("-id")[:MOST_HISTORY] for one in HISTORY]
    events = kinds[0].union(*kinds[1:], all=True).order_by("-id")[:MOST_HISTORY]
    latest = decisions()
    return desk(
        request, "case_worker/town.html", at="today", status=422 if facts or language else 200,
        facts=facts or FactsForm(initial=initial, auto_id="id_facts_%s"),
        decide=language or LanguageForm(auto_id="id_language_%s"),
        wrong=facts or language,
        languages=[(one, latest.get(code)) for code, one in LANGUAGES.items() if code != FALLBACK],
        clear=[(one, LANGUAGES[one.language]) for one in clearness_since(months_until(request.on)[0])],
        history=[_told(event) for event in events],
    )  # fmt: skip


def _told(event: AuditEvent) -> tuple[AuditEvent, str, str, list[tuple[str, object, object]]]:
    return event, who(event.actor, event.body), in_words(event.action, event.body), _what(event)


def _what(event: AuditEvent) -> list[tuple[str, object, object]]:
    """Each fact with what it was and what it became."""
    told = json.loads(event.body)
    before, after = told.get("before") or {}, told.get("after") or {}
    names = [name for name in FIELDS if name in after]
    return [(str(NAMES[name]), _said(name, before.get(name)), _said(name, after[name])) for name in names]


def _said(name: str, value: Any) -> object:
    return dict(DAYS)[value] if name.endswith("weekday") and value is not None else value


def _as_text(facts: TownFacts) -> str:
    return json.dumps({name: str(getattr(facts, name)) for name in FIELDS})


def _seen(text: str) -> TownFacts | None:
    """How the facts stood when the page was opened; None when that cannot be read."""
    try:
        told = json.loads(text)
        hours = {name: None if told[name] == "None" else int(told[name]) for name in FIELDS[3:]}
        return TownFacts(told["phone"], told["address"], time.fromisoformat(told["cut_off"]), **hours)
    except (ValueError, KeyError, TypeError):
        return None


urlpatterns = [
    path("gemeente/", town, name="town"),
    path("gemeente/taal/", town_language, name="town_language"),
]
