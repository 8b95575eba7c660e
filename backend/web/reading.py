"""Who reads a page: the language chosen, whether Dutch stands beside it, and today; what every page is given."""

from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language

from accessibility.facts import Help
from accessibility.known import help_if_known
from accessibility.languages import EVERY_LANGUAGE, Offer, language_for
from accessibility.sentence import Phone, Story
from accessibility.telling import Reader, told
from backend.web import frames
from backend.web.beside import sits_beside

DUTCH_TOO = "dutch_too"
ANSWERED = "answered"

R = TypeVar("R", bound=HttpResponse)


def today() -> date:
    """Today, read at the door."""
    return timezone.localdate()


def reader_of(request: HttpRequest, *, on: date, offer: Offer = EVERY_LANGUAGE) -> Reader:
    """The reader of this request; a language that the town did not switch on becomes Dutch."""
    language = offer.nearest(language_for(get_language()))
    dutch_too = bool(request.session.get(DUTCH_TOO))
    return Reader(language, on, dutch_too=dutch_too, sees_accounts=not sits_beside(request))


def story_page(
    request: HttpRequest, template: str, story: Story, desk: Help, *, on: date, framed: bool = False, **context: Any
) -> HttpResponse:
    """A story, told in the reader's language; `status` of the answer may be in the context.

    `framed`: asked for so often that its frame is kept (`backend.web.frames`).
    """
    reader = reader_of(request, on=on, offer=desk.offer)
    asks = {"story": told(story, reader), "asks": story.key, "answered": _answered(request, story.key)}
    shown = _around(desk, reader) | asks | context
    if framed and frames.fits(request):
        return HttpResponse(frames.filled(request, template, shown))
    return render(request, template, shown, status=context.pop("status", 200))


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page with the town's name and number on it; a town that is not set up yet has a name only."""
    desk = help_if_known()
    shown: dict[str, Any]
    if desk is None:
        shown = {"town": settings.MUNICIPALITY, "phone": None, "reader": reader_of(request, on=today())}
    else:
        shown = _around(desk, reader_of(request, on=today(), offer=desk.offer))
    shown["provided"] = sorted(settings.SIGN_IN)  # the doors that have an identity provider
    shown["answered"] = _answered(request, str(context.get("asks", "")))
    return render(request, template, shown | context, status=status)


def keep_language(response: R, code: str) -> R:
    """Remembers the language in the browser, when it is one of ours."""
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def place_in_house(request: HttpRequest) -> str:
    """Where to go after, when that is a place in this house; else nowhere."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if here else ""


def _answered(request: HttpRequest, name: str) -> str:
    """What was tapped below this page, this stay."""
    return str(request.session.get(ANSWERED, {}).get(name, ""))


def _around(desk: Help, reader: Reader) -> dict[str, Any]:
    """What every page says around its own words."""
    return {"town": desk.town, "phone": Phone(desk.phone), "offer": desk.offer, "reader": reader}
