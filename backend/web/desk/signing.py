"""What every signature asks: a code, unless one was given just now."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.web.forms import CodeField, PlainForm
from backend.web.guards import DeskRequest, is_fresh, takes_code


class FreshForm(PlainForm):
    """A form that only counts with a fresh second factor."""

    code = CodeField(label=_("Code of your app"), help_text=_("Six digits."), required=False)

    def __init__(self, *args: object, request: DeskRequest, **options: object) -> None:
        super().__init__(*args, **options)
        self.request = request
        if is_fresh(request, now=request.now):
            del self.fields["code"]
        else:
            self.order_fields([*(name for name in self.fields if name != "code"), "code"])

    def clean_code(self) -> str:
        """A code that is not right changes nothing."""
        code = str(self.cleaned_data["code"])
        if not takes_code(self.request, code):
            raise forms.ValidationError(_("This code is not right. Wait for the next one and try again."), code="code")
        return code
