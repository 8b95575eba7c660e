"""Who may open a page of the desk: a role's ability, a verified second factor, and a fresh one where money moves.

Permission is decided in `budgeting.access`; here it is asked before a view runs. Who lacks an ability gets 403. What a
person may not see is not found (404), so that nobody learns that it exists.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from accessibility.languages import FALLBACK
from backend.web import session_limits
from budgeting import access
from budgeting.actions.locks import hold
from budgeting.models import Resident, Role, User

# Approving and releasing ask for a code no older than this.
FRESH = timedelta(minutes=5)
SECOND_FACTOR_AT = "second_factor_at"
# When the desk was last used by hand while a resident is at the counter; the second screen does not count.
AT_COUNTER = "at_counter"
SECOND_SCREEN = frozenset({"screen", "screen_answer"})

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)
V = TypeVar("V", bound=Callable[..., HttpResponse])


@dataclass(frozen=True, slots=True)
class Guard:
    """Who a page lets in: who has one of the abilities; without any, whoever is logged in, or everybody if `open`.

    A door for `machines` asks for a key of its own and lets nobody in by logging in.
    """

    abilities: tuple[str, ...] = ()
    second_factor: bool = False
    open: bool = False
    machines: bool = False


class UnguardedPage(LookupError):
    """A page does not say whom it lets in."""


class DeskRequest(HttpRequest):
    """A request that passed `desk_page`: by a colleague, with what their roles let them do, on a day."""

    user: User
    roles: frozenset[str]
    abilities: frozenset[str]
    on: date
    now: datetime
    has_key: bool | None  # of a phone or stick; None as long as nobody asked


View = Callable[Concatenate[DeskRequest, P], HttpResponse]


def desk_page(*abilities: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Lets in who has one of the abilities and showed a second factor; the request then carries day and abilities.

    The desk speaks Dutch, whatever the browser of a colleague prefers, and its pages say that they do.
    """
    return _page(Guard(abilities, second_factor=True), session_limits.STAFF, "staff_login", language=FALLBACK)


def helper_page(
    *abilities: str, second_factor: bool = True
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """The same for who looks with a resident: a short stay, at a desk that may be anyone's."""
    log_in = "staff_login" if second_factor else "login"
    return _page(Guard(abilities, second_factor=second_factor), session_limits.HELPER, log_in)


def _page(
    guard: Guard, limit: session_limits.Limit, log_in: str, *, language: str = ""
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            desk = _as_desk(request)
            if not session_limits.may_stay(request, limit, now=desk.now):
                return redirect_to_login(request.get_full_path(), reverse(log_in))
            if not desk.abilities.intersection(guard.abilities):
                raise PermissionDenied
            if guard.second_factor and not is_verified(desk):
                return to_second_factor(desk)
            _note_counter(desk)
            with translation.override(language or translation.get_language()):
                answer = view(desk, *args, **kwargs)
                answer.headers.setdefault("Content-Language", translation.get_language())
                return answer

        guarded.abilities = guard.abilities  # type: ignore[attr-defined]
        return guarded_by(guarded, guard)

    return decorate


def guarded_by(view: V, guard: Guard) -> V:
    """The view, saying whom it lets in; whoever decorates a view with a check says so with this."""
    view.guard = guard  # type: ignore[attr-defined]
    return view


def for_whoever_is_logged_in(view: V) -> V:
    """A page that shows nothing of anybody else, such as stopping."""
    return guarded_by(view, Guard())


def guard_of(callback: Callable[..., Any]) -> Guard:
    """The guard of a page, or of the class behind it. Raises `UnguardedPage`: what says nothing lets in nobody."""
    if not getattr(callback, "login_required", True) and not hasattr(callback, "cls"):
        return Guard(open=True)
    guard = getattr(callback, "guard", None) or getattr(getattr(callback, "cls", None), "guard", None)
    if not isinstance(guard, Guard):
        raise UnguardedPage(f"{callback.__module__}.{callback.__name__}")
    return guard


def abilities_of(user: User, *, on: date) -> frozenset[str]:
    """All that the user's roles let them do here on the day; machines come in by the API, never by a page."""
    return _abilities(access.roles_of(user, on=on))


def resident_or_404(request: DeskRequest, number: int) -> Resident:
    """The resident, when this colleague may open the file; else the same answer as for one who does not exist."""
    rows = access.visible_residents(request.user, on=request.on, roles=request.roles).select_related("household")
    resident = rows.filter(pk=number).first()
    if resident is None:
        raise Http404
    return resident


def is_verified(request: HttpRequest) -> bool:
    """Whether a second factor was shown since logging in."""
    return bool(cast(Any, request.user).is_verified())


def to_second_factor(request: HttpRequest) -> HttpResponseRedirect:
    """Off to the page that asks for the code, and back here after."""
    return HttpResponseRedirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path()})}")


def note_second_factor(request: HttpRequest, *, now: datetime) -> None:
    """Remembers in the session that a code was right just now; the log-in calls it as well."""
    request.session[SECOND_FACTOR_AT] = now.isoformat()


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Whether a code was right less than five minutes ago."""
    told = request.session.get(SECOND_FACTOR_AT)
    return told is not None and timedelta() <= now - datetime.fromisoformat(told) < FRESH


def app_of(user: User) -> TOTPDevice | None:
    """The app for codes that the user has set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def takes_code(request: DeskRequest, code: str) -> bool:
    """Whether the code fits the app of this colleague; a right one is fresh from now on. Wrong ones are throttled."""
    app, plain = app_of(request.user), code.replace(" ", "")
    if app is None or not plain:
        return False
    with one_at_a_time(request.user):
        if verify_token(request.user, app.persistent_id, plain) is None:
            return False
    note_second_factor(request, now=request.now)
    return True


@contextmanager
def one_at_a_time(user: User) -> Iterator[None]:
    """Whoever shows a code waits for who shows one at the same moment: the app's last code is read and kept as one."""
    with transaction.atomic():
        hold("second_factor", user.pk)
        yield


def _note_counter(desk: DeskRequest) -> None:
    name = desk.resolver_match.url_name if desk.resolver_match else ""
    if AT_COUNTER in desk.session and name not in SECOND_SCREEN:
        desk.session[AT_COUNTER] = desk.now.isoformat()


def _as_desk(request: HttpRequest) -> DeskRequest:
    desk = cast(DeskRequest, request)
    desk.now = timezone.localtime()
    desk.on = desk.now.date()
    desk.has_key = None
    desk.roles = access.roles_of(desk.user, on=desk.on)
    desk.abilities = _abilities(desk.roles)
    return desk


def _abilities(roles: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(access.ABILITIES[role] for role in roles - {Role.SYSTEM}))
