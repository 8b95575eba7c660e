"""Who reads a page: the language chosen, whether Dutch stands beside it, and today; what every page is given."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from accessibility.facts import Help
from accessibility.languages import language_for
from accessibility.sentence import Phone, Story
from accessibility.telling import Reader, told
from budgeting.models import Town

DUTCH_TOO = "dutch_too"


def today() -> date:
    """Today, read at the door."""
    return timezone.localdate()


def reader_of(request: HttpRequest, *, on: date) -> Reader:
    """The reader of this request."""
    return Reader(language_for(get_language()), on, dutch_too=bool(request.session.get(DUTCH_TOO)))


def story_page(
    request: HttpRequest, template: str, story: Story, desk: Help, *, on: date, **context: Any
) -> HttpResponse:
    """A story, told in the reader's language."""
    reader = reader_of(request, on=on)
    shown = {"story": told(story, reader), "reader": reader, "town": desk.town, "phone": Phone(desk.phone)}
    return render(request, template, shown | context)


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page with the town's name and number on it; a town that is not set up yet has a name only."""
    town = Town.objects.first()
    shown = {
        "town": town.name if town else settings.MUNICIPALITY,
        "phone": Phone(town.phone) if town else None,
        "reader": reader_of(request, on=today()),
    }
    return render(request, template, shown | context, status=status)
