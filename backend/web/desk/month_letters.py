"""The letter of one month for one resident, to print at once: in their own language, with Dutch behind it."""

from datetime import date

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accessibility.letters.gather import MonthToCome, letters_of
from backend.web.desk.papers import as_pdf
from backend.web.guards import DeskRequest, desk_page, resident_or_404
from budgeting.actions.audit import record
from budgeting.actions.looks import look_at_resident


class MonthForm(forms.Form):
    """Which month, as `2026-11`; none is the running one."""

    month = forms.DateField(input_formats=["%Y-%m"], required=False)


@require_POST
@desk_page("see_residents")
@transaction.atomic
def month_letter(request: DeskRequest, number: int) -> HttpResponse:
    """The letter as it stands today; 404 for a month to come, back with a sentence when nothing is to tell."""
    resident = resident_or_404(request, number)
    form = MonthForm(request.POST)
    if not form.is_valid():
        raise Http404
    month: date = form.cleaned_data["month"] or request.on
    try:
        letter = next(iter(letters_of([resident], month=month.replace(day=1), on=request.on)), None)
    except MonthToCome as error:
        raise Http404 from error
    if letter is None:
        told = gettext("There is nothing to tell about this month.")
        messages.add_message(request, messages.INFO, told, extra_tags="attention")
        return redirect("overview", number)
    told = f"{month:%Y-%m}"
    look_at_resident(resident=number, page=f"letter:{told}", by=request.user)
    record(action="letter.month", subject=f"resident:{number}", by=request.user, resident_id=number, month=told)
    return as_pdf(letter)


urlpatterns = [path("inwoners/<int:number>/maand/", month_letter, name="month_letter")]
