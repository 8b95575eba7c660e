"""Coming in and going out: a resident by the code on a letter, a colleague by name and password; languages."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.web import session_limits, tries
from backend.web.coming_in import as_colleague, as_resident
from backend.web.guards import abilities_of, for_whoever_is_logged_in
from backend.web.keys import allowed, offers_keys
from backend.web.reading import keep_language, page, place_in_house
from backend.web.refusals import too_often
from budgeting.actions.helping import NotAValidHelpCode
from budgeting.actions.people import NotAValidCode, redeem_letter_code
from budgeting.actions.trusting import redeem_invitation
from budgeting.models import User

READ_OR_WRITE = ["GET", "HEAD", "POST"]
SHARED = "shared"
FIRST_PAGES = {
    "use_desk": "today",
    "look_along": "visitor",
    "see_own_story": "resident_home",
    "see_who_trusts": "trusts",
}


@require_safe
@for_whoever_is_logged_in
def home(request: HttpRequest) -> HttpResponse:
    """Off to one's own first page: a colleague's desk, a helper's page, else the resident's own money."""
    may = abilities_of(_user(request), on=timezone.localdate())
    return redirect(next((name for ability, name in FIRST_PAGES.items() if ability in may), "resident_home"))


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(READ_OR_WRITE)
def log_in(request: HttpRequest) -> HttpResponse:
    """A resident types the code from the letter. Whatever is wrong with a code, the answer is the same."""
    if request.method != "POST":
        return page(request, "account/code.html", next=place_in_house(request), keys_allowed=allowed())
    now, attempt = timezone.now(), tries.with_code(request)
    if minutes := tries.minutes_to_wait(attempt, now=now):
        return too_often(request, minutes=minutes)
    try:
        user = _user_of_code(request.POST.get("code", ""), now)
    except NotAValidHelpCode:
        return _code_refused(request)
    tries.was_right(attempt, now=now)
    shared = SHARED in request.POST
    to = place_in_house(request) or ("" if shared or not offers_keys(user) else resolve_url("own_keys"))
    return as_resident(request, user, to=to, shared=shared, now=now)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(READ_OR_WRITE)
def staff_log_in(request: HttpRequest) -> HttpResponse:
    """A colleague gives name and password; the second factor is asked next. Whoever needs none goes on at once."""
    if request.method != "POST":
        return page(request, "account/login.html", next=place_in_house(request))
    name, now = request.POST.get("username", ""), timezone.now()
    attempt = tries.with_password(request, name)
    if minutes := tries.minutes_to_wait(attempt, now=now):
        return too_often(request, minutes=minutes)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        return page(
            request, "account/login.html", status=422, refused=True, username=name, next=place_in_house(request)
        )
    tries.was_right(attempt, now=now)
    return as_colleague(request, user, to=place_in_house(request), now=now)


@require_POST
@for_whoever_is_logged_in
def stop(request: HttpRequest) -> HttpResponse:
    """Ends the stay and asks the browser to forget everything; the answer is in the language one was reading."""
    return _forget(request)


@login_not_required
@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """Where a page goes by itself when a stay ends. Whoever still reads another page stays, but not on this one."""
    if session_limits.is_over(request, session_limits.limit_of(request), now=timezone.now()):
        return _forget(request)
    return page(request, "account/stopped.html")


@login_not_required
@require_http_methods(READ_OR_WRITE)
def language(request: HttpRequest) -> HttpResponse:
    """The languages of the house, each by its own name; the choice is kept in a cookie, with or without logging in."""
    if request.method != "POST":
        return page(request, "account/language.html", next=place_in_house(request))
    response = HttpResponseRedirect(place_in_house(request) or resolve_url("home"))
    return keep_language(response, request.POST.get("language", ""))


def _forget(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = page(request, "account/stopped.html")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _user_of_code(code: str, now: datetime) -> User:
    """A resident by the code of a letter, or a trusted person by the code the resident gave. `NotAValidHelpCode`."""
    try:
        return redeem_letter_code(code=code, now=now)
    except NotAValidCode:
        return redeem_invitation(code=code, now=now)


def _code_refused(request: HttpRequest) -> HttpResponse:
    shared = SHARED in request.POST
    shown: dict[str, Any] = {"refused": True, "shared": shared, "next": place_in_house(request)}
    return page(request, "account/code.html", status=422, keys_allowed=allowed(), **shown)


urlpatterns = [
    path("", home, name="home"),
    path("inloggen/", log_in, name="login"),
    path("inloggen/medewerker/", staff_log_in, name="staff_login"),
    path("stoppen/", stop, name="stop"),
    path("gestopt/", ended, name="ended"),
    path("taal/", language, name="language"),
]
