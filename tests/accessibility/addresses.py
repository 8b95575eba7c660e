"""The addresses of the resident's and account pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def today(request: HttpRequest) -> HttpResponse:
    """Where a colleague comes in; this room does not look further."""
    return HttpResponse("the desk")


urlpatterns = [
    path("vandaag/", today, name="today"),
    path("", include("backend.web.account")),
    path("", include("backend.web.resident")),
    path("", include("backend.web.style")),
]
