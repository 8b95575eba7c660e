"""Fields that take one form only: text is text, amounts are strings with two decimals, days are ISO."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from budgeting.core.iban import NotAnIban
from budgeting.core.iban import iban as checked_iban
from budgeting.core.money import NotAnAmount
from budgeting.core.money import amount as exact
from budgeting.core.schedule import LAST_DAY, MOST_EVERY, UNITS, NotARecurrence, Recurrence

# No control characters: names and texts go into letters, bank files and tables.
_READABLE = r"^[^\x00-\x1f\x7f-\x9f]*$"
_AMOUNT = r"^(0|[1-9][0-9]{0,8})\.[0-9]{2}$"
_SIGNED = r"^-?(0|[1-9][0-9]{0,8})\.[0-9]{2}$"
_DAY = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


class Text(serializers.CharField):
    """Readable text without control characters; a number is no text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(RegexValidator(re.compile(_READABLE.replace("$", r"\Z")), code="invalid"))

    def to_internal_value(self, data: Any) -> str:
        """The text without white space around it."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number; text, fractions and true are none."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Yes(serializers.BooleanField):
    """True or false and nothing like them."""

    def to_internal_value(self, data: Any) -> bool:
        """The answer."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of a few texts."""

    def to_internal_value(self, data: Any) -> str:
        """The text."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


@extend_schema_field({"type": "string", "format": "date", "pattern": _DAY, "example": "2026-11-25"})
class Day(serializers.DateField):
    """A day as `2026-11-25`, from 1900 up to 2199."""

    def to_internal_value(self, data: Any) -> date:
        """The day."""
        if not isinstance(data, str) or not re.fullmatch(_DAY, data, re.ASCII):
            self.fail("invalid", format="YYYY-MM-DD")
        found: date = super().to_internal_value(data)
        return found


@extend_schema_field({"type": "string", "pattern": _SIGNED, "example": "-612.40"})
class SignedAmount(serializers.Field[Decimal, str, str, Any]):
    """Euro as a string with two decimals, below zero when money goes out."""

    default_error_messages = {"invalid": _("An amount is a string with two decimals, such as 612.40.")}
    pattern = _SIGNED

    def to_internal_value(self, data: Any) -> Decimal:
        """The exact amount; zero is none."""
        if not isinstance(data, str) or not re.fullmatch(self.pattern, data, re.ASCII):
            self.fail("invalid")
        try:
            found = exact(data)
        except NotAnAmount:
            self.fail("invalid")
        if not found:
            self.fail("invalid")
        return found

    def to_representation(self, value: Decimal) -> str:
        """Two decimals, always."""
        return f"{value:.2f}"


@extend_schema_field({"type": "string", "pattern": _AMOUNT, "example": "612.40"})
class Amount(SignedAmount):
    """Euro above zero as a string with two decimals."""

    pattern = _AMOUNT


class Iban(Text):
    """An account number in its normal form."""

    default_error_messages = {"not_an_iban": _("This is not an IBAN of the SEPA area ({reason}).")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 42, **options})

    def to_internal_value(self, data: Any) -> str:
        """Upper case, without spaces; check digits and length are right."""
        text = super().to_internal_value(data)
        try:
            return checked_iban(text)
        except NotAnIban as error:
            self.fail("not_an_iban", reason=error.reason)


class Numbers(serializers.ListField):
    """A short list of whole numbers."""

    def __init__(self, *, low: int, high: int, **options: Any) -> None:
        child = Whole(min_value=low, max_value=high)
        super().__init__(child=child, max_length=31, required=False, **options)


class Texts(serializers.ListField):
    """At most ten short texts, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=Text(max_length=60), max_length=10, required=False, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        """The texts in their order."""
        return list(dict.fromkeys(super().to_internal_value(data)))


class Rhythm(serializers.Serializer[Recurrence]):
    """How often something is due, from `starts_on` on. `days`: 1 to 31, -1 for the last; `weekdays`: Monday is 1."""

    unit = Choice(choices=UNITS)
    starts_on = Day()
    every = Whole(min_value=1, max_value=MOST_EVERY, required=False)
    weekdays = Numbers(low=1, high=7)
    days = Numbers(low=LAST_DAY, high=31)
    months = Numbers(low=1, high=12)

    def to_internal_value(self, data: Any) -> Recurrence:
        """The recurrence; what is impossible is told at its field."""
        refuse_unknown(self, data)
        given = super().to_internal_value(data)
        stored = {**given, "starts_on": given["starts_on"].isoformat()}
        try:
            return Recurrence.from_dict(stored)
        except NotARecurrence as error:
            raise serializers.ValidationError(
                {error.field: [_("This rhythm is not possible.")]}, error.reason
            ) from None

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As it is kept."""
        return dict(instance)


def refuse_unknown(shape: serializers.Serializer[Any], data: Any) -> None:
    """Fields that nobody reads are refused, so that a spelling mistake is not a silent change."""
    if isinstance(data, dict) and (unknown := sorted(map(str, data.keys() - shape.fields.keys()))):
        told = _("There is no such field.")
        raise serializers.ValidationError({name: [told] for name in unknown}, code="unknown")
