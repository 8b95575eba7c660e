"""What everyone sees who may not come in, or asks for what is not there: the same words, whatever it was."""

from django.http import HttpRequest, HttpResponse

from backend.web.reading import page


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there, or not for this person: nobody learns which."""
    return page(request, "refused.html", status=404, kind="not_found")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This role may not do this."""
    return page(request, "refused.html", status=403, kind="not_allowed")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The browser sent what cannot be read: too many files, or a page that was kept too long."""
    return page(request, "refused.html", status=400, kind="not_understood")
