"""Learnt rules: propose one from a decision, see what it would have done, keep it, change it, switch it off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.desk.taught import RuleFile, decided, rule_file, rules, shown
from backend.web.desk.lessons import ACCOUNT, NAME, WORDS, LessonForm
from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.entry_facts import fact_of
from budgeting.actions.looks import look_at_residents
from budgeting.actions.taught import (
    RuleIsOff,
    RuleIsThere,
    apply_to_past,
    change_rule,
    keep_rule,
    switch_off,
    undo_past,
)
from budgeting.core.taught import Taught, lesson_of
from budgeting.models import Entry, LearntRule
from budgeting.models.people import ResidentQuerySet


class OffForm(PlainForm):
    """Why a rule goes off."""

    reason = forms.CharField(label=_("Why?"), max_length=200)


@require_safe
@desk_page("decide_entries")
def learnt_rules(request: DeskRequest) -> HttpResponse:
    """Every rule, with its owner, its figures and whether it is on."""
    return desk(request, "case_worker/taught/rules.html", at="bank", rules=rules())


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("decide_entries")
def propose_rule(request: DeskRequest, number: int) -> HttpResponse:
    """What a decided entry could teach, and what that would have done before; kept by a yes."""
    found = decided(number, _visible(request))
    if found is None:
        raise Http404
    entry, category = found
    form = LessonForm(request.POST or None, lesson=lesson_of(fact_of(entry)), initial={"category": category})
    if _is_yes(request) and form.is_valid() and form.rule and (kept := _keep(request, form, entry)):
        return kept
    return _lesson_page(request, form, entry)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("decide_entries")
def change_learnt_rule(request: DeskRequest, number: int) -> HttpResponse:
    """The same for a rule that is there: a yes makes its next version."""
    row = LearntRule.objects.on().select_related("made_from").filter(pk=number).first()
    if row is None:
        raise Http404
    by = ACCOUNT if row.iban else NAME if row.name else WORDS
    initial = {"category": row.category, "by": by, "words": row.words}
    form = LessonForm(request.POST or None, lesson=lesson_of(fact_of(row.made_from)), initial=initial)
    if _is_yes(request) and form.is_valid() and form.rule and (changed := _change(request, form, row)):
        return changed
    return _lesson_page(request, form, row.made_from, row=row)


def _is_yes(request: DeskRequest) -> bool:
    return request.method == "POST" and request.POST.get("do") == "keep"


def _keep(request: DeskRequest, form: LessonForm, entry: Entry) -> HttpResponseRedirect | None:
    assert form.rule is not None
    try:
        row = keep_rule(rule=form.rule, made_from=entry, on=request.on, by=request.user)
    except RuleIsThere:
        form.add_error(None, gettext("There is a rule that goes by exactly this already."))
        return None
    return _told(request, gettext("The rule is kept. From now on it helps."), row.pk)


def _change(request: DeskRequest, form: LessonForm, row: LearntRule) -> HttpResponseRedirect | None:
    assert form.rule is not None
    try:
        changed = change_rule(row=row, rule=form.rule, on=request.on, by=request.user)
    except RuleIsThere:
        form.add_error(None, gettext("There is a rule that goes by exactly this already."))
        return None
    except RuleIsOff:
        return _told(request, gettext("A colleague changed this rule just now."), row.pk, tone="attention")
    return _told(request, gettext("The rule is changed. This is its new version."), changed.pk)


def _lesson_page(
    request: DeskRequest, form: LessonForm, entry: Entry, *, row: LearntRule | None = None
) -> HttpResponse:
    rule: Taught | None = form.rule if form.is_bound and form.is_valid() else None
    if not form.is_bound:
        rule = form.proposed()
    seen = shown(rule, _visible(request)) if rule else None
    if seen:
        look_at_residents(residents=seen.residents, page=f"rule:{entry.pk}", by=request.user)
    return desk(
        request,
        "case_worker/taught/lesson.html",
        at="bank",
        status=422 if form.errors else 200,
        form=form,
        entry=entry,
        shown=seen,
        rule=rule,
        row=row,
    )


@require_safe
@desk_page("decide_entries")
def learnt_rule(request: DeskRequest, number: int) -> HttpResponse:
    """One rule: what it goes by, whose it is, what it would do today, and the ways to end it."""
    return _rule_page(request, _file(request, number), OffForm())


@require_POST
@desk_page("decide_entries")
def switch_off_rule(request: DeskRequest, number: int) -> HttpResponse:
    """Off, with the reason."""
    file, form = _file(request, number), OffForm(request.POST)
    if not form.is_valid():
        return _rule_page(request, file, form)
    try:
        switch_off(row=file.row, reason=form.cleaned_data["reason"], on=request.on, by=request.user)
    except RuleIsOff:
        return _told(request, gettext("This rule was off already."), number, tone="attention")
    return _told(request, gettext("The rule is off."), number)


@require_POST
@desk_page("decide_entries")
def apply_rule(request: DeskRequest, number: int) -> HttpResponse:
    """The ticked earlier entries get the category of the rule."""
    row = _file(request, number).row
    ticked = {int(value) for value in request.POST.getlist("past") if value.isdecimal()}
    try:
        count = apply_to_past(row=row, ticked=ticked, on=request.on, by=request.user)
    except RuleIsOff:
        return _told(request, gettext("This rule was off already."), number, tone="attention")
    changed = ngettext("{n} earlier entry is changed.", "{n} earlier entries are changed.", count)
    return _told(request, changed.format(n=count), number)


@require_POST
@desk_page("decide_entries")
def undo_rule(request: DeskRequest, number: int) -> HttpResponse:
    """What this rule labelled gets its earlier category back."""
    count = undo_past(row=_file(request, number).row, on=request.on, by=request.user)
    back = ngettext("{n} entry has its earlier category back.", "{n} entries have their earlier category back.", count)
    return _told(request, back.format(n=count), number)


def _visible(request: DeskRequest) -> ResidentQuerySet:
    return access.visible_residents(request.user, on=request.on, roles=request.roles)


def _file(request: DeskRequest, number: int) -> RuleFile:
    file = rule_file(number, visible=_visible(request))
    if file is None:
        raise Http404
    return file


def _rule_page(request: DeskRequest, file: RuleFile, form: OffForm) -> HttpResponse:
    look_at_residents(residents=file.shown.residents, page=f"rule:{file.row.pk}", by=request.user)
    status = 422 if form.errors else 200
    shown_on: dict[str, Any] = {"file": file, "row": file.row, "shown": file.shown, "form": form}
    return desk(request, "case_worker/taught/rule.html", at="bank", status=status, **shown_on)


def _told(request: DeskRequest, what: str, number: int, *, tone: str = "paid") -> HttpResponseRedirect:
    messages.add_message(request, messages.INFO, what, extra_tags=tone)
    return redirect("learnt_rule", number)


urlpatterns = [
    path("bank/regels/", learnt_rules, name="learnt_rules"),
    path("bank/regels/nieuw/<int:number>/", propose_rule, name="propose_rule"),
    path("bank/regels/<int:number>/", learnt_rule, name="learnt_rule"),
    path("bank/regels/<int:number>/anders/", change_learnt_rule, name="change_learnt_rule"),
    path("bank/regels/<int:number>/uit/", switch_off_rule, name="switch_off_rule"),
    path("bank/regels/<int:number>/eerder/", apply_rule, name="apply_rule"),
    path("bank/regels/<int:number>/terug/", undo_rule, name="undo_rule"),
]
