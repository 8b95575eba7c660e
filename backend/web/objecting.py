"""“Is this not right?”: the resident says so on their own screen, and reads there what we answered."""

from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from accessibility.objecting import objecting_facts_of, story_of_objections
from accessibility.sentence import DayOfMonth
from backend.web.reading import story_page
from backend.web.resident import own_page
from budgeting.models import Resident, User
from payments.actions.objections import LONGEST, NothingSaid, ObjectsAlready, make_objection
from payments.models import PaymentOrder, ShortageProposal

# A decision that old is history; what is not right now is about the money as a whole.
RECENT = 62


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def not_right(request: HttpRequest, *, resident: Resident, on: date) -> HttpResponse:
    """One field and one button; below it what was said before, and the answers. `betaling` names a payment."""
    order = _order(request, resident)
    words = request.POST.get("words", "")
    shown: dict[str, Any] = {"words": words[:LONGEST], "longest": LONGEST, "asks": ""}
    shown["about"] = f"category.{order.category}" if order else ""
    if request.method == "POST":
        try:
            _make(resident, words, order, on, cast(User, request.user))
        except NothingSaid:
            shown["empty"] = True
        except ObjectsAlready as before:
            shown["waits"] = DayOfMonth(before.objection.made_on)
        else:
            return redirect("not_right")
    facts = objecting_facts_of(resident, on=on)
    status = 422 if "empty" in shown or "waits" in shown else 200
    return story_page(
        request, "resident/objection.html", story_of_objections(facts), facts.help, on=on, status=status, **shown
    )


def _make(resident: Resident, words: str, order: PaymentOrder | None, on: date, by: User) -> None:
    """Sent twice it is kept once; without a payment it is about the latest decision, if there is one."""
    proposal = None if order else _latest_decision(resident, on)
    try:
        make_objection(resident=resident, words=words, on=on, by=by, proposal=proposal, order=order)
    except ObjectsAlready as before:
        if before.objection.words != words.strip():
            raise


def _latest_decision(resident: Resident, on: date) -> ShortageProposal | None:
    rows = ShortageProposal.objects.filter(resident=resident, state="decided").order_by("-closed_on", "-pk")
    found = rows.first()
    return found if found and found.closed_on and (on - found.closed_on).days <= RECENT else None


def _order(request: HttpRequest, resident: Resident) -> PaymentOrder | None:
    number = request.GET.get("betaling", "")
    if not number:
        return None
    is_key = number.isascii() and number.isdigit() and len(number) < 18
    rows = PaymentOrder.objects.filter(resident=resident).exclude(state="cancelled")
    found = rows.filter(pk=number).first() if is_key else None
    if found is None:
        raise Http404
    return found


urlpatterns = [path("mijn-geld/klopt-niet/", not_right, name="not_right")]
