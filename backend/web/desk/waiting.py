"""The waiting list: whose money is this? One decision a page, and the next entry comes by itself."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.recognised import of_a_hundred
from backend.desk.asking_back import debit_told
from backend.desk.ending import late_income
from backend.desk.search import find
from backend.desk.waiting import WaitingFacts, how_many_wait, next_open, waiting_facts, waiting_list
from backend.web.desk.deciding import DecisionForm
from backend.web.desk.page import desk
from backend.web.desk.splitting import PartFormSet, agreements_with_names, household_choices
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.entries import (
    AgreementOfAnother,
    NothingToTakeBack,
    NotWaiting,
    Part,
    PartsDoNotAddUp,
    decide_entry,
    take_back,
)
from budgeting.actions.entry_facts import fact_of
from budgeting.actions.ledger import BalanceTooLow
from budgeting.actions.looks import look_at_residents
from budgeting.actions.taught import running_recogniser
from budgeting.models import Resident, WaitingEntry
from budgeting.models.people import ResidentQuerySet

MOST_FOUND = 8


@require_safe
@desk_page("decide_entries")
def waiting(request: DeskRequest) -> HttpResponse:
    """Every entry that waits, the oldest first."""
    q = request.GET.get("q", "")[:60]
    return desk(
        request,
        "case_worker/bank/waiting.html",
        at="bank",
        page=waiting_list(q=q, page=request.GET.get("page")),
        sought=q,
    )


@require_safe
@desk_page("decide_entries")
def next_waiting(request: DeskRequest) -> HttpResponse:
    """Off to the entry that waits longest, or behind `after`."""
    after = request.GET.get("after", "")
    return _to_next(int(after) if after.isdecimal() else None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("decide_entries")
def waiting_entry(request: DeskRequest, number: int) -> HttpResponse:
    """One entry, its suggestions, and the ways to decide."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    facts = waiting_facts(number, visible=visible, on=request.on)
    if facts is None:
        raise Http404
    if facts.waiting.closed_at is not None:
        messages.add_message(request, messages.INFO, _decided_by(facts), extra_tags="attention")
        return _to_next(number)
    form = DecisionForm(request.POST or None, facts=facts, visible=visible)
    found = _sought(request, visible)
    # A yes to one agreement is most of the work of a day: what only the page shows is not asked for it.
    splits = _splits(request, facts, form, found) if form.is_split else None
    is_decided = request.method == "POST" and not form.is_counting
    done = None
    if is_decided and form.is_valid() and (splits is None or splits.is_valid()):
        done = _decide(request, facts, splits.parts if splits else [form.part], form)
    return done or _page(request, facts, found, form, splits or _splits(request, facts, form, found))


def _decide(
    request: DeskRequest, facts: WaitingFacts, parts: Sequence[Part], form: DecisionForm
) -> HttpResponseRedirect | None:
    try:
        reason = form.cleaned_data.get("reason", "")
        decide_entry(entry=facts.entry, parts=parts, on=request.on, by=request.user, reason=reason)
    except PartsDoNotAddUp:
        form.add_error(None, gettext("The parts are not the whole amount."))
    except AgreementOfAnother:
        form.add_error(None, gettext("This choice is not there any more."))
    except BalanceTooLow:
        form.add_error(None, gettext("There is too little money for this, also with the advance."))
    except NotWaiting:
        told = gettext("A colleague has decided this entry already.")
        messages.add_message(request, messages.INFO, told, extra_tags="attention")
        return _to_next(facts.waiting.pk)
    else:
        messages.add_message(request, messages.SUCCESS, _booked(parts), extra_tags="paid")
        return _to_next(facts.waiting.pk, done=facts.waiting.pk, teach=_teaches(parts))
    return None


@require_POST
@desk_page("decide_entries")
def undo(request: DeskRequest, number: int) -> HttpResponseRedirect:
    """What this colleague decided just now waits again."""
    waiting = WaitingEntry.objects.select_related("entry").filter(pk=number, closed_by=request.user).first()
    if waiting is None:
        raise Http404
    reason = gettext("Undone by who decided it")
    try:
        take_back(entry=waiting.entry, reason=reason, on=request.on, by=request.user)
    except (NothingToTakeBack, BalanceTooLow):
        told = gettext("This cannot be undone any more: the money was used.")
        messages.add_message(request, messages.INFO, told, extra_tags="stop")
        return redirect("bank")
    messages.add_message(request, messages.SUCCESS, gettext("Undone. The entry waits again."), extra_tags="paid")
    return redirect("waiting_entry", number)


def _splits(request: DeskRequest, facts: WaitingFacts, form: DecisionForm, found: Iterable[Resident]) -> PartFormSet:
    """The rows to divide it with, over everyone in the households that it may be of."""
    near = {one.agreement.resident_id for one in facts.suggestions} | {row.pk for row in found}
    household = household_choices(near, form.visible, direction=facts.direction)
    asked = {"visible": form.visible, "household": household}
    splits = PartFormSet(request.POST if form.is_split else None, prefix="part", form_kwargs=asked)
    splits.sign = 1 if facts.entry.amount > 0 else -1
    return splits


def _page(
    request: DeskRequest, facts: WaitingFacts, found: list[Resident], form: DecisionForm, splits: PartFormSet
) -> HttpResponse:
    known = running_recogniser().recognise([fact_of(facts.entry)])[0]
    form.initial["category"] = known.category
    shown = {suggestion.agreement.resident_id for suggestion in facts.suggestions} | {row.pk for row in found}
    look_at_residents(residents=shown, page=f"waiting:{facts.waiting.pk}", by=request.user)
    status = 400 if form.errors or splits.total_error_count() else 200
    return desk(
        request,
        "case_worker/bank/entry.html",
        at="bank",
        status=status,
        facts=facts,
        waiting=how_many_wait(),
        debit=debit_told(facts.waiting, on=request.on),
        late=late_income(facts.waiting, shown),
        form=form,
        splits=splits,
        known=known,
        sure=of_a_hundred(known.confidence),
        sought=request.GET.get("q", "")[:60],
        found=found,
        left=splits.left(facts.entry.amount) if splits.is_bound and splits.is_valid() else None,
    )


def _sought(request: DeskRequest, visible: ResidentQuerySet) -> list[Resident]:
    """The residents that were searched for, if any."""
    q = request.GET.get("q", "")[:60]
    return list(find(visible, q).prefetch_related(agreements_with_names())[:MOST_FOUND]) if q else []


def _to_next(number: int | None, *, done: int | None = None, teach: bool = False) -> HttpResponseRedirect:
    """The following entry, or the bank page when nothing waits; `done` can be undone, or remembered, from there."""
    following = next_open(after=number)
    address = reverse("waiting_entry", args=[following]) if following else reverse("bank")
    asked = f"?done={done}&teach={done}" if teach else f"?done={done}"
    return HttpResponseRedirect(f"{address}{asked}" if done else address)


def _teaches(parts: Sequence[Part]) -> bool:
    """Whether the decision said what the whole entry is for: then it can become a rule."""
    return len(parts) == 1 and parts[0].agreement is None and bool(parts[0].category)


def _decided_by(facts: WaitingFacts) -> str:
    who = facts.waiting.closed_by
    if who is None:
        return gettext("This entry was settled already.")
    return gettext("{who} has decided this entry already.").format(who=who)


def _booked(parts: Sequence[Part]) -> str:
    if len(parts) == 1 and parts[0].resident:
        return gettext("Booked for {who}.").format(who=parts[0].resident)
    return gettext("Booked for the municipality itself.") if len(parts) == 1 else gettext("Booked in parts.")


urlpatterns = [
    path("bank/wachtend/", waiting, name="waiting"),
    path("bank/wachtend/volgende/", next_waiting, name="next_waiting"),
    path("bank/wachtend/<int:number>/", waiting_entry, name="waiting_entry"),
    path("bank/wachtend/<int:number>/terug/", undo, name="undo"),
]
