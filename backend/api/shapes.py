"""What every shape of the API shares: unknown names are refused on the way in, asked names only on the way out."""

from collections.abc import Collection
from typing import Any

from rest_framework import serializers

from backend.api.fields import Text, refuse_unknown

LARGEST_PAGE = 100


class Shape(serializers.Serializer[Any]):
    """A body of the API."""

    def to_internal_value(self, data: Any) -> Any:
        """What was given, exact; raises for names that do not belong here."""
        refuse_unknown(self, data)
        return super().to_internal_value(data)


class Question(Shape):
    """Parameters in the address. They come as text, so that numbers are read from it."""

    fields_ = Text(required=False, max_length=300, help_text="Only these fields, with commas between them.")

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name of the framework's own, so it is declared beside it."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class PageQuestion(Question):
    """Parameters of every list: how many, and after which one."""

    limit = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE, default=50)
    after = serializers.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, default=0, help_text="From `next` of the page before."
    )


class Problems(serializers.Serializer[Any]):
    """`application/problem+json` (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    instance = serializers.CharField(required=False)
    invalidParams = serializers.ListField(child=serializers.DictField(), required=False)  # noqa: N815 - as RFC 7807 names it


def only(shape: type[serializers.Serializer[Any]], names: Collection[str]) -> serializers.Serializer[Any]:
    """The shape with these fields only; all of them for no name. Raises for a name it does not have."""
    made = shape()
    unknown = [name for name in names if name not in made.fields]
    if unknown:
        raise serializers.ValidationError({"fields": [f"{unknown[0]}?"]}, code="unknown")
    for name in list(made.fields) if names else ():
        if name not in names:
            made.fields.pop(name)
    return made
