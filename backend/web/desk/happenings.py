"""Everything that was done, the latest first, for who checks the house: who, when and what kind, about nobody by name.

Which resident, which amount and what reason stay in the file itself, where the resident reads them too.
"""

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accessibility.events import kind_in_words
from backend.web.desk.page import desk
from backend.web.forms import DayField, PlainForm
from backend.web.guards import DeskRequest, desk_page
from budgeting.models import AuditEvent

PER_PAGE = 100
MOST_DIGITS = 18
KINDS = [("", _("Changes")), ("looks", _("Looks")), ("all", _("All"))]


class FindForm(PlainForm):
    """Whose doings, and until when."""

    kind = forms.ChoiceField(label=_("Which kind?"), choices=KINDS, required=False)
    actor = forms.CharField(label=_("User name"), max_length=150, required=False)
    until = DayField(label=_("Up to and including"), required=False)


@require_safe
@desk_page("verify_books")
def happenings(request: DeskRequest) -> HttpResponse:
    """A page of them, onward from `before`; pages by key, however long the chain is."""
    form = FindForm(request.GET)
    rows = _asked(form) if form.is_valid() else AuditEvent.objects.none()
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= MOST_DIGITS:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows.order_by("-pk")[: PER_PAGE + 1])
    told = [(row, kind_in_words(row.action)) for row in shown[:PER_PAGE]]
    older = shown[PER_PAGE - 1].pk if len(shown) > PER_PAGE else None
    status = 422 if form.errors else 200
    return desk(request, "case_worker/happenings.html", at="books", status=status, form=form, told=told, older=older)


def _asked(form: FindForm) -> QuerySet[AuditEvent]:
    given, rows = form.cleaned_data, AuditEvent.objects.all()
    if given["kind"] == "looks":
        rows = rows.filter(action="looked")
    elif not given["kind"]:
        rows = rows.exclude(action="looked")
    if given["actor"]:
        rows = rows.filter(actor=given["actor"].strip())
    if given["until"]:
        rows = rows.filter(at__date__lte=given["until"])
    return rows


urlpatterns = [path("boeken/gebeurtenissen/", happenings, name="happenings")]
