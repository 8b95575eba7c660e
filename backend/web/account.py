"""Coming in and going out: a resident by the code on a letter, a colleague by password and second factor; languages."""

from datetime import datetime
from io import BytesIO
from typing import cast

import segno
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as remember_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.web import session_limits, tries
from backend.web.coming_in import as_colleague, as_resident, redirect_with_next
from backend.web.guards import abilities_of, for_whoever_is_logged_in, note_second_factor, one_at_a_time
from backend.web.reading import keep_language, page, place_in_house
from backend.web.refusals import too_often
from budgeting import access
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
        return page(request, "account/code.html", next=place_in_house(request))
    now, attempt = timezone.now(), tries.with_code(request)
    if minutes := tries.minutes_to_wait(attempt, now=now):
        return too_often(request, minutes=minutes)
    try:
        user = _user_of_code(request.POST.get("code", ""), now)
    except NotAValidHelpCode:
        return _code_refused(request)
    tries.was_right(attempt, now=now)
    return as_resident(request, user, to=place_in_house(request), shared=SHARED in request.POST, now=now)


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


@sensitive_post_parameters("token")
@require_http_methods(READ_OR_WRITE)
@for_whoever_is_logged_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for the six digits of the app; who has no app set up yet does that first."""
    device = TOTPDevice.objects.filter(user=_user(request), confirmed=True).first()
    if device is None:
        return redirect_with_next("enrol", place_in_house(request))
    if request.method != "POST":
        return page(request, "account/second_factor.html", next=place_in_house(request))
    if not _fits(device, request):
        return page(request, "account/second_factor.html", status=422, refused=True, next=place_in_house(request))
    return _verified(request, device)


@sensitive_post_parameters("token")
@require_http_methods(READ_OR_WRITE)
@for_whoever_is_logged_in
def enrol(request: HttpRequest) -> HttpResponse:
    """Sets up the app of a colleague who has none yet: a QR code, the same as text, and the first six digits."""
    device = _new_device(request)
    if device is None:
        return redirect_with_next("second_factor", place_in_house(request))
    key = _in_fours(device)
    if request.method != "POST":
        return page(request, "account/enrol.html", key=key, next=place_in_house(request))
    if not _fits(device, request):
        return page(request, "account/enrol.html", status=422, refused=True, key=key, next=place_in_house(request))
    device.confirmed = True
    device.save()
    return _verified(request, device)


@require_safe
@for_whoever_is_logged_in
def enrol_picture(request: HttpRequest) -> HttpResponse:
    """The QR code of an app that is being set up; there is none once it is."""
    device = _new_device(request)
    if device is None:
        raise Http404
    drawn = BytesIO()
    segno.make(device.config_url, error="m").save(drawn, kind="svg", scale=6, border=4, light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


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
    return page(request, "account/code.html", status=422, refused=True, shared=shared, next=place_in_house(request))


def _fits(device: TOTPDevice, request: HttpRequest) -> bool:
    """Whether the digits are right; a device that was tried too often lately accepts none for a while."""
    with one_at_a_time(_user(request)):
        device.refresh_from_db()
        allowed, _ = device.verify_is_allowed()
        return bool(allowed and device.verify_token(request.POST.get("token", "").replace(" ", "")))


def _verified(request: HttpRequest, device: TOTPDevice) -> HttpResponse:
    remember_device(request, device)
    note_second_factor(request, now=timezone.now())
    return redirect(place_in_house(request) or "home")


def _new_device(request: HttpRequest) -> TOTPDevice | None:
    """The app being set up; None for who has one already, or is no colleague."""
    user = _user(request)
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        return None
    if not access.needs_second_factor(user, on=timezone.localdate()):
        raise Http404
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return device


def _in_fours(device: TOTPDevice) -> str:
    """The key as people type it over."""
    key = device.config_url.split("secret=")[1].split("&")[0]
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


urlpatterns = [
    path("", home, name="home"),
    path("inloggen/", log_in, name="login"),
    path("inloggen/medewerker/", staff_log_in, name="staff_login"),
    path("inloggen/tweede-stap/", second_factor, name="second_factor"),
    path("inloggen/app/", enrol, name="enrol"),
    path("inloggen/app/code.svg", enrol_picture, name="enrol_picture"),
    path("stoppen/", stop, name="stop"),
    path("gestopt/", ended, name="ended"),
    path("taal/", language, name="language"),
]
