"""How money is recognised: a page for everyone, with or without logging in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accessibility.known import help_if_known
from accessibility.recognised import story_of_recognition
from accessibility.telling import told
from backend.web.reading import page, reader_of, today
from budgeting.core.knowledge.rules import dutch
from budgeting.core.measured import measured


@login_not_required
@require_safe
def recognition_explained(request: HttpRequest) -> HttpResponse:
    """How it works, how often it is right, also for groups of people apart, and how to object."""
    desk = help_if_known()
    story = story_of_recognition(measured(), rules=len(dutch().rules), desk=desk, on=today())
    reader = reader_of(request, on=today(), offer=desk.offer) if desk else reader_of(request, on=today())
    return page(request, "resident/recognised.html", story=told(story, reader))


urlpatterns = [path("herkennen/", recognition_explained, name="recognition_explained")]
