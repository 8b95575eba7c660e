"""Logging in with a key: a resident's own phone where the town allows it, a colleague's second step anywhere.

The question of one page stands in the session for five minutes and is answered once. A page without script, or in a
browser without keys, says what to do instead.
"""

import base64
import ipaddress
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device

from accessibility.assisted import first_name
from backend.web import session_limits, tries
from backend.web.beside import looking_with
from backend.web.coming_in import as_resident
from backend.web.guards import (
    app_of,
    for_whoever_is_logged_in,
    is_fresh,
    is_verified,
    note_second_factor,
    to_second_factor,
)
from backend.web.reading import page, place_in_house
from backend.web.refusals import too_often
from budgeting import access
from budgeting.actions import passkeys
from budgeting.actions.passkeys import House, NotAValidKey, Question
from budgeting.models import Passkey, Resident, Town, User

MAKE, SHOW = "key_to_make", "key_to_show"
# Who makes a key came in just now, so that nobody adds one of theirs on a phone that was left open.
JUST_CAME_IN = timedelta(minutes=10)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_with_key(request: HttpRequest) -> HttpResponse:
    """A resident shows the key of their phone, and nothing else. Whatever is wrong, the answer is the same."""
    _check_town_allows()
    if request.method != "POST":
        return _log_in_page(request)
    now, attempt = timezone.now(), tries.with_code(request)
    if minutes := tries.minutes_to_wait(attempt, now=now):
        return too_often(request, minutes=minutes)
    try:
        user = shown_key(request, None, now=now).user
    except NotAValidKey:
        return _log_in_page(request, status=422, refused=True)
    if access.needs_second_factor(user, on=timezone.localdate()):
        return _log_in_page(request, status=422, refused=True)
    tries.was_right(attempt, now=now)
    return as_resident(request, user, to=place_in_house(request), shared=False, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@for_whoever_is_logged_in
def own_keys(request: HttpRequest) -> HttpResponse:
    """One's own keys, and a new one. A colleague who has a second step already shows it first."""
    user, now = _user(request), timezone.now()
    colleague = access.needs_second_factor(user, on=timezone.localdate())
    if colleague and has_second_factor(user) and not (is_verified(request) and is_fresh(request, now=now)):
        return to_second_factor(request)
    if not colleague:
        _check_may_have_keys(request, user, now)
    if request.method != "POST":
        return _keys_page(request, user, now, colleague=colleague)
    try:
        key = _made_key(request, user, now, colleague=colleague)
    except (NotAValidKey, passkeys.TooManyKeys):
        return _keys_page(request, user, now, colleague=colleague, status=422, refused=True)
    if colleague:
        verified(request, key, now=now)
        return redirect(place_in_house(request) or "home")
    return _keys_page(request, user, now, colleague=False, kept=True)


@require_POST
@for_whoever_is_logged_in
def end_own_key(request: HttpRequest, number: int) -> HttpResponse:
    """Ends one key: one tap. A colleague shows the second step first, and keeps at least one way to show it."""
    user, now = _user(request), timezone.now()
    colleague = access.needs_second_factor(user, on=timezone.localdate())
    if colleague and not (is_verified(request) and is_fresh(request, now=now)):
        return to_second_factor(request)
    try:
        passkeys.end_key(user=user, number=number, by=user, keeps_one=colleague and app_of(user) is None)
    except passkeys.LastWayIn:
        raise PermissionDenied from None
    return redirect("own_keys")


def has_second_factor(user: User) -> bool:
    """Whether a colleague has set up an app or a key."""
    return app_of(user) is not None or passkeys.keys_of(user).exists()


def offers_keys(user: User) -> bool:
    """Whether somebody who came in by a code is asked to let their own phone do it next time."""
    return allowed() and not passkeys.keys_of(user).exists()


def allowed() -> bool:
    """Whether the town lets residents log in with a key."""
    return Town.objects.filter(passkeys=True).exists()


def question_of(request: HttpRequest, user: User | None) -> str:
    """The question for a key of this user, or of anybody's, for this page; empty where a key cannot work."""
    house = _house(request)
    if house is None:
        return ""
    return _asked(request, SHOW, passkeys.ask_to_show(user=user, house=house))


def shown_key(request: HttpRequest, user: User | None, *, now: datetime) -> Passkey:
    """The key that answered the question of this browser. Raises `NotAValidKey`."""
    house, challenge = _house(request), _challenge(request, SHOW, now)
    if house is None:
        raise NotAValidKey
    answer = request.POST.get("answer", "")
    return passkeys.take_key(user=user, answer=answer, challenge=challenge, house=house, now=now)


def verified(request: HttpRequest, device: object, *, now: datetime) -> None:
    """Remembers, in a session of a new name, that the second step was shown just now."""
    request.session.cycle_key()
    remember_device(request, device)
    note_second_factor(request, now=now)


def _made_key(request: HttpRequest, user: User, now: datetime, *, colleague: bool) -> Passkey:
    house, challenge = _house(request), _challenge(request, MAKE, now)
    if house is None or not _may_make(request, now, colleague=colleague):
        raise NotAValidKey
    answer = request.POST.get("answer", "")
    return passkeys.keep_key(
        user=user, answer=answer, challenge=challenge, house=house, name="key", alone=not colleague, now=now
    )


def _keys_page(
    request: HttpRequest, user: User, now: datetime, *, colleague: bool, status: int = 200, **more: Any
) -> HttpResponse:
    house, may_make = _house(request), _may_make(request, now, colleague=colleague)
    question = ""
    if house is not None and may_make:
        asked = passkeys.ask_to_make(user=user, house=house, shown_as=_shown_as(user), alone=not colleague)
        question = _asked(request, MAKE, asked)
    days = [(one.pk, timezone.localdate(one.made_at), _day(one.used_at)) for one in passkeys.keys_of(user)]
    shown: dict[str, Any] = {"question": question, "may_make": may_make, "keys": days, "colleague": colleague}
    shown["has_app"] = app_of(user) is not None
    return page(request, "account/keys.html", status=status, next=place_in_house(request), **(shown | more))


def _log_in_page(request: HttpRequest, **more: Any) -> HttpResponse:
    question = question_of(request, None)
    return page(request, "account/key_login.html", question=question, next=place_in_house(request), **more)


def _may_make(request: HttpRequest, now: datetime, *, colleague: bool) -> bool:
    came_in = request.session.get(session_limits.CAME_IN_AT)
    return colleague or (came_in is not None and now - datetime.fromisoformat(came_in) < JUST_CAME_IN)


def _check_may_have_keys(request: HttpRequest, user: User, now: datetime) -> None:
    """Not on a computer of many, nor while somebody sits beside the resident."""
    _check_town_allows()
    if not session_limits.may_stay(request, session_limits.limit_of(request), now=now):
        raise PermissionDenied
    resident = Resident.objects.filter(user=user).first()
    beside = resident is not None and looking_with(resident, now=now).together is not None
    if beside or request.session.get(session_limits.SHARED_COMPUTER):
        raise PermissionDenied


def _check_town_allows() -> None:
    if not allowed():
        raise Http404


def _asked(request: HttpRequest, purpose: str, question: Question) -> str:
    kept = base64.b64encode(question.challenge).decode()
    request.session[purpose] = [kept, timezone.now().isoformat()]
    return question.options


def _challenge(request: HttpRequest, purpose: str, now: datetime) -> bytes:
    """What this browser was asked, taken away so that it is answered once. Raises `NotAValidKey`."""
    kept = request.session.pop(purpose, None)
    if kept is None or not timedelta() <= now - datetime.fromisoformat(kept[1]) < passkeys.VALID:
        raise NotAValidKey
    return base64.b64decode(kept[0])


def _house(request: HttpRequest) -> House | None:
    """The house as a key knows it; None at an address without a name, where browsers have no keys."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        origin = f"{request.scheme}://{request.get_host()}"
        return House(Town.objects.values_list("name", flat=True).first() or host, host, origin)
    return None


def _shown_as(user: User) -> str:
    """How a phone lists the key: a resident by first name only, because others look at that list too."""
    resident = Resident.objects.filter(user=user).first()
    return first_name(resident.first_names) if resident else user.username


def _day(moment: datetime | None) -> object:
    return timezone.localdate(moment) if moment else None


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


urlpatterns = [
    path("inloggen/telefoon/", log_in_with_key, name="key_login"),
    path("inloggen/sleutels/", own_keys, name="own_keys"),
    path("inloggen/sleutels/<int:number>/einde/", end_own_key, name="end_own_key"),
]
