"""The books, held against every rule that live data can show."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.audit import record
from payments.actions.books import verify


@require_safe
@desk_page("verify_books")
def books(request: DeskRequest) -> HttpResponse:
    """Every rule, how much was looked at, and the first thing that breaks it; that it was asked is written down."""
    findings = verify()
    broken = [finding for finding in findings if not finding.ok]
    record(action="books.verified", subject=f"day:{request.on}", by=request.user, broken=[row.id for row in broken])
    return desk(request, "case_worker/books.html", at="books", findings=findings, broken=len(broken))


urlpatterns = [path("boeken/", books, name="books")]
