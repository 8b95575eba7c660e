"""How the OpenAPI document is made from the views: what it says of us, and the finishing touches."""

from typing import Any

DESCRIPTION = """
Other systems of the town ask and tell here what its people do at the desk. Every request carries a key
(`Authorization: Bearer`) and, where residents' data is concerned, the purpose it is asked for (`X-Doelbinding`); both
are written down, and the resident can read it. Amounts are strings in euro with two decimals, days are ISO 8601. Every
refusal is `application/problem+json` in Dutch or English (`Accept-Language`). Every change carries an `Idempotency-Key`
and happens once. Approving and releasing payments stays with two people.
""".strip()

SETTINGS: dict[str, Any] = {
    "TITLE": "Huishoudboekje",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1.0.0",
    "CONTACT": {"name": "Huishoudboekje", "url": "https://example.org/huishoudboekje"},
    "LICENSE": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "SERVERS": [{"url": "/api/v1", "description": "The town's own server."}],
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": True,
    "PREPROCESSING_HOOKS": ["backend.api.document.only_what_is_there"],
    "POSTPROCESSING_HOOKS": ["backend.api.document.finished"],
}

_VERSION_HEADER = {"API-Version": {"schema": {"type": "string"}, "description": "The version that answers."}}


def only_what_is_there(endpoints: list[Any]) -> list[Any]:
    """Addresses that answer; the catch-all for those there are not is left out."""
    return [one for one in endpoints if one[0].startswith("/api/v1/")]


def finished(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Headers on every answer, closed bodies, and one tag per resource."""
    refusals: dict[str, Any] = {}
    for address, operations in result["paths"].items():
        resource = address.strip("/").split("/")[0]
        for operation in operations.values():
            _finish(operation, resource, refusals)
    _loosen(result)
    for name, shape in result["components"]["schemas"].items():
        if name.endswith("Request"):
            shape["additionalProperties"] = False
    result["components"]["responses"] = refusals
    tags = sorted({tag for one in result["paths"].values() for op in one.values() for tag in op["tags"]})
    return result | {"tags": [{"name": tag, "description": f"Everything under /{tag}."} for tag in tags]}


def _finish(operation: dict[str, Any], resource: str, refusals: dict[str, Any]) -> None:
    operation["tags"] = [resource]
    for status, answer in operation["responses"].items():
        answer["headers"] = _VERSION_HEADER | (_ETAG if status in {"200", "201"} else {})
        if int(status) >= 400:
            name = f"Refused{status}"
            refusals[name] = answer
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    for parameter in operation.get("parameters", ()):
        parameter["schema"].pop("x-spec-enum-id", None)


def _loosen(result: dict[str, Any]) -> None:
    """Who asks for some fields gets those only: no field of such a row is always there."""
    shapes = result["components"]["schemas"]
    for operation in [one for operations in result["paths"].values() for one in operations.values()]:
        if any(parameter["name"] == "fields" for parameter in operation.get("parameters", ())):
            for content in operation["responses"]["200"].get("content", {}).values():
                shape = shapes.get(_named(content["schema"]), {})
                rows = shape.get("properties", {}).get("items", {}).get("items")
                (shapes[_named(rows)] if rows else shape).pop("required", None)


def _named(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version of this row, for If-Match."}}
