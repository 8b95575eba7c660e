"""A volunteer looks with a visitor: by a number the visitor says, or by a code on paper. No search, no list, no names.

The page follows the resident's choices by itself: it opens after the yes, shows amounts only when they are uncovered,
and is empty once the resident stops.
"""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.assisted import card_of, story_within
from accessibility.gather import facts_of
from accessibility.languages import FALLBACK, LANGUAGES, language_for
from accessibility.sentence import Name
from accessibility.story import story_of
from accessibility.telling import Reader, html_of, told
from backend.web import tries
from backend.web.beside import called
from backend.web.guards import DeskRequest, helper_page
from backend.web.reading import page, reader_of
from backend.web.refusals import too_often
from budgeting.actions.helping import TOPICS, NotAValidHelpCode, note_topic, stop_looking, take_help_code
from budgeting.actions.looks import look_at_resident
from budgeting.actions.trusting import take_paper_code
from budgeting.models import LetIn, Mode, Resident, Scope, Town

AGAIN = 5  # seconds
LOGGED = "looked_with"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@helper_page("look_along")
def visitor(request: DeskRequest) -> HttpResponse:
    """One field for the visitor's number, and three rules in sight."""
    if request.method != "POST":
        return page(request, "helper/visitor.html", paper=_paper_is_on())
    attempt = tries.with_help_code(request.user)
    if minutes := tries.minutes_to_wait(attempt, now=request.now):
        return too_often(request, minutes=minutes)
    try:
        let_in = take_help_code(code=request.POST.get("code", ""), helper=request.user, now=request.now)
    except NotAValidHelpCode:
        return page(request, "helper/visitor.html", status=422, refused=True, paper=_paper_is_on())
    tries.was_right(attempt, now=request.now)
    return redirect("look_along", let_in.pk)


@require_safe
@helper_page("look_along")
def look_along(request: DeskRequest, let_in: uuid.UUID) -> HttpResponse:
    """The visitor's page in numbered blocks with help cards; before the yes it waits, after the end it is empty."""
    row = _own(request, let_in)
    if row.ended_at is not None or row.until <= request.now:
        return page(request, "helper/done.html", topics=_topics(row), let_in=row)
    if row.begun_at is None:
        answer = page(request, "helper/waiting.html", let_in=row)
    else:
        _log(request, row)
        answer = page(request, "helper/along.html", **_along(request, row))
    answer["Refresh"] = str(AGAIN)
    return answer


@require_POST
@helper_page("look_along")
def stop_along(request: DeskRequest, let_in: uuid.UUID) -> HttpResponse:
    """The helper is ready; from here on there is nothing to see."""
    row = _own(request, let_in)
    stop_looking(let_in=row, now=request.now, by=request.user)
    return redirect("look_along", row.pk)


@require_POST
@helper_page("look_along")
def topic(request: DeskRequest, let_in: uuid.UUID) -> HttpResponse:
    """What it was about, for the figures; nothing about whom."""
    chosen = request.POST.get("topic", "")
    if chosen not in TOPICS:
        raise Http404
    row = _own(request, let_in)
    note_topic(let_in=row, topic=chosen, by=request.user)
    return page(request, "helper/done.html", kept=True)


@sensitive_post_parameters("code", "year")
@require_http_methods(["GET", "HEAD", "POST"])
@helper_page("take_paper_code")
def paper_code(request: DeskRequest) -> HttpResponse:
    """A code on paper and a year of birth: when money comes and what is paid, once, and nothing else."""
    if request.method != "POST" or not _paper_is_on():
        return page(request, "helper/paper.html", on=_paper_is_on())
    attempt = tries.with_help_code(request.user)
    if minutes := tries.minutes_to_wait(attempt, now=request.now):
        return too_often(request, minutes=minutes)
    code, year = request.POST.get("code", ""), request.POST.get("year", "")
    try:
        resident = take_paper_code(code=code, birth_year=year, helper=request.user, now=request.now)
    except NotAValidHelpCode:
        return page(request, "helper/paper.html", status=422, refused=True, on=True)
    tries.was_right(attempt, now=request.now)
    look_at_resident(resident=resident.pk, page="paid", by=request.user)
    return page(request, "helper/paper_story.html", story=_paper_story(request, resident), name=called(resident))


@login_not_required
@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """A card to print, for who looks over the shoulder in a library: it holds nothing of anybody."""
    return page(request, "helper/card.html")


def _along(request: DeskRequest, row: LetIn) -> dict[str, Any]:
    story = story_of(facts_of(row.resident, on=request.on))
    reader = reader_of(request, on=request.on)
    shown = Reader(reader.language, request.on, sees_amounts=row.shows_amounts, sees_accounts=False)
    blocks = [(block, _cards(block.key, row.resident, request)) for block in told(story, shown).blocks]
    ends = Name(f"{timezone.localtime(row.until):%H:%M}")
    return {"blocks": blocks, "let_in": row, "name": called(row.resident), "ends": ends, "shown": row.shows_amounts}


def _cards(block: str, resident: Resident, request: DeskRequest) -> list[tuple[str, str, str]]:
    """What a helper can say about a block: in Dutch, and in the visitor's own language."""
    languages = dict.fromkeys((FALLBACK, language_for(resident.language).code))
    spoken = [(LANGUAGES[code], html_of(card_of(block), Reader(LANGUAGES[code], request.on))) for code in languages]
    return [(language.code, language.direction, words) for language, words in spoken]


def _paper_story(request: DeskRequest, resident: Resident) -> Any:
    """When money comes, with its amount; of what is paid only whether."""
    story = story_within(story_of(facts_of(resident, on=request.on)), Scope.PAID)
    own = reader_of(request, on=request.on)
    covered = Reader(own.language, request.on, sees_amounts=False, sees_accounts=False)
    shown = Reader(own.language, request.on, sees_accounts=False)
    plain = {block.key: block for block in told(story, shown).blocks}
    return [plain[block.key] if block.key == "payout" else block for block in told(story, covered).blocks]


def _log(request: DeskRequest, row: LetIn) -> None:
    """One look for what stays on the screen; another once amounts are uncovered."""
    state = f"{row.pk}:{row.shows_amounts}"
    if request.session.get(LOGGED) != state:
        page_name = "amounts" if row.shows_amounts else "along"
        look_at_resident(resident=row.resident_id, page=page_name, by=request.user)
        request.session[LOGGED] = state


def _own(request: DeskRequest, number: uuid.UUID) -> LetIn:
    rows = LetIn.objects.filter(pk=number, helper=request.user, mode=Mode.ALONG).select_related("resident")
    row = rows.first()
    if row is None:
        raise Http404
    return row


def _topics(row: LetIn) -> list[tuple[str, str]]:
    return [] if row.topic or row.begun_at is None else [(name, f"helper.topic_{name}") for name in TOPICS]


def _paper_is_on() -> bool:
    return Town.objects.filter(paper_codes=True).exists()


urlpatterns = [
    path("helpen/", visitor, name="visitor"),
    path("helpen/kaart/", card, name="helper_card"),
    path("helpen/papier/", paper_code, name="paper_code"),
    path("helpen/<uuid:let_in>/", look_along, name="look_along"),
    path("helpen/<uuid:let_in>/stop/", stop_along, name="stop_along"),
    path("helpen/<uuid:let_in>/onderwerp/", topic, name="topic"),
]
