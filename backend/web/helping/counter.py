"""At the counter: a colleague helps, and a second screen shows the resident their own page in their own language.

The second screen holds nothing but the resident's page, hides it when the desk is idle for three minutes, and shows the
next resident only after the colleague welcomed them.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.events import in_words
from accessibility.gather import facts_of
from accessibility.known import help_of_town
from accessibility.languages import LANGUAGES
from accessibility.letters.gather import language_of
from accessibility.reading_back import block_of, thanks
from accessibility.sentence import Block, Story
from accessibility.story import story_of
from accessibility.telling import Reader, told
from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import AT_COUNTER, DeskRequest, desk_page, resident_or_404
from backend.web.reading import page
from budgeting.actions.helping import NotLetIn, stop_looking, welcome
from budgeting.actions.looks import look_at_resident
from budgeting.actions.reading_back import NotAsked, answer_read_back, to_read_back
from budgeting.actions.trusting import (
    NotATrustedPerson,
    PaperCodesAreOff,
    invite_again,
    let_in_for_months,
    make_paper_code,
)
from budgeting.models import AuditEvent, How, LetIn, Mode, Resident, Scope, Town

AGAIN = 5  # seconds
IDLE = timedelta(minutes=3)
REASONS = [("question", _("A question")), ("letter", _("A letter")), ("change", _("A change")), ("other", _("Other"))]


class WelcomeForm(PlainForm):
    """Why the resident is here, and that a colleague saw who it is; no copy is kept."""

    reason = forms.ChoiceField(label=_("Why is the resident here?"), choices=REASONS)
    interpreter = forms.BooleanField(label=_("An interpreter is present"), required=False)
    seen = forms.BooleanField(
        label=_("I saw an identity document and made no copy"),
        error_messages={"required": _("First look who it is.")},
    )


class TrustForm(PlainForm):
    """Whom the resident trusts, said at the counter or by phone."""

    name = forms.CharField(label=_("Name of the trusted person"), max_length=200)
    scope = forms.ChoiceField(
        label=_("What may this person see?"),
        choices=[
            (Scope.WHEN.value, _("When money comes")),
            (Scope.PAID.value, _("Also what is paid")),
            (Scope.ALL.value, _("The whole page")),
        ],
    )
    months = forms.TypedChoiceField(
        label=_("For how many months?"), choices=[(number, str(number)) for number in (1, 3, 6)], coerce=int
    )
    how = forms.ChoiceField(
        label=_("How did the resident say yes?"),
        choices=[
            (How.COUNTER.value, _("At the counter")),
            (How.PHONE.value, _("By phone")),
            (How.PAPER.value, _("On paper")),
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("welcome_at_counter")
def at_counter(request: DeskRequest, number: int) -> HttpResponse:
    """Welcomes a resident at the counter; whoever was there before is gone from the second screen."""
    found = resident_or_404(request, number)
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        let_in = welcome(
            resident=found,
            reason=given["reason"],
            interpreter=given["interpreter"],
            now=request.now,
            by=request.user,
        )
        request.session[AT_COUNTER] = request.now.isoformat()
        look_at_resident(resident=found.pk, page="counter", by=request.user)
        return desk(request, "case_worker/access/counter.html", at="residents", resident=found, let_in=let_in)
    status = 422 if form.errors else 200
    return desk(request, "case_worker/access/counter.html", at="residents", status=status, resident=found, form=form)


@require_safe
@desk_page("welcome_at_counter")
def screen(request: DeskRequest) -> HttpResponse:
    """The second screen: the resident's own page, large, in their language; else only a welcome."""
    row = LetIn.objects.standing(request.now).filter(helper=request.user, mode=Mode.COUNTER).first()
    seen = request.session.get(AT_COUNTER)
    idle = seen is None or request.now - datetime.fromisoformat(seen) > IDLE
    if row is None or idle:
        answer = page(request, "helper/screen.html")
    elif event := to_read_back(row):
        answer = _large(request, row.resident, block_of(event), event=event.pk)
    else:
        story = story_of(facts_of(row.resident, on=request.on))
        language = LANGUAGES[language_of(row.resident, help_of_town())]
        reader = Reader(language, request.on, sees_accounts=False)
        answer = page(request, "helper/screen.html", blocks=told(story, reader).blocks, reader=reader)
        answer["Content-Language"] = language.code
    answer["Refresh"] = str(AGAIN)
    return answer


@require_POST
@desk_page("welcome_at_counter")
def screen_answer(request: DeskRequest, event: int) -> HttpResponse:
    """The resident says whether a change is right; then the screen goes back to their page by itself."""
    row = LetIn.objects.standing(request.now).filter(helper=request.user, mode=Mode.COUNTER).first()
    right = {"yes": True, "no": False}.get(request.POST.get("answer", ""))
    asked = AuditEvent.objects.filter(pk=event).first()
    if row is None or right is None or asked is None:
        return redirect("screen")
    change = in_words(asked.action, asked.body)
    try:
        answer_read_back(let_in=row, event=event, right=right, change=change, on=request.on, by=request.user)
    except NotAsked:
        return redirect("screen")
    answer = _large(request, row.resident, thanks(right=right))
    answer["Refresh"] = f"{AGAIN}; url={reverse('screen')}"
    return answer


@require_POST
@desk_page("welcome_at_counter")
def done(request: DeskRequest) -> HttpResponse:
    """The resident goes; the second screen is empty at once."""
    for row in LetIn.objects.standing(request.now).filter(helper=request.user, mode=Mode.COUNTER):
        stop_looking(let_in=row, now=request.now, by=request.user)
    request.session.pop(AT_COUNTER, None)
    return redirect("residents")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("answer_for_resident")
def who_may_look(request: DeskRequest, number: int) -> HttpResponse:
    """Whom this resident lets look; a yes said at the counter or by phone is written down here."""
    found = resident_or_404(request, number)
    form = TrustForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            let_in, code = let_in_for_months(resident=found, now=request.now, by=request.user, **form.cleaned_data)
        except NotATrustedPerson:
            raise Http404 from None
        return _page(request, found, TrustForm(), code=code, code_for=let_in.helper)
    return _page(request, found, form, status=422 if form.errors else 200)


@require_POST
@desk_page("answer_for_resident")
def end_look(request: DeskRequest, number: int, let_in: uuid.UUID) -> HttpResponse:
    """Ends it because the resident said so; or makes a new code for the trusted person."""
    found = resident_or_404(request, number)
    row = LetIn.objects.filter(pk=let_in, resident=found).select_related("helper").first()
    if row is None:
        raise Http404
    if request.POST.get("code") == "new":
        try:
            code = invite_again(let_in=row, now=request.now, by=request.user)
        except NotLetIn:
            raise Http404 from None
        return _page(request, found, TrustForm(), code=code, code_for=row.helper)
    stop_looking(let_in=row, now=request.now, by=request.user)
    return redirect("who_may_look", number)


@require_POST
@desk_page("answer_for_resident")
def give_paper_code(request: DeskRequest, number: int) -> HttpResponse:
    """A code on paper, only where the town switched them on and the birth date is known."""
    found = resident_or_404(request, number)
    try:
        code = make_paper_code(resident=found, now=request.now, by=request.user)
    except PaperCodesAreOff:
        raise Http404 from None
    return _page(request, found, TrustForm(), code=code, code_for=found)


def _large(request: DeskRequest, resident: Resident, block: Block, **shown: Any) -> HttpResponse:
    """One question or answer on the second screen, in the resident's own language."""
    language = LANGUAGES[language_of(resident, help_of_town())]
    reader = Reader(language, request.on, sees_accounts=False)
    story = told(Story("read_back", request.on, block.heading, (block,)), reader)
    answer = page(request, "helper/read_back.html", blocks=story.blocks, reader=reader, **shown)
    answer["Content-Language"] = language.code
    return answer


def _page(
    request: DeskRequest, resident: Resident, form: TrustForm, *, status: int = 200, **more: object
) -> HttpResponse:
    rows = LetIn.objects.filter(resident=resident).select_related("helper").order_by("-asked_at")[:50]
    standing = set(LetIn.objects.standing(request.now).filter(resident=resident).values_list("pk", flat=True))
    shown = [(row, row.pk in standing) for row in rows]
    return desk(
        request,
        "case_worker/access/who_may_look.html",
        at="residents",
        status=status,
        resident=resident,
        form=form,
        rows=shown,
        paper=resident.birth_date is not None and Town.objects.filter(paper_codes=True).exists(),
        **more,
    )


urlpatterns = [
    path("inwoners/<int:number>/balie/", at_counter, name="at_counter"),
    path("balie/scherm/", screen, name="screen"),
    path("balie/scherm/<int:event>/", screen_answer, name="screen_answer"),
    path("balie/klaar/", done, name="counter_done"),
    path("inwoners/<int:number>/meekijken/", who_may_look, name="who_may_look"),
    path("inwoners/<int:number>/meekijken/<uuid:let_in>/", end_look, name="end_look"),
    path("inwoners/<int:number>/papiercode/", give_paper_code, name="give_paper_code"),
]
