"""The resident lets somebody look: beside them, on another screen, or for some months; and ends it with one tap."""

import base64
import uuid
from datetime import date, datetime
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accessibility.sentence import Name
from backend.web import session_limits
from backend.web.beside import looking_with
from backend.web.reading import page
from backend.web.resident import own_page
from budgeting.actions.helping import NotLetIn, look_together, make_help_code, say_yes, show_amounts, stop_looking
from budgeting.actions.trusting import NotATrustedPerson, invite_again, let_in_for_months
from budgeting.models import HelpCode, How, LetIn, Mode, Resident, Scope, User
from budgeting.models.encryption import CannotUnseal, seal, unseal

SHOWN_CODE = "help_code"
AGAIN = 5  # seconds
LASTS = (1, 3, 6)


@require_safe
@own_page
def help_me(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Three ways to be helped, and who may look now."""
    return page(request, "resident/help_me.html", trusted=_trusted(resident, timezone.now()))


@require_POST
@own_page
def begin_together(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Somebody sits beside the resident from now on; the stay becomes a short one."""
    now = timezone.now()
    look_together(resident=resident, now=now, by=_user(request))
    request.session[session_limits.SHARED_COMPUTER] = True
    session_limits.come_in(request, now=now)
    return redirect("resident_home")


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def help_code(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """The number to say to a helper. The page looks by itself whether somebody asks; then it asks for yes or no."""
    now = timezone.now()
    if request.method == "POST":
        made = make_help_code(resident=resident, now=now, by=_user(request))
        request.session[SHOWN_CODE] = base64.b64encode(seal(made.encode())).decode()
        return redirect("help_code")
    looking = looking_with(resident, now=now)
    code = _shown_code(request, resident, now)
    if looking.asking is None and code is None:
        return redirect("resident_home" if looking.along else "help_me")
    answer = page(request, "resident/help_code.html", code=code, asks_now=looking.asking)
    if looking.asking is None:
        answer["Refresh"] = str(AGAIN)
    return answer


@require_POST
@own_page
def answer_helper(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Yes or no to the one who asks; a no has no consequence."""
    let_in = _own(request, resident)
    if request.POST.get("answer") != "yes":
        stop_looking(let_in=let_in, now=timezone.now(), by=_user(request))
        return redirect("help_me")
    try:
        say_yes(let_in=let_in, now=timezone.now(), by=_user(request))
    except NotLetIn:
        return redirect("help_me")
    return redirect("resident_home")


@require_POST
@own_page
def uncover(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Shows the amounts to the one who looks along, or covers them again."""
    shown = request.POST.get("shown") == "1"
    try:
        show_amounts(let_in=_own(request, resident), shown=shown, now=timezone.now(), by=_user(request))
    except NotLetIn:
        return redirect("help_me")
    return redirect("resident_home")


@require_POST
@own_page
def stop_helper(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """One tap, and nobody looks any more."""
    stop_looking(let_in=_own(request, resident), now=timezone.now(), by=_user(request))
    return redirect("resident_home")


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def trust_someone(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Somebody may look for one, three or six months; the page shows once the code to give to them."""
    if request.method != "POST":
        return _trust_page(request)
    given = request.POST
    months = int(given["months"]) if given.get("months", "") in {str(number) for number in LASTS} else 0
    try:
        let_in, code = let_in_for_months(
            resident=resident,
            name=given.get("name", ""),
            scope=given.get("scope", ""),
            months=months,
            how=How.SCREEN,
            now=timezone.now(),
            by=_user(request),
        )
    except NotATrustedPerson:
        return _trust_page(request, status=422, missing=True, name=given.get("name", "")[:200])
    return _code_page(request, let_in, code)


@require_POST
@own_page
def trust_again(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """A new code for somebody who may look already."""
    let_in = _own(request, resident)
    try:
        code = invite_again(let_in=let_in, now=timezone.now(), by=_user(request))
    except NotLetIn as gone:
        raise Http404 from gone
    return _code_page(request, let_in, code)


def _trust_page(request: HttpRequest, *, status: int = 200, **more: object) -> HttpResponse:
    scopes = [(scope.value, f"trust.{scope.value}") for scope in Scope]
    return page(request, "resident/trust.html", status=status, scopes=scopes, lasts=LASTS, **more)


def _code_page(request: HttpRequest, let_in: LetIn, code: str) -> HttpResponse:
    name = Name(let_in.helper.full_name if let_in.helper else "")
    until = timezone.localdate(let_in.until)
    return page(request, "resident/trust_code.html", code=code, name=name, until=until)


def _trusted(resident: Resident, now: datetime) -> list[tuple[LetIn, Name, date]]:
    rows = LetIn.objects.standing(now).filter(resident=resident, mode__in=[Mode.TRUSTED, Mode.REPRESENTATIVE])
    shown = rows.select_related("helper").order_by("begun_at")
    return [(row, Name(row.helper.full_name if row.helper else ""), timezone.localdate(row.until)) for row in shown]


def _shown_code(request: HttpRequest, resident: Resident, now: datetime) -> str | None:
    """The six digits in two groups, as long as they can be used."""
    kept = request.session.get(SHOWN_CODE)
    live = HelpCode.objects.filter(resident=resident, mode=Mode.ALONG, used_at=None, expires_at__gt=now).exists()
    if not kept or not live:
        request.session.pop(SHOWN_CODE, None)
        return None
    try:
        code = unseal(base64.b64decode(kept)).decode()
    except CannotUnseal:
        return None
    return f"{code[:3]} {code[3:]}"


def _own(request: HttpRequest, resident: Resident) -> LetIn:
    """The row the form is about, when it is this resident's; a form that names none is not found."""
    try:
        number = uuid.UUID(request.POST.get("let_in", ""))
    except ValueError as odd:
        raise Http404 from odd
    row = LetIn.objects.filter(pk=number, resident=resident).select_related("helper").first()
    if row is None:
        raise Http404
    return row


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


urlpatterns = [
    path("mijn-geld/hulp/", help_me, name="help_me"),
    path("mijn-geld/hulp/samen/", begin_together, name="begin_together"),
    path("mijn-geld/hulp/code/", help_code, name="help_code"),
    path("mijn-geld/hulp/antwoord/", answer_helper, name="answer_helper"),
    path("mijn-geld/hulp/bedragen/", uncover, name="uncover"),
    path("mijn-geld/hulp/stop/", stop_helper, name="stop_helper"),
    path("mijn-geld/hulp/vertrouwd/", trust_someone, name="trust_someone"),
    path("mijn-geld/hulp/vertrouwd/code/", trust_again, name="trust_again"),
]
