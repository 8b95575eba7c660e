"""Residents: one box to find them, one page for each."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from backend.desk.resident_file import resident_file
from backend.desk.search import find
from backend.web.desk.page import desk
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting import access
from budgeting.actions.looks import look_at_resident, look_at_residents
from budgeting.actions.participation import who_has_not_signed

PER_PAGE = 25


@require_safe
@desk_page("see_residents")
def residents(request: DeskRequest) -> HttpResponse:
    """Everybody this colleague may see, or those the box is about; a single find opens at once.

    `deelname=niet-getekend` leaves those whose participation sheet is not signed.
    """
    q = request.GET.get("q", "")[:60]
    visible = access.visible_residents(request.user, on=request.on, roles=request.roles)
    unsigned = request.GET.get("deelname") == "niet-getekend"
    if unsigned:
        visible = who_has_not_signed(visible, on=request.on)
    page = Paginator(find(visible, q), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    if q and len(rows) == 1 and page.number == 1:
        return redirect("resident", rows[0].pk)
    look_at_residents(residents=[row.pk for row in rows], page="residents", by=request.user)
    return desk(
        request, "case_worker/residents/residents.html", at="residents", page=page, rows=rows, q=q, unsigned=unsigned
    )


@require_safe
@desk_page("see_residents")
def resident(request: DeskRequest, number: int) -> HttpResponse:
    """The whole file at a glance."""
    found = resident_or_404(request, number)
    look_at_resident(resident=found.pk, page="resident", by=request.user)
    file = resident_file(found, on=request.on)
    return desk(request, "case_worker/residents/resident.html", at="residents", file=file, resident=found)


urlpatterns = [
    path("inwoners/", residents, name="residents"),
    path("inwoners/<int:number>/", resident, name="resident"),
]
