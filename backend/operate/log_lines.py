"""A log line as one JSON object, without what could be about a person.

Of an error its kind and places are told, not its words: a database's complaint repeats the row it complains of. What
looks like an account, a BSN, a phone number or a mail address is blotted out wherever it stands.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

BLOT = "…"
_PERSONAL = re.compile(
    r"\b[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{0,3}\b"  # IBAN, with or without spaces
    r"|\b\d{9}\b"  # BSN
    r"|(?<!\w)\+?\d(?:[ -]?\d){9,14}\b"  # phone numbers, and other long numbers
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)


class JsonLines(logging.Formatter):
    """`at` (UTC), `level`, `logger`, `message`, and of an error `error` and `places`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in the record."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": blotted(record.getMessage()),
        }
        kind, _, trace = record.exc_info or (None, None, None)
        if kind is not None:
            told["error"] = f"{kind.__module__}.{kind.__qualname__}"
            told["places"] = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)]
        return json.dumps(told, ensure_ascii=False)


def blotted(text: str) -> str:
    """The text without what looks personal."""
    return _PERSONAL.sub(BLOT, text)
