"""What every shape of the API shares: unknown names are refused on the way in, asked names only on the way out."""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any

from rest_framework import serializers
from rest_framework.fields import SkipField, empty

from backend.api.fields import Text, refuse_unknown

LARGEST_PAGE = 100


class Shape(serializers.Serializer[Any]):
    """A body of the API."""

    def to_internal_value(self, data: Any) -> Any:
        """What was given, exact; raises for names that do not belong here."""
        refuse_unknown(self, data)
        return super().to_internal_value(data)

    def to_representation(self, instance: Any) -> Any:
        """As the framework does it, but how to get each field is found out once for all rows of a page."""
        if isinstance(instance, Mapping):
            return super().to_representation(instance)
        shown: dict[str, Any] = {}
        for name, get, tell in self._plan:
            try:
                value = get(instance)
            except SkipField:
                continue
            shown[name] = None if value is None else tell(value)
        return shown

    @cached_property
    def _plan(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        fields = [(name, field) for name, field in self.fields.items() if not field.write_only]
        return [(name, _getter(field), field.to_representation) for name, field in fields]


def _getter(field: serializers.Field[Any, Any, Any, Any]) -> Callable[[Any], Any]:
    """The attribute itself where that is all there is to it; else the framework's own way."""
    by_itself = field.default is empty and len(field.source_attrs) == 1 and field.required
    return attrgetter(field.source_attrs[0]) if by_itself else field.get_attribute


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
