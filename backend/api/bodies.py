"""What comes in: JSON that means one thing only, or the bytes of a file; never more than a set number of bytes."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from backend.api.problems import Refused

LARGEST_JSON = 1024 * 1024
# Larger bank files come by the inbox folder.
LARGEST_FILE = 8 * 1024 * 1024


class JsonBody(BaseParser):
    """One JSON object, in UTF-8, every name once, without NaN; its bytes stay with the view for the digest."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], _media_type: str | None = None, context: Any = None) -> dict[str, Any]:
        """The object; raises `Refused` with what is wrong."""
        data = read_at_most(stream, LARGEST_JSON, context)
        try:
            body = json.loads(data.decode(), object_pairs_hook=_each_once, parse_constant=_no_constant)
        except UnicodeDecodeError:
            raise Refused("not_readable", why="UTF-8") from None
        except RecursionError:
            raise Refused("not_readable", why="JSON, too deep") from None
        except ValueError as error:
            raise Refused("not_readable", why=f"JSON, {error}") from None
        if not isinstance(body, dict):
            raise Refused("not_readable", why="JSON, not an object")
        return body


class FileBody(BaseParser):
    """The bytes of a file, as they are."""

    media_type = "application/octet-stream"

    def parse(self, stream: IO[bytes], _media_type: str | None = None, context: Any = None) -> dict[str, bytes]:
        """The bytes under `content`; raises `Refused` when there are too many."""
        return {"content": read_at_most(stream, LARGEST_FILE, context)}


class XmlBody(FileBody):
    """The same for a file that says it is XML."""

    media_type = "application/xml"


class TextBody(FileBody):
    """The same for a file that says it is text."""

    media_type = "text/plain"


def read_at_most(stream: IO[bytes], limit: int, context: Mapping[str, Any] | None) -> bytes:
    """All bytes of the body, which the view keeps as `raw`; a longer one is refused, the rest of it not read."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise Refused("too_large", limit=limit)
    if context:
        context["view"].raw = data
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")
