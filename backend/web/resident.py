"""The resident's own pages: home, months, one payment, why this amount. Each shows the resident who is logged in."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from math import ceil
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accessibility.closer import story_of_amount, story_of_month, story_of_payment
from accessibility.facts import Facts
from accessibility.gather import own_facts, payment_facts_of
from accessibility.months import NoSuchMonth, month_facts_of, months_of
from accessibility.plain import month_text, sentence_start
from accessibility.sentence import Name
from accessibility.story import story_of
from accessibility.why import NoPayout, why_facts_of
from backend.web import session_limits
from backend.web.beside import look_beside
from backend.web.guards import Guard, guarded_by
from backend.web.reading import DUTCH_TOO, page, reader_of, story_page, today
from budgeting.access import OwnFile, own_file
from budgeting.models import Resident, User
from payments.models import PaymentOrder

Page = Callable[..., HttpResponse]
Found = tuple[OwnFile | None, dict[str, object]]


def own_page(view: Callable[..., HttpResponse]) -> Page:
    """Gives the view the resident who is logged in and today; anyone else may not come in.

    The page says until when one stays, and goes from the screen by itself then, with or without script.
    """
    return _own(view, _file)


def own_story(view: Callable[..., HttpResponse]) -> Page:
    """The same, but the view is given the facts of the home page, asked with the question who may come in."""
    return _own(view, _story)


def _file(user: User, on: date, now: datetime) -> Found:
    own = own_file(user, on=on, now=now)
    return own, {"resident": own.resident} if own else {}


def _story(user: User, on: date, now: datetime) -> Found:
    own, facts = own_facts(user, on=on, now=now) or (None, None)
    return own, {"facts": facts}


def _own(view: Callable[..., HttpResponse], find: Callable[[User, date, datetime], Found]) -> Page:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        on, now, limit = today(), timezone.now(), session_limits.limit_of(request)
        if not session_limits.may_stay(request, limit, now=now):
            return redirect_to_login(request.get_full_path())
        own, known = find(cast(User, request.user), on, now)
        if own is None:
            raise PermissionDenied
        look_beside(request, own, now=now)
        seconds = _tell_the_end(request, session_limits.ends_at(request, limit, now=now), now)
        response = view(request, *args, on=on, **known, **kwargs)
        response.setdefault("Refresh", f"{seconds};url={resolve_url('ended')}")
        return response

    return guarded_by(guarded, Guard(("see_own_story",)))


def _tell_the_end(request: HttpRequest, ends_at: datetime, now: datetime) -> int:
    """Lets the pages of this request say until when one stays; gives the seconds until then."""
    told = cast(Any, request)
    told.stay_until, told.stay_seconds = Name(f"{ends_at:%H:%M}"), ceil((ends_at - now).total_seconds())
    return int(told.stay_seconds)


@require_safe
@own_story
def resident_home(request: HttpRequest, *, facts: Facts, on: date) -> HttpResponse:
    """When do I get money, must I do something, what do you pay, what is left, who helps."""
    coming = facts.payout is not None and facts.payout.day >= on
    more = {"highlight": coming, "why": coming, "first_level": "h1"}
    return story_page(request, "resident/home.html", story_of(facts), facts.help, on=on, framed=True, **more)


@require_safe
@own_page
def months(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """All months in which there is something to tell."""
    language = reader_of(request, on=on).language
    listed = [(f"{day:%Y-%m}", sentence_start(month_text(day, language))) for day in months_of(resident, on=on)]
    return page(request, "resident/months.html", months=listed, asks="months")


@require_safe
@own_page
def month(request: HttpRequest, address: str, *, resident: Resident, on: date) -> HttpResponse:
    """One month: what came in, what we paid, what the resident got. `address` is year and month: `2026-11`."""
    try:
        facts = month_facts_of(resident, date.fromisoformat(f"{address}-01"), on=on)
    except (ValueError, NoSuchMonth) as unknown:
        raise Http404 from unknown
    return story_page(request, "resident/month.html", story_of_month(facts), facts.help, on=on)


@require_safe
@own_page
def payment(request: HttpRequest, number: int, *, resident: Resident, on: date) -> HttpResponse:
    """One payment; of another resident it is not found."""
    try:
        facts = payment_facts_of(resident, number, on=on)
    except PaymentOrder.DoesNotExist as unknown:
        raise Http404 from unknown
    return story_page(request, "resident/payment.html", story_of_payment(facts), facts.help, on=on, number=number)


@require_safe
@own_page
def why(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Why the next payout is its amount."""
    try:
        facts = why_facts_of(resident, on=on)
    except NoPayout as unknown:
        raise Http404 from unknown
    return story_page(request, "resident/why.html", story_of_amount(facts), facts.help, on=on, highlight=True)


@require_POST
@own_page
def dutch_too(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """Puts Dutch beside the own language, or takes it away, for as long as one is logged in."""
    request.session[DUTCH_TOO] = request.POST.get("dutch") == "1"
    return redirect("resident_home")


urlpatterns = [
    path("mijn-geld/", resident_home, name="resident_home"),
    path("mijn-geld/maanden/", months, name="months"),
    path("mijn-geld/maanden/<str:address>/", month, name="month"),
    path("mijn-geld/betaling/<int:number>/", payment, name="payment"),
    path("mijn-geld/waarom/", why, name="why"),
    path("mijn-geld/nederlands/", dutch_too, name="dutch_too"),
]
