"""What was agreed with a resident, and who must learn the account number: written down, told, answered, ticked off."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.letters.moving_over import letter_about_account
from backend.desk.moving_over import account_to_tell, lines_of, since_when
from backend.web.desk.page import desk
from backend.web.desk.papers import as_pdf
from backend.web.forms import DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.agreed import LONGEST, AlreadyDone, NothingWritten, TooManyStand, note_agreed, tick_off
from budgeting.actions.audit import record
from budgeting.actions.looks import look_at_resident
from budgeting.actions.moving_over import (
    NotInThisOrder,
    SayWhy,
    list_who_must_know,
    note_answer,
    note_not_needed,
    note_told,
)
from budgeting.models import Agreed, MoveOver, Resident

WHO = [
    (Agreed.Who.TOWN.value, _("We do this")),
    (Agreed.Who.RESIDENT.value, _("The resident does this")),
    (Agreed.Who.BOTH.value, _("We do this together")),
]
STATES = {
    "to_tell": (_("To tell"), "attention"),
    "told": (_("Told, waits for an answer"), ""),
    "answered": (_("Answered"), "paid"),
    "works": (_("Works: money was seen"), "paid"),
    "still": (_("Still goes by us"), "stop"),
    "not_needed": (_("Not needed"), ""),
}
SIDES = {
    MoveOver.When.START: _("At the start: our account number"),
    MoveOver.When.END: _("At the end: the resident's own account number"),
}
REFUSED: dict[type[Exception], object] = {
    AlreadyDone: _("A colleague was first. This is how it stands now."),
    NotInThisOrder: _("A colleague was first. This is how it stands now."),
    SayWhy: _("Say it in words."),
}


class AgreedForm(PlainForm):
    """What was said, who does it, and by when."""

    words = forms.CharField(
        label=_("What did we agree?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In short sentences, as you said it. The resident reads it like this."),
    )  # fmt: skip
    who = forms.ChoiceField(label=_("Who does this?"), choices=WHO, widget=forms.RadioSelect)
    by_day = DayField(
        label=_("Ready by which day?"), required=False, help_text=_("Leave it empty if no day was named.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("change_agreements")
def agreed(request: DeskRequest, number: int) -> HttpResponse:
    """What stands and what is done; posting writes down another thing."""
    resident, form = resident_or_404(request, number), AgreedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _kept(request, resident, form):
        messages.add_message(request, messages.SUCCESS, gettext("Written down. The resident sees it."), "paid")
        return redirect("agreed", number)
    look_at_resident(resident=number, page="agreed", by=request.user)
    rows = list(Agreed.objects.filter(resident=resident).select_related("noted_by", "done_by").order_by("-pk")[:50])
    status = 422 if form.errors else 200
    return desk(
        request, "case_worker/residents/agreed.html", at="residents", status=status, resident=resident, form=form,
        standing=[(row, dict(WHO)[row.who]) for row in rows if not row.done_on],
        done_rows=[(row, dict(WHO)[row.who]) for row in rows if row.done_on],
    )  # fmt: skip


@require_POST
@desk_page("change_agreements")
def agreed_done(request: DeskRequest, number: int) -> HttpResponse:
    """Ticks one off."""
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    row = Agreed.objects.filter(resident__in=visible, pk=number).first()
    if row is None:
        raise Http404
    _try(request, lambda: tick_off(row=row, on=request.on, by=request.user), gettext("Ticked off."))
    return redirect("agreed", row.resident_id)


@require_safe
@desk_page("change_agreements")
def move_over(request: DeskRequest, number: int) -> HttpResponse:
    """Both lists, and how far each line is."""
    resident = resident_or_404(request, number)
    look_at_resident(resident=number, page="move_over", by=request.user)
    found = lines_of(resident)
    sides = [(when, name, [(told, *STATES[told.state]) for told in found[when]]) for when, name in SIDES.items()]
    return desk(
        request, "case_worker/residents/move_over.html", at="residents", resident=resident, sides=sides
    )  # fmt: skip


@require_POST
@desk_page("change_agreements")
def list_move_over(request: DeskRequest, number: int, when: str) -> HttpResponse:
    """Makes the list from the agreements, or adds what is new."""
    resident = resident_or_404(request, number)
    if when not in MoveOver.When.values:
        raise Http404
    new = list_who_must_know(resident=resident, when=when, on=request.on, by=request.user)
    told = gettext("On the list: {n} more.").format(n=new) if new else gettext("Everybody is on the list already.")
    messages.add_message(request, messages.INFO, told, "paid")
    return redirect("move_over", number)


@require_POST
@desk_page("change_agreements")
def move_over_step(request: DeskRequest, number: int, what: str) -> HttpResponse:
    """One line: told, answered, or not needed."""
    line, on, by, words = _line(request, number), request.on, request.user, request.POST.get("words", "")
    steps: dict[str, Callable[[], object]] = {
        "verteld": lambda: note_told(row=line, on=on, by=by),
        "antwoord": lambda: note_answer(row=line, answer=words, on=on, by=by),
        "niet-nodig": lambda: note_not_needed(row=line, reason=words, on=on, by=by),
    }
    if what not in steps:
        raise Http404
    _try(request, steps[what], gettext("Written down."))
    return redirect("move_over", line.resident_id)


@require_POST
@desk_page("change_agreements")
def move_over_letter(request: DeskRequest, number: int) -> HttpResponse:
    """The letter to this other side as PDF; that it was made is kept, that it was sent is for a person to say."""
    line = _line(request, number)
    iban = account_to_tell(line)
    if not iban:
        told = gettext("There is no account number to tell yet.")
        messages.add_message(request, messages.INFO, told, "attention")
        return redirect("move_over", line.resident_id)
    record(action="move_over.letter", subject=f"move_over:{number}", by=request.user, resident_id=line.resident_id)
    return as_pdf(letter_about_account(line, iban=iban, on=request.on, since=since_when(line)))


def _line(request: DeskRequest, number: int) -> MoveOver:
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    rows = MoveOver.objects.filter(resident__in=visible).select_related("resident", "agreement__counterparty")
    line = rows.filter(pk=number).first()
    if line is None:
        raise Http404
    return line


def _kept(request: DeskRequest, resident: Resident, form: AgreedForm) -> bool:
    try:
        note_agreed(resident=resident, on=request.on, by=request.user, **form.cleaned_data)
    except NothingWritten:
        form.add_error("words", gettext("Fill this in."))
    except TooManyStand:
        form.add_error(None, gettext("So much is agreed already that nobody remembers it. First tick something off."))
    return not form.errors


def _try(request: DeskRequest, change: Callable[[], object], said: str) -> None:
    told, tone = said, "paid"
    try:
        change()
    except tuple(REFUSED) as refused:
        told, tone = str(REFUSED[type(refused)]), "attention"
    messages.add_message(request, messages.INFO, told, tone)


urlpatterns = [
    path("inwoners/<int:number>/afgesproken/", agreed, name="agreed"),
    path("inwoners/afgesproken/<int:number>/klaar/", agreed_done, name="agreed_done"),
    path("inwoners/<int:number>/doorgeven/", move_over, name="move_over"),
    path("inwoners/<int:number>/doorgeven/<str:when>/", list_move_over, name="list_move_over"),
    path("inwoners/doorgeven/<int:number>/brief/", move_over_letter, name="move_over_letter"),
    path("inwoners/doorgeven/<int:number>/<str:what>/", move_over_step, name="move_over_step"),
]
