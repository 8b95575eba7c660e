"""A trusted person or legal representative reads what a resident lets them see; nothing can be changed here."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accessibility.assisted import story_within
from accessibility.gather import facts_of
from accessibility.sentence import Name
from accessibility.story import story_of
from accessibility.telling import Reader, told
from backend.web.beside import called
from backend.web.guards import DeskRequest, helper_page
from backend.web.reading import page, reader_of
from budgeting import access
from budgeting.actions.helping import stop_looking
from budgeting.actions.looks import look_at_resident
from budgeting.models import LetIn, Mode, Scope
from budgeting.models.helping import LetInQuerySet

PAGES = {Scope.WHEN: "when", Scope.PAID: "paid", Scope.ALL: "resident"}


@require_safe
@helper_page("see_who_trusts", second_factor=False)
def trusts(request: DeskRequest) -> HttpResponse:
    """The residents who let this person look, by their first name."""
    rows = _standing(request).order_by("begun_at")
    listed = [(row, called(row.resident), timezone.localdate(row.until)) for row in rows]
    return page(request, "helper/trusts.html", listed=listed)


@require_safe
@helper_page("see_who_trusts", second_factor=False)
def trusted_story(request: DeskRequest, let_in: uuid.UUID) -> HttpResponse:
    """What this person may see: when money comes, also what is paid, or the whole page."""
    row = _own(request, let_in)
    look_at_resident(resident=row.resident_id, page=PAGES[Scope(row.scope)], by=request.user)
    represents = row.mode == Mode.REPRESENTATIVE
    own = reader_of(request, on=request.on)
    reader = Reader(own.language, request.on, sees_accounts=represents)
    blocks = told(story_within(story_of(facts_of(row.resident, on=request.on)), row.scope), reader).blocks
    name = Name(str(row.resident)) if represents else called(row.resident)
    return page(request, "helper/trusted_story.html", blocks=blocks, let_in=row, name=name)


@require_POST
@helper_page("see_who_trusts", second_factor=False)
def stop_trusted(request: DeskRequest, let_in: uuid.UUID) -> HttpResponse:
    """The trusted person does not want to look any more."""
    stop_looking(let_in=_own(request, let_in), now=request.now, by=request.user)
    return redirect("trusts")


def _standing(request: DeskRequest) -> LetInQuerySet:
    rows = access.let_in_of(request.user, now=request.now)
    return rows.filter(mode__in=[Mode.TRUSTED, Mode.REPRESENTATIVE])


def _own(request: DeskRequest, number: uuid.UUID) -> LetIn:
    row = _standing(request).filter(pk=number).first()
    if row is None:
        raise Http404
    return row


urlpatterns = [
    path("meekijken/", trusts, name="trusts"),
    path("meekijken/<uuid:let_in>/", trusted_story, name="trusted_story"),
    path("meekijken/<uuid:let_in>/stop/", stop_trusted, name="stop_trusted"),
]
