"""The one script of a resident's page, written into the page itself: no second request, and allowed by its hash alone.

Without it the page says the same; with it, the last minute is said at the foot of the screen.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

STAY = Path(__file__).parent / "static" / "accessibility" / "stay.js"


@cache
def stay() -> str:
    """The script that warns before a stay ends, without white space."""
    return re.sub(r"\s*\n\s*", "", STAY.read_text(encoding="utf-8"))


def stay_source() -> str:
    """Its entry in a content security policy: a browser runs these bytes and no others."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(stay().encode()).digest()).decode()}'"
