"""The last step of every way in: a new session, and where to go from there."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from accessibility.choosing import likes_dutch_too
from backend.web import session_limits
from backend.web.reading import DUTCH_TOO, keep_language
from budgeting import access
from budgeting.models import Resident, User

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def as_resident(request: HttpRequest, user: User, *, to: str, shared: bool, now: datetime) -> HttpResponse:
    """A resident is in: how long depends on who else uses this computer; the answer is in their own language."""
    _come_in(request, user, now=now)
    request.session[session_limits.SHARED_COMPUTER] = shared
    request.session[DUTCH_TOO] = likes_dutch_too(user)
    return _in_own_language(redirect(to or "home"), user, request)


def as_colleague(request: HttpRequest, user: User, *, to: str, now: datetime) -> HttpResponse:
    """A colleague is in, and shows the second factor next. Whoever needs none goes on at once."""
    _come_in(request, user, now=now)
    if access.needs_second_factor(user, on=timezone.localdate()):
        return redirect_with_next("second_factor", to)
    return redirect(to or "home")


def redirect_with_next(name: str, to: str) -> HttpResponseRedirect:
    """Off to another step, which knows where to go after."""
    return redirect_to_login(to, resolve_url(name)) if to else HttpResponseRedirect(resolve_url(name))


def _come_in(request: HttpRequest, user: User, *, now: datetime) -> None:
    login(request, user, backend=MODEL_BACKEND)
    session_limits.come_in(request, now=now)


def _in_own_language(response: HttpResponseRedirect, user: User, request: HttpRequest) -> HttpResponse:
    """In the language known of the resident, unless another was chosen at the door."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return response
    known = Resident.objects.filter(user=user).values_list("language", flat=True).first()
    return keep_language(response, known or "")
