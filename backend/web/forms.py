"""Fields as people fill them in: amounts with a comma, days, account numbers, codes and several files at once."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from budgeting.core.iban import NotAnIban, iban
from budgeting.core.money import NotAnAmount, amount
from budgeting.models import Resident
from budgeting.models.people import ResidentQuerySet

_DUTCH = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d{1,2})?", re.ASCII)
_POINT = re.compile(r"-?\d+\.\d{2}", re.ASCII)
_LEFT_OUT = str.maketrans({"€": None, " ": None, "\u00a0": None, "\u2212": "-"})

SELECTED = mark_safe(" selected")
IBAN_PROBLEMS = {
    "shape": _("This is not an account number. An IBAN looks like NL00 BANK 0123 4567 89."),
    "country": _("We cannot pay to an account in this country."),
    "length": _("A number or letter is missing, or there is one too many."),
    "check_digits": _("There is a typing error in this account number."),
}


class PlainForm(forms.Form):
    """A form whose messages are ours: in plain words, at the field and in a summary, never in the browser's bubble."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Fill this in.")
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = _("Choose one of the list.")


def resident_of_number(visible: ResidentQuerySet, typed: object) -> Resident | None:
    """The resident with this number, of those a colleague may see; None when nothing was typed. Refuses any other."""
    number = str(typed).strip().upper()
    found = visible.select_related("household").filter(number=number).first() if number else None
    if number and found is None:
        raise ValidationError(_("There is no resident with this number that you may see."), code="resident")
    return found


def not_to_come(day: date | None, *, on: date) -> date | None:
    """The day, which is today or earlier. Refuses a day that is still to come."""
    if day and day > on:
        raise ValidationError(_("This day is still to come."), code="to_come")
    return day


class WrittenSelect(forms.Select):
    """A select written here: a template for every option is felt where each of several rows holds them all."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select with its groups; the value is chosen."""
        given = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", given, _options(self.choices, str(value or "")))


def _options(choices: Iterable[tuple[Any, Any]], value: str) -> SafeString:
    return format_html_join("", "{}", ((_option(key, label, value),) for key, label in choices))


def _option(key: Any, label: Any, value: str) -> SafeString:
    if isinstance(label, list | tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', key, _options(label, value))
    return format_html('<option value="{}"{}>{}</option>', key, SELECTED if str(key) == value else "", label)


class AmountField(forms.CharField):
    """An amount in euro, more than zero unless `signed`; `1.234,50`, `12,5`, `12` and `12.50` are understood."""

    def __init__(self, *, signed: bool = False, **options: Any) -> None:
        self.signed = signed
        super().__init__(max_length=20, **options)
        self.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def prepare_value(self, value: Any) -> Any:
        """An amount we knew is shown as people write it; what was typed stays as it was typed."""
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """The exact amount; what can be read in two ways is asked again."""
        text = str(super().clean(value)).translate(_LEFT_OUT)
        if not text:
            return None
        exact = _exact(text)
        if not self.signed and exact <= 0:
            raise ValidationError(_("Type an amount above zero."), code="not_above_zero")
        return exact


def _exact(text: str) -> Decimal:
    if _POINT.fullmatch(text):
        plain = text
    elif _DUTCH.fullmatch(text) and not re.fullmatch(r"-?\d{1,3}\.\d{3}", text):
        plain = text.replace(".", "").replace(",", ".")
    else:
        raise ValidationError(_("Type an amount like 1234,50."), code="not_an_amount")
    try:
        return amount(plain)
    except NotAnAmount as error:
        raise ValidationError(_("Type an amount like 1234,50."), code="not_an_amount") from error


class IbanField(forms.CharField):
    """An account number that can be paid to, with or without spaces; the error says what is wrong with it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=50, **options)
        self.widget.attrs.update(autocomplete="off", spellcheck="false", autocapitalize="characters")

    def clean(self, value: Any) -> str:
        """The account number in its normal form."""
        text = str(super().clean(value))
        if not text:
            return ""
        try:
            return iban(text)
        except NotAnIban as error:
            raise ValidationError(IBAN_PROBLEMS[error.reason], code=error.reason) from error


class DayField(forms.DateField):
    """A day, by the browser's own calendar or typed as 31-12-2026."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        formats = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
        wrong = {"invalid": _("Type a day like 31-12-2026.")}
        super().__init__(widget=widget, input_formats=formats, error_messages=wrong, **options)

    def to_python(self, value: Any) -> date | None:
        """The day, between 1900 and 2100: a year of two digits is a slip."""
        day = super().to_python(value)
        if day and not 1900 <= day.year <= 2100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class CodeField(forms.CharField):
    """The six digits of an authenticator app."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=9, **options)
        self.widget.attrs.update(inputmode="numeric", autocomplete="one-time-code")


class SeveralFilesInput(forms.ClearableFileInput):
    """Choose or drop several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files, none larger than `largest` bytes, all no more than `together`; `clean` gives a list.

    Without `together` that is `largest` too.
    """

    def __init__(self, *, largest: int, together: int | None = None, **options: Any) -> None:
        self.largest, self.together = largest, together or largest
        super().__init__(widget=SeveralFilesInput(attrs={"class": "hhb-file"}), allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Every file, each checked."""
        files = data if isinstance(data, list | tuple) else [data]
        checked = [self._one(file, initial) for file in files or [None]]
        if sum(file.size or 0 for file in checked) > self.together:
            too_much = _("Together these files are too big: at most %(most)d MB. Choose fewer at once.")
            raise ValidationError(too_much, code="too_big", params={"most": self.together // 1024**2})
        return checked

    def _one(self, file: Any, initial: Any) -> UploadedFile[Any]:
        checked: UploadedFile[Any] = super().clean(file, initial)
        if checked.size is not None and checked.size > self.largest:
            too_big = _("%(name)s is too big: at most %(most)d MB.")
            most = self.largest // 1024**2
            raise ValidationError(too_big, code="too_big", params={"name": checked.name, "most": most})
        return checked
