"""The resident's choices, our messages, who looked at them, and whether a page was clear."""

from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.choosing import (
    NotAChoice,
    channels_of,
    choose_channels,
    choose_reading,
    likes_dutch_too,
    offered_to,
)
from accessibility.clearness import NoSuchPage, count_answer
from accessibility.known import help_of_town
from accessibility.models import Channel, MessageKind
from accessibility.news import news_of, story_of_news
from accessibility.who_looked import looked_facts_of, story_of_looks
from backend.web.keys import allowed
from backend.web.reading import ANSWERED, DUTCH_TOO, keep_language, page, place_in_house, reader_of, story_page
from backend.web.resident import own_page
from budgeting.models import Resident, User

KEPT = "bewaard"


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def choices(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Language, Dutch beside it, and per kind of message paper, screen or text message."""
    if request.method != "POST":
        return _choices_page(request, resident)
    user = cast(User, request.user)
    language = request.POST.get("language", resident.language)
    dutch_too = request.POST.get("dutch") == "1"
    asked = {kind.value: request.POST[kind] for kind in MessageKind if kind in request.POST}
    try:
        choose_channels(resident=resident, channels=asked, now=timezone.now(), by=user)
        choose_reading(resident=resident, language=language, dutch_too=dutch_too, by=user)
    except NotAChoice:
        return _choices_page(request, resident, status=422, refused=True)
    request.session[DUTCH_TOO] = dutch_too
    return keep_language(redirect(f"{resolve_url('choices')}?{KEPT}=1"), language)


@require_safe
@own_page
def looked(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Who looked in the last year: by day, by whom, at what."""
    facts = looked_facts_of(resident, on=on)
    return story_page(request, "resident/looked.html", story_of_looks(facts), facts.help, on=on)


@require_safe
@own_page
def news(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """What we would write about: payments that came back and amounts that changed, of the last month."""
    desk = help_of_town()
    story = story_of_news(news_of(resident, on=on), on=on, desk=desk)
    return story_page(request, "resident/news.html", story, desk, on=on)


@require_POST
@own_page
def clear(request: HttpRequest, name: str, *, resident: Resident, on: date) -> HttpResponse:
    """One tap on yes or no below a page; what was answered is remembered for this stay only."""
    answer = request.POST.get("clear", "")
    given = request.session.get(ANSWERED, {})
    if answer not in {"yes", "no"}:
        raise Http404
    if name not in given:
        try:
            count_answer(page=name, language=reader_of(request, on=on).language, clear=answer == "yes", on=on)
        except NoSuchPage as unknown:
            raise Http404 from unknown
        request.session[ANSWERED] = given | {name: answer}
    return HttpResponseRedirect(f"{place_in_house(request) or resolve_url('resident_home')}#clear")


def _choices_page(request: HttpRequest, resident: Resident, **more: Any) -> HttpResponse:
    offered, chosen = offered_to(resident), channels_of(resident)
    shown: dict[str, Any] = {
        "kinds": [_kind(kind, offered[kind], chosen[kind]) for kind in MessageKind],
        "texts": any(Channel.TEXT in channels for channels in offered.values()),
        "own": resident.language,
        "dutch": likes_dutch_too(cast(User, request.user)),
        "kept": KEPT in request.GET,
        "asks": "choices",
        "keys_allowed": allowed(),
    }
    return page(request, "resident/choices.html", **(shown | more))


def _kind(kind: MessageKind, offered: tuple[Channel, ...], chosen: Channel) -> dict[str, Any]:
    channels = [{"name": one.value, "message": f"channel.{one.value}", "chosen": one == chosen} for one in offered]
    return {"name": kind.value, "message": f"message.{kind.value}", "channels": channels}


urlpatterns = [
    path("mijn-geld/keuzes/", choices, name="choices"),
    path("mijn-geld/berichten/", news, name="news"),
    path("mijn-geld/gekeken/", looked, name="looked"),
    path("mijn-geld/duidelijk/<str:name>/", clear, name="clear"),
]
