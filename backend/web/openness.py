"""What everybody may read without logging in: the values, the algorithms with their history, the town's figures.

These pages are in Dutch, as the register they are published in.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accessibility.languages import FALLBACK, LANGUAGES
from accessibility.register import rules_of_now
from accessibility.register_history import changes
from accessibility.register_standard import FIELDS
from accessibility.telling import Reader
from backend.open_figures import PARTS, Line, OpenFigures, Told, as_json, as_rows, open_figures
from backend.sheets import as_csv
from backend.templatetags.desk import category_or_name
from backend.web.desk.overviews import MEASURES
from backend.web.reading import page, today

_SHOWN = {
    field.name: field.called
    for field in FIELDS
    if field.name
    in {"goal", "proportionality", "human_intervention", "risks", "source_data", "methods_and_models", "lawful_basis"}
}
View = Callable[..., HttpResponse]


def for_everybody(view: View) -> View:
    """Open, only to be read, in Dutch, and in no address book of search engines."""

    @wraps(view)
    def opened(request: HttpRequest, **named: str) -> HttpResponse:
        with translation.override(FALLBACK):
            answer = view(request, **named)
            answer.headers.setdefault("Content-Language", FALLBACK)
            return answer

    return login_not_required(require_safe(opened))


@for_everybody
def openness(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    return _page(request, "open/openness.html", figures=settings.OPEN_FIGURES)


@for_everybody
def values(request: HttpRequest) -> HttpResponse:
    """Each value with what the software does and where one can see it."""
    return _page(request, "open/values.html", figures=settings.OPEN_FIGURES)


@for_everybody
def algorithms(request: HttpRequest) -> HttpResponse:
    """What the running rules say of themselves, and what changed in them since when."""
    entries = [
        {
            "name": entry["name"],
            "short": entry["description_short"],
            "fields": [(called, entry[name]) for name, called in _SHOWN.items() if entry.get(name)],
        }
        for entry in rules_of_now()
    ]
    told = [(change, [(_SHOWN.get(name, name), before, after) for name, before, after in change.fields])
            for change in changes()]  # fmt: skip
    return _page(request, "open/algorithms.html", entries=entries, changes=told)


@for_everybody
def figures(request: HttpRequest) -> HttpResponse:
    """The last month that is over; the files have twelve."""
    found = _open_figures()
    parts = [(part, *_shown_and_hidden(line for line in found.lines if line.part == part)) for part in PARTS]
    return _page(request, "open/figures.html", month=found.months[-1], parts=parts)


@for_everybody
def figures_file(request: HttpRequest, form: str) -> HttpResponse:
    """Twelve months as CSV or JSON; other sites may read them."""
    found = _open_figures()
    if form == "json":
        answer: HttpResponse = JsonResponse(as_json(found, town=settings.MUNICIPALITY))
    elif form == "csv":
        answer = HttpResponse(as_csv(as_rows(found)), content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _open_figures() -> OpenFigures:
    """Not found when the town keeps them to itself."""
    if not settings.OPEN_FIGURES:
        raise Http404
    return open_figures(on=today())


def _shown_and_hidden(lines: Iterable[Line]) -> tuple[list[tuple[str, Told, str]], list[str]]:
    """Name, value and unit of what may be told of the last month; of the rest the names."""
    named = [(_name(line), line.values[-1], line.unit) for line in lines]
    return [one for one in named if one[1] is not None], [name for name, value, _ in named if value is None]


def _name(line: Line) -> str:
    if line.part == "town":
        return gettext(MEASURES[line.key])
    return category_or_name(line.key)


def _page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    return page(request, template, reader=Reader(LANGUAGES[FALLBACK], today()), **context)


urlpatterns = [
    path("open/", openness, name="openness"),
    path("open/waarden/", values, name="open_values"),
    path("open/algoritmes/", algorithms, name="open_algorithms"),
    path("open/cijfers/", figures, name="open_figures"),
    path("open/cijfers.<str:form>", figures_file, name="open_figures_file"),
]
