"""A page of the desk: what its frame needs beside what the view found."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from backend.web.guards import DeskRequest
from backend.web.reading import reader_of


def desk(request: DeskRequest, template: str, *, at: str, status: int = 200, **context: Any) -> HttpResponse:
    """The page; `at` is the word of the navigation it belongs to. The town's name costs no query here."""
    shown = {
        "town": settings.MUNICIPALITY,
        "reader": reader_of(request, on=request.on),
        "on": request.on,
        "at": at,
        "abilities": request.abilities,
        "done": _number(request.GET.get("done", "")),
        "teach": _number(request.GET.get("teach", "")),
    }
    return render(request, template, shown | context, status=status)


def _number(text: str) -> int | None:
    """The entry that was decided just now, and can be undone."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
