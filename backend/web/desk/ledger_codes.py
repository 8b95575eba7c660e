"""The ledger codes of the town's financial system: one field for each ledger account and each category."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accessibility.events import in_words, who
from backend.desk.categories import choices
from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.ledger_codes import CodesChangedMeanwhile, codes_at, last_code, set_codes
from budgeting.core.ledger_codes import ACCOUNTS, CODE
from budgeting.models import AuditEvent

MOST_HISTORY = 30
NAMES = {
    "bank": _("Bank account"),
    "resident": _("Money of residents"),
    "advance": _("Lent to residents"),
    "suspense": _("Received, not known whose"),
    "in_transit": _("On its way to the bank"),
    "own": _("The municipality's own"),
}


class CodesForm(PlainForm):
    """Every code, empty where there is none; `seen` is the last change that was on the page."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wrong = _("A code begins with B or W, and then groups like Lim: BLimBan.")
        for key, name in named():
            field = forms.RegexField(
                CODE, label=name, required=False, max_length=20, error_messages={"invalid": wrong}
            )  # fmt: skip
            field.widget.attrs.update(autocomplete="off", spellcheck="false", size=18)
            self.fields[key] = field


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_settings")
def ledger_codes(request: DeskRequest) -> HttpResponse:
    """All codes on one page, and who changed which."""
    last = last_code()
    form = CodesForm(request.POST or None, initial={**codes_at(last), "seen": last})
    if request.method == "POST" and form.is_valid() and _kept(request, form):
        return redirect("ledger_codes")
    names = dict(named())
    events = AuditEvent.objects.filter(action="ledger_codes.changed").order_by("-id")[:MOST_HISTORY]
    return desk(
        request, "case_worker/ledger_codes.html", at="today", status=422 if form.errors else 200, form=form,
        accounts=[field for field in form.visible_fields() if field.name.startswith("account:")],
        categories=[field for field in form.visible_fields() if field.name.startswith("category:")],
        history=[(event, who(event.actor, event.body), in_words(event.action, event.body), _what(event, names))
                 for event in events],
    )  # fmt: skip


def named() -> Iterator[tuple[str, str]]:
    """Each key and what people call it."""
    yield from ((f"account:{kind}", str(NAMES[kind])) for kind in ACCOUNTS)
    for _group, keys in choices("in"):
        yield from ((f"category:{key}", name) for key, name in keys)


def _kept(request: DeskRequest, form: CodesForm) -> bool:
    given = dict(form.cleaned_data)
    seen = given.pop("seen") or 0
    try:
        changed = set_codes(codes=given, seen=seen, on=request.on, by=request.user)
    except CodesChangedMeanwhile:
        form.add_error(None, gettext("A colleague changed codes meanwhile. Below is who changed what. Save again."))
        form.data = {**request.POST.dict(), "seen": str(last_code())}
        return False
    told = gettext("Changed.") if changed else gettext("Nothing was different.")
    messages.add_message(request, messages.SUCCESS, told, "paid")
    return True


def _what(event: AuditEvent, names: dict[str, str]) -> list[tuple[str, str, str]]:
    told = json.loads(event.body)
    return [(names.get(key, key), told["before"].get(key, ""), code) for key, code in told["after"].items()]


urlpatterns = [path("gemeente/grootboek/", ledger_codes, name="ledger_codes")]
