"""Opening a file that is not one's own, for a reason the resident reads; and judging afterwards if it was right."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.web.desk.page import desk
from backend.web.forms import PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.actions.glass import SHORTEST_REASON, NotYours, break_glass, review_glass
from budgeting.models import BreakGlass, Resident

MOST = 200


class GlassForm(PlainForm):
    """The resident's number, and why."""

    number = forms.CharField(label=_("Number of the resident"), max_length=20)
    reason = forms.CharField(
        label=_("Why do you need to open this file?"),
        help_text=_("The resident reads this. For example: replaces a colleague who is ill."),
        min_length=SHORTEST_REASON,
        max_length=200,
        error_messages={"min_length": _("Say it in a few words more.")},
    )

    def clean_number(self) -> Resident:
        """The resident with this number."""
        found = Resident.objects.filter(number=self.cleaned_data["number"].strip().upper()).first()
        if found is None:
            raise forms.ValidationError(_("There is no resident with this number."), code="unknown")
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page("break_glass")
def open_file(request: DeskRequest) -> HttpResponse:
    """Opens the file for the rest of the day."""
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        break_glass(resident=given["number"], reason=given["reason"], now=request.now, by=request.user)
        return redirect("resident", given["number"].pk)
    status = 422 if form.errors else 200
    return desk(request, "case_worker/access/open_file.html", at="residents", status=status, form=form)


@require_safe
@desk_page("see_access")
def opened_files(request: DeskRequest) -> HttpResponse:
    """Who opened a file that was not theirs, and whether it was right: by the resident's number, never by name."""
    rows = BreakGlass.objects.select_related("by", "reviewed_by", "resident").order_by("reviewed_at", "-pk")[:MOST]
    return desk(request, "case_worker/access/opened_files.html", at="roles", rows=rows)


@require_POST
@desk_page("review_glass")
def review(request: DeskRequest, number: int) -> HttpResponse:
    """Says whether it was right."""
    row = BreakGlass.objects.filter(pk=number).select_related("by").first()
    if row is None or request.POST.get("right") not in {"yes", "no"}:
        raise Http404
    remark = request.POST.get("remark", "")
    try:
        was_right = request.POST["right"] == "yes"
        review_glass(row=row, was_right=was_right, remark=remark, now=request.now, by=request.user)
    except NotYours as own:
        raise Http404 from own
    return redirect("opened_files")


urlpatterns = [
    path("inwoners/openen/", open_file, name="open_file"),
    path("toegang/geopend/", opened_files, name="opened_files"),
    path("toegang/geopend/<int:number>/", review, name="review_glass"),
]
