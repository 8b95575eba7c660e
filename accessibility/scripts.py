"""The scripts of our pages, written into the page itself: no second request, and allowed by their hashes alone.

`stay` is on every page of a resident. Without it the page says the same; with it, the last minute is said at the foot
of the screen. `key` is on the few pages that ask a phone or a key for its answer, which nothing but script can do;
without it those pages say what to do instead.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "accessibility"


def stay() -> str:
    """The script that warns before a stay ends, without white space."""
    return _plain("stay.js")


def key() -> str:
    """The script that passes a question on to a phone or a key, and its answer to us."""
    return _plain("key.js")


def sources() -> list[str]:
    """Their entries in a content security policy: a browser runs these bytes and no others."""
    return [_source(script) for script in (stay(), key())]


@cache
def _plain(name: str) -> str:
    return re.sub(r"\s*\n\s*", "", (FOLDER / name).read_text(encoding="utf-8"))


def _source(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
