"""The way out for text messages: a folder from which a provider's own program takes them; without one nothing is sent.

Each message is a file of its own that appears whole or not at all, so that it is never sent half.
"""

import json
import uuid
from datetime import date, datetime
from functools import partial
from pathlib import Path

from django.conf import settings

from accessibility.texts import NotDelivered, send_texts, waiting, write_texts


def text_residents(*, on: date, now: datetime) -> dict[str, int]:
    """Writes what is to be said by text message, and sends it when the town has a way out (`TEXT_OUTBOX`)."""
    written = write_texts(on=on, now=now)
    if not settings.TEXT_OUTBOX:
        return {"written": written, "sent": 0, "waiting": waiting()}
    done = send_texts(partial(_put, Path(settings.TEXT_OUTBOX)), now=now)
    return {"written": written, "sent": done.sent, "waiting": done.waiting}


def _put(folder: Path, phone: str, words: str) -> None:
    """One file `<id>.json` with `to` and `text`; raises `NotDelivered` when the folder does not take it."""
    name = str(uuid.uuid4())
    half = folder / f".{name}"
    try:
        half.write_text(json.dumps({"to": phone, "text": words}, ensure_ascii=False), encoding="utf-8")
        half.chmod(0o600)
        half.replace(folder / f"{name}.json")
    except OSError as error:
        half.unlink(missing_ok=True)
        raise NotDelivered(str(error)) from error
