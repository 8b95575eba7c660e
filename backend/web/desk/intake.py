"""Intake: a resident's own bank files are read in memory, and become agreements only where a person ticks them.

The history is never kept: files stay in memory (`backend.web.receiving`), and what goes round between the two pages are
the proposals, in the form itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.problems import ProblemInWords, in_words
from backend.desk.intake import first_budget, first_values, questions
from backend.web.desk.intake_forms import HistoryForm, ProposalFormSet
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.accounts import IbanIsAColleagues
from budgeting.actions.intake import confirm_intake, note_reading
from budgeting.actions.looks import look_at_resident
from budgeting.actions.taught import running_recogniser
from budgeting.core.budget import Budget, budget_of
from budgeting.core.histories import merged
from budgeting.core.intake import Intake, read_history
from budgeting.core.readers import read
from budgeting.core.statement import Entry, Reading
from budgeting.models import Resident


@dataclass(frozen=True, slots=True)
class Histories:
    """What the files told: the entries, what is wrong with a file, and how many were in another currency."""

    entries: list[Entry]
    problems: list[ProblemInWords]
    strange: int


@dataclass(slots=True)
class Shown:
    """The page of proposals: the forms, what to ask, what was read (None once it is gone), the sums of what is ticked.

    `sums` is None while something is wrong with what was typed.
    """

    resident: Resident
    forms: ProposalFormSet
    asked: list[str]
    found: Intake | None = None
    strange: int = 0
    sums: Budget | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_agreements")
def intake(request: DeskRequest, number: int) -> HttpResponse:
    """Choose the files; what is found in them is the answer."""
    found = resident_or_404(request, number)
    look_at_resident(resident=found.pk, page="intake", by=request.user)
    form = HistoryForm(request.POST or None, request.FILES or None)
    problems: list[ProblemInWords] = []
    if request.method == "POST" and form.is_valid():
        files = form.cleaned_data["chosen"]
        histories = _read(files, request)
        problems = histories.problems
        if histories.entries and not problems:
            note_reading(resident=found, files=len(files), entries=len(histories.entries), by=request.user)
            return _proposals(request, found, histories)
    status = 422 if form.errors or problems else 200
    shown = {"form": form, "resident": found, "problems": problems}
    return desk(request, "case_worker/intake/files.html", at="residents", status=status, **shown)


@require_POST
@desk_page("change_agreements")
def confirm(request: DeskRequest, number: int) -> HttpResponse:
    """The ticked proposals become agreements, all at once; or the budget is worked out again with what was changed."""
    found = resident_or_404(request, number)
    look_at_resident(resident=found.pk, page="intake", by=request.user)
    forms = ProposalFormSet(request.POST, prefix="p")
    shown = Shown(found, forms, request.POST.getlist("asked"))
    if not forms.is_valid():
        return _page(request, shown, status=422)
    shown.sums = budget_of(form.regular for form in forms.ticked)
    if request.POST.get("do") != "make":
        return _page(request, shown)
    if not forms.ticked:
        return _refused(request, shown, gettext("Nothing is ticked, so nothing was made."))
    try:
        confirmed = [form.confirmed for form in forms.ticked]
        made = confirm_intake(resident=found, confirmed=confirmed, on=request.on, by=request.user)
    except IbanIsAColleagues:
        return _refused(request, shown, gettext("One of the account numbers is of a colleague. Nothing was made."))
    return _done(request, found, len(made.agreements))


@require_safe
@desk_page("see_residents")
def budget(request: DeskRequest, number: int) -> HttpResponse:
    """The agreements as an average month."""
    found = resident_or_404(request, number)
    look_at_resident(resident=found.pk, page="budget", by=request.user)
    shown = first_budget(found, on=request.on)
    return desk(request, "case_worker/intake/budget.html", at="residents", resident=found, shown=shown)


def _read(files: Iterable[UploadedFile[bytes]], request: DeskRequest) -> Histories:
    readings: list[Reading] = []
    problems: list[ProblemInWords] = []
    for file in files:
        reading = read(file.read(), on=request.on)
        readings.append(reading)
        if reading.severity == "refuse":
            problems += [in_words(problem, file=file.name or "") for problem in reading.problems]
    entries, strange = merged(readings)
    if not entries and not problems:
        problems.append(ProblemInWords("", "", gettext("There is not one entry in euro in these files."), ""))
    return Histories(entries, problems, strange)


def _proposals(request: DeskRequest, resident: Resident, histories: Histories) -> HttpResponse:
    found = read_history(histories.entries, running_recogniser())
    firsts = first_values(found, resident, on=request.on)[: ProposalFormSet.max_num]
    forms = ProposalFormSet(initial=[first.values for first in firsts], prefix="p")
    shown = Shown(resident, forms, questions(found), found, histories.strange)
    shown.sums = budget_of(first.regular for first in firsts if first.values["take"])
    return _page(request, shown)


def _refused(request: DeskRequest, shown: Shown, why: str) -> HttpResponse:
    messages.add_message(request, messages.INFO, why, extra_tags="stop")
    return _page(request, shown, status=422)


def _page(request: DeskRequest, shown: Shown, *, status: int = 200) -> HttpResponse:
    template = "case_worker/intake/proposals.html"
    return desk(request, template, at="residents", status=status, shown=shown, resident=shown.resident)


def _done(request: DeskRequest, resident: Resident, count: int) -> HttpResponseRedirect:
    told = ngettext("{n} agreement is made.", "{n} agreements are made.", count).format(n=count)
    messages.add_message(request, messages.SUCCESS, told, extra_tags="paid")
    return redirect("budget", resident.pk)


urlpatterns = [
    path("inwoners/<int:number>/intake/", intake, name="intake"),
    path("inwoners/<int:number>/intake/afspraken/", confirm, name="confirm_intake"),
    path("inwoners/<int:number>/begroting/", budget, name="budget"),
]
