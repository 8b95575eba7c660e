"""What everyone sees who may not come in, or asks for what is not there: the same words, whatever it was."""

import sys

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from accessibility.languages import language_for
from accessibility.telling import Reader
from backend.operate.away import SECONDS_AWAY, is_away
from backend.web.reading import page, today

TEMPLATE = "refused.html"
_BROKEN = {"kind": "broken", "heading": "refused.broken"}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or not for this person: nobody learns which."""
    return page(request, TEMPLATE, status=404, kind="not_found", heading="refused.not_found")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This role may not do this."""
    return page(request, TEMPLATE, status=403, kind="not_allowed", heading="refused.not_allowed")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The browser sent what cannot be read, such as too many files."""
    kind = "too_many_files" if isinstance(exception, TooManyFilesSent) else "not_understood"
    return page(request, TEMPLATE, status=400, kind=kind, heading="refused.not_understood")


def kept_too_long(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not made for this stay, or lay open too long (the answer to a missing CSRF token)."""
    return page(request, TEMPLATE, status=403, kind="not_understood", heading="refused.not_understood")


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake of the house itself; or the database is away, and the same request may go well in a moment (503).

    Django calls this while it handles what was raised.
    """
    if is_away(sys.exc_info()[1]):
        return _away()
    try:
        return page(request, TEMPLATE, status=500, **_BROKEN)
    except DatabaseError:
        return _away(status=500)


def too_often(request: HttpRequest, *, minutes: int) -> HttpResponse:
    """Too many wrong tries: how long to wait, and whom to call."""
    answer = page(request, TEMPLATE, status=429, kind="too_often", heading="refused.too_often", minutes=minutes)
    answer["Retry-After"] = str(minutes * 60)
    return answer


def _away(*, status: int = 503) -> HttpResponse:
    """The same words from a page that asks the database nothing, not even the town's number."""
    shown = _BROKEN | {"town": settings.MUNICIPALITY, "reader": Reader(language_for(get_language()), on=today())}
    answer = HttpResponse(render_to_string(TEMPLATE, shown, request=None), status=status)
    if status == 503:
        answer["Retry-After"] = str(SECONDS_AWAY)
    return answer
