"""Money is short: what each choice means, a person's decision per charge, the letters, and looking again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accessibility.letters.letter import Letter
from accessibility.letters.shortage import letter_to_creditor, letter_to_resident
from backend.desk.shortages import ShortageFacts, shortage_facts
from backend.web.desk.page import desk
from backend.web.desk.papers import as_pdf
from backend.web.forms import AmountField, DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.looks import look_at_resident
from budgeting.core.money import ZERO
from payments.actions.shortage import NotOpen, ShortageChanged, decide_shortage, look_again
from payments.actions.shortage_decision import PER_CHARGE, Each, NotAChoice, Verdict
from payments.actions.telling_shortage import NothingToTell, note_told
from payments.models import PaymentOrder, ShortageOutcome

VERDICTS = [("paid", _("Pay")), ("waits", _("Wait")), ("cancelled", _("Not this time"))]


class DecideForm(PlainForm):
    """What becomes of each charge, and why; `digest` is that of what was on the page."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(label=_("Why do you decide so?"), max_length=200)
    until = DayField(
        label=_("Until which day may more be lent?"),
        help_text=_("Only when more is paid than the limit allows."),
        required=False,
    )
    living_money = AmountField(
        label=_("Money to live on, paid out now"), help_text=_("May stay empty. Never from an advance."), required=False
    )

    def __init__(self, *args: Any, facts: ShortageFacts, choice: str = "", **options: Any) -> None:
        self.facts = facts
        offered = {one.code: one for one in facts.choices}
        self.chosen = offered.get(choice, facts.choices[0])
        options["initial"] = self._initial() | options.get("initial", {})
        super().__init__(*args, **options)
        for row in facts.charges:
            self.fields[f"what_{row.order}"] = forms.ChoiceField(choices=VERDICTS, widget=forms.RadioSelect)
            self.fields[f"why_{row.order}"] = forms.CharField(max_length=200, required=False)

    def _initial(self) -> dict[str, object]:
        place = self.facts.choices.index(self.chosen)
        whats: dict[str, object] = {
            f"what_{row.order}": "paid" if row.paid[place] else "waits" for row in self.facts.charges
        }
        living = f"{self.chosen.living_money:.2f}" if self.chosen.living_money else ""
        return whats | {"digest": self.facts.proposal.digest, "living_money": living}

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Each charge with its two fields."""
        return [(row, self[f"what_{row.order}"], self[f"why_{row.order}"]) for row in self.facts.charges]

    @property
    def single(self) -> list[forms.BoundField]:
        """The fields about the whole."""
        return [self["reason"], self["until"], self["living_money"]]

    @property
    def each(self) -> Each:
        """What was filled in, for every charge; where no reason of its own was given, that of the whole."""
        given = self.cleaned_data
        verdicts = {
            row.order: Verdict(given[f"what_{row.order}"], given[f"why_{row.order}"] or given["reason"])
            for row in self.facts.charges
        }
        return Each(verdicts, given["living_money"] or ZERO)

    @property
    def as_offered(self) -> str:
        """The code of the choice that this is, `per_charge` when it is none of them."""
        each = self.each
        if any(self.cleaned_data[f"why_{row.order}"] for row in self.facts.charges):
            return PER_CHARGE
        for place, choice in enumerate(self.facts.choices):
            same = all((each.verdicts[row.order].what == "paid") == row.paid[place] for row in self.facts.charges)
            if same and not self._cancels and each.living_money == choice.living_money:
                return choice.code
        return PER_CHARGE

    @property
    def _cancels(self) -> bool:
        return any(self.cleaned_data[f"what_{row.order}"] == "cancelled" for row in self.facts.charges)


_PROBLEMS = {
    "until": ("until", _("More is paid than the limit allows. Say until which day, or let something wait.")),
    "living_money": ("living_money", _("This is more than the resident has, or goes out today already.")),
    "account": (None, _("The resident has no account to pay to.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("decide_shortage")
def shortage(request: DeskRequest, number: int) -> HttpResponse:
    """An open shortage with its choices and the form; one that is closed with what was decided."""
    facts = _facts(request, number)
    if request.method != "POST":
        return _page(request, facts, DecideForm(facts=facts, choice=request.GET.get("keuze", "")))
    if facts.proposal.state == "open" and request.POST.get("digest") != facts.proposal.digest:
        return _changed(request, facts)
    form = DecideForm(request.POST, facts=facts)
    if form.is_valid():
        try:
            return _decide(request, facts, form)
        except NotAChoice as wrong:
            form.add_error(*_PROBLEMS.get(wrong.what, (None, _("This is not possible."))))
        except ShortageChanged:
            return _changed(request, facts)
        except NotOpen:
            told = gettext("This was decided or solved already.")
            messages.add_message(request, messages.INFO, told, extra_tags="attention")
            return redirect("shortage", number)
    return _page(request, facts, form, status=422)


@require_POST
@desk_page("decide_shortage")
def shortage_letter(request: DeskRequest, number: int) -> HttpResponse:
    """A letter as PDF, to the resident or, with `order`, to whom that charge is paid; that it was made is kept."""
    facts = _facts(request, number)
    wanted = request.POST.get("order", "")
    outcome = next((one for one in facts.outcomes if str(one.order_id) == wanted), None)
    if wanted and outcome is None:
        raise Http404
    order: PaymentOrder | None = outcome.order if outcome else None
    try:
        note_told(proposal=facts.proposal, order=order, on=request.on, by=request.user)
    except NothingToTell:
        raise Http404 from None
    return as_pdf(_letter(request, facts, outcome))


def _decide(request: DeskRequest, facts: ShortageFacts, form: DecideForm) -> HttpResponseRedirect:
    choice, given = form.as_offered, form.cleaned_data
    proposal = facts.proposal
    decide_shortage(
        proposal=proposal,
        choice=choice,
        reason=given["reason"],
        by=request.user,
        on=request.on,
        until=given["until"],
        each=form.each if choice == PER_CHARGE else None,
    )
    messages.add_message(request, messages.SUCCESS, gettext("Decided. Now tell who has to know."), extra_tags="paid")
    return redirect("shortage", proposal.pk)


def _changed(request: DeskRequest, facts: ShortageFacts) -> HttpResponseRedirect:
    look_again(proposal=facts.proposal, on=request.on, by=request.user)
    told = gettext("Money or charges have changed since you looked. Look again before you decide.")
    messages.add_message(request, messages.INFO, told, extra_tags="attention")
    return redirect("shortage", facts.proposal.pk)


def _facts(request: DeskRequest, number: int) -> ShortageFacts:
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    facts = shortage_facts(number, visible=visible)
    if facts is None:
        raise Http404
    return facts


def _page(request: DeskRequest, facts: ShortageFacts, form: DecideForm, *, status: int = 200) -> HttpResponse:
    look_at_resident(resident=facts.proposal.resident_id, page=f"shortage:{facts.proposal.pk}", by=request.user)
    name = "open" if facts.proposal.state == "open" else "closed"
    return desk(
        request,
        f"case_worker/shortages/{name}.html",
        at="residents",
        status=status,
        facts=facts,
        resident=facts.proposal.resident,
        form=form,
    )


def _letter(request: DeskRequest, facts: ShortageFacts, outcome: ShortageOutcome | None) -> Letter:
    if outcome is None:
        return letter_to_resident(facts.proposal, on=request.on)
    return letter_to_creditor(outcome, on=request.on)


urlpatterns = [
    path("inwoners/tekort/<int:number>/", shortage, name="shortage"),
    path("inwoners/tekort/<int:number>/brief/", shortage_letter, name="shortage_letter"),
]
