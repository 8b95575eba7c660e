"""Serves the stylesheet: public, the same for everybody, and kept by the browser until its content changes."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accessibility import styles

A_YEAR = 31_536_000


@login_not_required
@require_safe
def stylesheet(request: HttpRequest, kind: str, digest: str) -> HttpResponse:
    """The sheet of this kind in the town's theme; an old digest is not found, so that no page mixes two looks."""
    if kind not in styles.SHEETS:
        raise Http404
    sheet = styles.sheet(kind, getattr(settings, "THEME", ""))
    if digest != sheet.digest:
        raise Http404
    squeezed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.compressed if squeezed else sheet.plain, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    response["Vary"] = "Accept-Encoding"
    if squeezed:
        response["Content-Encoding"] = "gzip"
    return response


urlpatterns = [path("stijl/<str:kind>-<str:digest>.css", stylesheet, name="stylesheet")]
