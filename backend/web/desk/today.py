"""Today: what needs a person, what the bank told, what goes out and what comes."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from backend.desk.morning import incoming, latest_import, outgoing, tie_out
from backend.desk.worklist import what_waits, worklist
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.looks import look_at_residents


@require_safe
@desk_page("use_desk")
def today(request: DeskRequest) -> HttpResponse:
    """The first page of the day; each colleague sees what they can do something about."""
    imported = latest_import()
    waiting = what_waits(imported.on if imported else None)
    listed = worklist(user=request.user, abilities=request.abilities, waiting=waiting, on=request.on)
    look_at_residents(residents=listed.residents, page="today", by=request.user)
    abilities = request.abilities
    return desk(
        request,
        "case_worker/today.html",
        at="today",
        worklist=listed,
        waiting=waiting,
        imported=imported,
        booked=imported.entries - waiting.latest if imported else 0,
        tie_out=tie_out() if "import_statements" in abilities else None,
        outgoing=outgoing() if "see_payments" in abilities else None,
        incoming=incoming(listed.incomes, on=request.on) if "see_residents" in abilities else None,
    )


urlpatterns = [path("vandaag/", today, name="today")]
