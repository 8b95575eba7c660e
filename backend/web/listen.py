"""Listen to the home page: a page with the browser's own player, and the sound itself. No script, nothing kept."""

from datetime import date
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accessibility.aloud import aloud
from accessibility.gather import facts_of
from accessibility.story import story_of
from accessibility.voices import VoiceBusy, VoiceFailed, has_voice, sound_of
from backend.web.reading import reader_of, story_page
from backend.web.resident import own_page
from budgeting.models import Resident

_PLAYS = csp_update({"media-src": [SELF]})


@require_safe
@own_page
def listen(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """The page to listen on; not found in a language without a voice."""
    facts = facts_of(resident, on=on)
    if not has_voice(reader_of(request, on=on, offer=facts.help.offer).language):
        raise Http404
    return story_page(request, "resident/listen.html", story_of(facts), facts.help, on=on)


@require_safe
@own_page
def sound(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """The story as sound, whole or the part that a player asks for. 503 when all voices are busy or one fails."""
    facts = facts_of(resident, on=on)
    reader = reader_of(request, on=on, offer=facts.help.offer)
    if not has_voice(reader.language):
        raise Http404
    try:
        whole = sound_of(aloud(story_of(facts), reader), reader.language)
    except (VoiceBusy, VoiceFailed):
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    return _part(whole, request.headers.get("Range", ""))


def _part(whole: bytes, asked: str) -> HttpResponse:
    """One range of bytes (RFC 9110, 14.2), which players on phones insist on; anything odd gets the whole."""
    headers: dict[str, Any] = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
    first, last = _range(asked, len(whole))
    if first is None:
        return HttpResponse(whole, content_type="audio/wav", headers=headers)
    if first >= len(whole):
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{len(whole)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(whole)}"
    return HttpResponse(whole[first : last + 1], status=206, content_type="audio/wav", headers=headers)


def _range(asked: str, length: int) -> tuple[int | None, int]:
    unit, _, places = asked.partition("=")
    first, dash, last = places.partition("-")
    digits = (first + last).isascii() and (first + last).isdigit() and len(asked) < 40
    if unit.strip() != "bytes" or not dash or not digits or (last and first and int(last) < int(first)):
        return None, 0
    if not first:
        return max(length - int(last), 0), length - 1
    return int(first), min(int(last), length - 1) if last else length - 1


urlpatterns = [
    path("mijn-geld/luister/", _PLAYS(listen), name="listen"),
    path("mijn-geld/luister.wav", _PLAYS(sound), name="sound"),
]
