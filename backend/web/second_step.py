"""The second step of a colleague: six digits of an app, or a key; and setting up the first of them."""

from io import BytesIO
from typing import Any, cast

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from backend.web.coming_in import redirect_with_next
from backend.web.guards import app_of, for_whoever_is_logged_in, is_fresh, is_verified, one_at_a_time
from backend.web.keys import has_second_factor, question_of, shown_key, verified
from backend.web.reading import page, place_in_house
from budgeting import access
from budgeting.actions.passkeys import NotAValidKey, keys_of
from budgeting.models import User

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@sensitive_post_parameters("token")
@require_http_methods(READ_OR_WRITE)
@for_whoever_is_logged_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Asks for a key or the six digits of the app, whichever there is; who has neither sets one up first."""
    user = _user(request)
    if not has_second_factor(user):
        return redirect_with_next("enrol", place_in_house(request))
    if request.method != "POST":
        return _second_page(request, user)
    shown = _key_shown(request, user) if request.POST.get("answer") else _app_shown(request, user)
    if shown is None:
        return _second_page(request, user, status=422, refused=True)
    verified(request, shown, now=timezone.now())
    return redirect(place_in_house(request) or "home")


@sensitive_post_parameters("token")
@require_http_methods(READ_OR_WRITE)
@for_whoever_is_logged_in
def enrol(request: HttpRequest) -> HttpResponse:
    """Sets up the app of a colleague who has none yet: a QR code, the same as text, and the first six digits."""
    device = _new_device(request)
    if device is None:
        return redirect_with_next("second_factor", place_in_house(request))
    shown: dict[str, Any] = {
        "key": _in_fours(device),
        "next": place_in_house(request),
        "first": not has_second_factor(_user(request)),
    }
    if request.method != "POST":
        return page(request, "account/enrol.html", **shown)
    if not _fits(device, request):
        return page(request, "account/enrol.html", status=422, refused=True, **shown)
    device.confirmed = True
    device.save()
    verified(request, device, now=timezone.now())
    return redirect(place_in_house(request) or "home")


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


def _second_page(request: HttpRequest, user: User, **more: Any) -> HttpResponse:
    has_key = keys_of(user).exists()
    shown: dict[str, Any] = {
        "has_key": has_key,
        "question": question_of(request, user) if has_key else "",
        "has_app": app_of(user) is not None,
        "next": place_in_house(request),
    }
    return page(request, "account/second_factor.html", **(shown | more))


def _key_shown(request: HttpRequest, user: User) -> object | None:
    try:
        return shown_key(request, user, now=timezone.now())
    except NotAValidKey:
        return None


def _app_shown(request: HttpRequest, user: User) -> object | None:
    device = app_of(user)
    return device if device is not None and _fits(device, request) else None


def _fits(device: TOTPDevice, request: HttpRequest) -> bool:
    """Whether the digits are right; a device that was tried too often lately accepts none for a while."""
    with one_at_a_time(_user(request)):
        device.refresh_from_db()
        allowed, _ = device.verify_is_allowed()
        return bool(allowed and device.verify_token(request.POST.get("token", "").replace(" ", "")))


def _new_device(request: HttpRequest) -> TOTPDevice | None:
    """The app being set up; None for who has one already, or has a key and did not show it just now."""
    user = _user(request)
    if app_of(user) is not None:
        return None
    if not access.needs_second_factor(user, on=timezone.localdate()):
        raise Http404
    if has_second_factor(user) and not (is_verified(request) and is_fresh(request, now=timezone.now())):
        return None
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return device


def _in_fours(device: TOTPDevice) -> str:
    """The key as people type it over."""
    key = device.config_url.split("secret=")[1].split("&")[0]
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


urlpatterns = [
    path("inloggen/tweede-stap/", second_factor, name="second_factor"),
    path("inloggen/app/", enrol, name="enrol"),
    path("inloggen/app/code.svg", enrol_picture, name="enrol_picture"),
]
