"""The frame of a page that is asked for often: rendered once for each language and state, then filled in.

Nothing of a resident stands in a frame. Its story, the token of its forms and the time until which one stays are put
into its holes for each request. All a frame is made of is asked anew each time and is its key: a town that changes its
number has another frame at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accessibility.sentence import Name
from accessibility.templatetags.blocks import blocks_tag
from accessibility.voices import has_voice
from backend.web.beside import Looking

# Signs that no person can type into a field of ours, and that no font has.
_HOLE = "\ue000"
_BLOCKS, _TOKEN, _UNTIL, _SECONDS = (
    SafeString(f"{_HOLE}{name}{_HOLE}") for name in ("blocks", "token", "until", "seconds")
)
KEPT = 256


def fits(request: HttpRequest) -> bool:
    """Whether the page of this request has a frame: asked for without more, by a resident with whom nobody looks."""
    told = cast(Any, request)
    alone = getattr(told, "looking", None) == Looking() and getattr(told, "stay_until", None) is not None
    return alone and request.method == "GET" and not request.META.get("QUERY_STRING")


def filled(request: HttpRequest, template: str, context: Mapping[str, Any]) -> str:
    """The page that the template makes of this context, which has a `story`. Ask `fits` first."""
    told, story = cast(Any, request), context["story"]
    made_of = tuple({**context, "story": replace(story, blocks=_BLOCKS)}.items())
    settled = (getattr(settings, "THEME", ""), has_voice(context["reader"].language))
    parts = _parts(template, request.path, made_of, settled)
    values = {
        "blocks": blocks_tag(story.blocks, context.get("first_level", ""), context.get("highlight")),
        "token": get_token(request),
        "until": told.stay_until.text,
        "seconds": str(told.stay_seconds),
    }
    return "".join(values[part] if number % 2 else part for number, part in enumerate(parts))


def forget() -> None:
    """Renders every frame anew; for who changes words or templates while the house runs."""
    _parts.cache_clear()


@lru_cache(maxsize=KEPT)
def _parts(template: str, path: str, made_of: tuple[tuple[str, Any], ...], _settled: object) -> list[str]:
    """Frame and names of holes in turn. A function of its arguments alone: the request is one that asks nothing."""
    request = cast(Any, HttpRequest())
    request.method, request.path = "GET", path
    request.user = SimpleNamespace(is_authenticated=True)
    request.looking, request.stay_until, request.stay_seconds = Looking(), Name(_UNTIL), _SECONDS
    page = render_to_string(template, dict(made_of) | {"csrf_token": _TOKEN}, request=request)
    return page.split(_HOLE)
