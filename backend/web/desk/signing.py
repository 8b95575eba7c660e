"""What every signature asks: a second step, unless one was shown just now; by app or by key."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.web.forms import CodeField, PlainForm
from backend.web.guards import DeskRequest, app_of, is_fresh, takes_code
from budgeting.actions.passkeys import keys_of

LINK = '<a class="hhb-button hhb-button--quiet" id="{}" href="{}">{}</a>'


class KeyLink(forms.Widget):
    """In place of a box for digits: off to show the key, and back to this page."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The way there, as a button."""
        number = (attrs or {}).get("id", name)
        words = gettext("Use your key")
        return format_html(
            '<a class="hhb-button hhb-button--quiet" id="{}" href="{}">{}</a>', number, self.address, words
        )


class FreshForm(PlainForm):
    """A form that only counts with a fresh second factor."""

    code = CodeField(label=_("Code of your app"), help_text=_("Six digits."), required=False)

    def __init__(self, *args: object, request: DeskRequest, **options: object) -> None:
        super().__init__(*args, **options)
        self.request = request
        if is_fresh(request, now=request.now):
            del self.fields["code"]
            return
        self.order_fields([*(name for name in self.fields if name != "code"), "code"])
        if _has_key(request):
            self._offer_key(_to_key(request))

    def clean_code(self) -> str:
        """A code that is not right changes nothing."""
        code = str(self.cleaned_data["code"])
        if not takes_code(self.request, code):
            raise forms.ValidationError(_("This code is not right. Wait for the next one and try again."), code="code")
        return code

    def _offer_key(self, address: str) -> None:
        """Who has an app and a key may choose; who has a key only finds no box for digits."""
        field = self.fields["code"]
        if app_of(self.request.user) is None:
            field.label, field.help_text = _("Second step"), _("Show your key first, then come back here.")
            field.widget = KeyLink(address)
        else:
            words = gettext("Or use your key.")
            field.help_text = format_html('{} <a href="{}">{}</a>', field.help_text, address, words)


def _has_key(request: DeskRequest) -> bool:
    """Asked once for a page with several signatures."""
    if request.has_key is None:
        request.has_key = keys_of(request.user).exists()
    return request.has_key


def _to_key(request: DeskRequest) -> str:
    """The second step, and back to the page of this form; a form that was sent has no page of its own to go back to."""
    back = f"?{urlencode({'next': request.get_full_path()})}" if request.method in {"GET", "HEAD"} else ""
    return f"{reverse('second_factor')}{back}"
