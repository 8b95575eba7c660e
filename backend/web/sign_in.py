"""Coming in by an identity provider: off to it, and back with a code that works once, in the browser that asked.

What belongs to one try (nonce, PKCE verifier, where to go) stands in the session under its state, for ten minutes; the
state says for which door it was made, so that a code of one provider is never taken to another.
"""

import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string
from django.views.decorators.http import require_safe
from mozilla_django_oidc.utils import add_state_and_verifier_and_nonce_to_session, generate_code_challenge

from backend.identity_providers import RESIDENTS, STAFF, Provider
from backend.web.coming_in import as_colleague, as_resident
from backend.web.id_token import user_behind
from backend.web.reading import page, place_in_house
from budgeting.actions.identities import note_coming_in

STATES = "oidc_states"
SECONDS_FOR_A_TRY = 600
LETTERS = 64
PAGES = {STAFF: "account/login.html", RESIDENTS: "account/code.html"}


@login_not_required
@require_safe
def off_to(request: HttpRequest, door: str) -> HttpResponse:
    """Sends the browser to the provider of this door, with what only this try knows."""
    provider = _provider(door)
    state, verifier = f"{door}.{get_random_string(LETTERS)}", get_random_string(LETTERS)
    asked: dict[str, Any] = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": request.build_absolute_uri(reverse(_BACK[door])),
        "state": state,
        "nonce": get_random_string(LETTERS),
        "code_challenge": generate_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
    }
    asked |= {"acr_values": " ".join(provider.acr)} if provider.acr else {}
    asked |= {"max_age": provider.max_age} if provider.max_age is not None else {}
    add_state_and_verifier_and_nonce_to_session(request, state, asked, verifier)
    request.session[STATES][state] |= {"to": place_in_house(request), "shared": "shared" in request.GET}
    request.session.modified = True
    return HttpResponseRedirect(f"{provider.authorization}?{urlencode(asked)}")


@login_not_required
@require_safe
def back_from(request: HttpRequest, door: str) -> HttpResponse:
    """Back with a code: whoever it stands for comes in. Whatever is wrong, the answer is the same."""
    provider, begun = _provider(door), _begun(request, door)
    if begun is None or not constant_time_compare(request.GET.get("iss", provider.issuer), provider.issuer):
        return _refused(request, door)
    who = {"nonce": begun["nonce"], "code_verifier": begun["code_verifier"]}
    user = user_behind(request, provider, for_staff=door == STAFF, **who)
    if user is None:
        return _refused(request, door)
    request.session.pop(STATES, None)
    note_coming_in(user=user, issuer=provider.issuer)
    now = timezone.now()
    if door == STAFF:
        return as_colleague(request, user, to=begun["to"], now=now)
    return as_resident(request, user, to=begun["to"], shared=begun["shared"], now=now)


def _provider(door: str) -> Provider:
    """The provider of a door; a door that is not configured is not there."""
    found: Provider | None = settings.SIGN_IN.get(door)
    if found is None:
        raise Http404
    return found


def _begun(request: HttpRequest, door: str) -> dict[str, Any] | None:
    """What this browser began for this door, taken away so that it works once; None when it did not or too long ago."""
    state = request.GET.get("state", "")
    begun: dict[str, Any] | None = request.session.get(STATES, {}).pop(state, None)
    if begun is None:
        return None
    request.session.modified = True
    request.session.save()
    young = 0 <= time.time() - begun["added_on"] <= SECONDS_FOR_A_TRY
    return begun if young and state.startswith(f"{door}.") else None


def _refused(request: HttpRequest, door: str) -> HttpResponse:
    return page(request, PAGES[door], status=422, not_let_in=True)


_BACK = {STAFF: "town_account_back", RESIDENTS: "digid_back"}
urlpatterns = [
    path("inloggen/gemeente/", off_to, {"door": STAFF}, name="town_account"),
    path("inloggen/gemeente/terug/", back_from, {"door": STAFF}, name="town_account_back"),
    path("inloggen/digid/", off_to, {"door": RESIDENTS}, name="digid"),
    path("inloggen/digid/terug/", back_from, {"door": RESIDENTS}, name="digid_back"),
]
