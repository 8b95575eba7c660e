"""How the views describe themselves in the OpenAPI document: lists, single rows, changes, files, and every refusal."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

from backend.api.problems import TYPE
from backend.api.shapes import Problems, Question

PURPOSE = OpenApiParameter(
    "X-Doelbinding", str, OpenApiParameter.HEADER, required=True, description="What the data is needed for."
)
_ONCE = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description="A name of your own for this change: 8 to 128 letters, digits, hyphens or underscores.",
)  # fmt: skip
_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the version you change."
)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The key of a system, as the document tells it."""

    target_class = "backend.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """A bearer token; it is no OAuth token but a key we gave."""
        return {"type": "http", "scheme": "bearer", "description": "A key from `manage.py api_key add`."}


READS = (400, 401, 403, 404, 406, 429, 503)
_CHANGES = (*READS, 405, 409, 412, 413, 415, 422, 428)
Shapes = type[serializers.Serializer[Any]]


def lists(name: str, shape: Shapes, question: type[Question]) -> Any:
    """A list, a page at a time."""
    page = inline_serializer(
        f"{shape.__name__}Page",
        {"items": shape(many=True), "next": serializers.CharField(allow_null=True)},
    )
    told = extend_schema(
        operation_id=name,
        parameters=[question, PURPOSE],
        responses={200: OpenApiResponse(page), **refusals(READS)},
    )
    return extend_schema_view(get=told)


def shows(name: str, shape: Shapes, question: type[Question] = Question) -> Any:
    """One row."""
    told = extend_schema(
        operation_id=name,
        parameters=[question, PURPOSE],
        responses={200: OpenApiResponse(shape), 304: None, **refusals(READS)},
    )
    return extend_schema_view(get=told)


def open_to_all_keys(name: str, shape: Shapes) -> Any:
    """A row about nobody: it needs a key and no purpose."""
    told = extend_schema(operation_id=name, responses={200: shape, **refusals((401, 429, 503))})
    return extend_schema_view(get=told)


def changes(
    method: str,
    name: str,
    body: Shapes | dict[str, Any] | None,
    shape: Shapes,
    *,
    versioned: bool = False,
    also: tuple[int, ...] = (),
    parameters: tuple[OpenApiParameter, ...] = (),
) -> Any:
    """A change that happens once; a `versioned` one says which version it changes. `also`: other good answers."""
    told = extend_schema(
        operation_id=f"{method}{name[0].upper()}{name[1:]}",
        parameters=[PURPOSE, _ONCE, *([_MATCH] if versioned else []), *parameters],
        request=body,
        responses={201: shape, **dict.fromkeys(also, shape), **refusals(_CHANGES)},
    )
    return extend_schema_view(**{method: told})


def file_of(name: str, media_type: str, description: str, question: type[Question] = Question) -> Any:
    """A file."""
    kind = OpenApiTypes.OBJECT if media_type == "application/json" else OpenApiTypes.BINARY
    told = extend_schema(
        operation_id=name,
        parameters=[question, PURPOSE],
        responses={(200, media_type): OpenApiResponse(kind, description=description), **refusals(READS)},
    )
    return extend_schema_view(get=told)


def refusals(statuses: tuple[int, ...]) -> dict[Any, Any]:
    """How these refusals look in the document."""
    return {(status, TYPE): OpenApiResponse(Problems, description="Refused: see `code`.") for status in statuses}
