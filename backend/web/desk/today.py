"""Today: what needs a person, what the bank told, what goes out and what comes."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from backend.desk.counted import counted, one
from backend.desk.morning import imported, incoming, outgoing, tie_out
from backend.desk.worklist import worklist
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page
from budgeting import access
from budgeting.actions.looks import look_at_residents


@require_safe
@desk_page("use_desk")
def today(request: DeskRequest) -> HttpResponse:
    """The first page of the day; each colleague sees what they can do something about."""
    abilities, on = request.abilities, request.on
    visible = access.visible_residents(request.user, on=on, roles=request.roles)
    counts = counted(abilities=abilities, on=on, visible=visible)
    listed = worklist(user=request.user, visible=visible, abilities=abilities, counts=counts, on=on)
    look_at_residents(residents=listed.residents, page="today", by=request.user)
    latest, waiting = imported(counts), one(counts, "waiting")
    return desk(
        request,
        "case_worker/today.html",
        at="today",
        worklist=listed,
        waiting=waiting,
        imported=latest,
        booked=latest.entries - (waiting.number if waiting else 0) if latest else 0,
        tie_out=tie_out() if "import_statements" in abilities else None,
        outgoing=outgoing(counts) if "see_payments" in abilities else None,
        incoming=incoming(listed.incomes, on=on) if "see_residents" in abilities else None,
    )


urlpatterns = [path("vandaag/", today, name="today")]
