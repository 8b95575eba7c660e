"""Headers that every answer carries and Django does not set: pages about money are kept nowhere and ask nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What a page may not ask the browser for, also not in a frame; passkeys are left as they are.
REFUSED = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")


class HeadersMiddleware:
    """Adds Cache-Control, Cross-Origin-Resource-Policy and Permissions-Policy; a view's own Cache-Control stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.permissions = ", ".join(f"{feature}=()" for feature in REFUSED)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the view, with the headers it lacks."""
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", self.permissions)
        return response
