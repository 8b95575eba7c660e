"""What may be wrong with how the house is set up, named before it opens: `manage.py check --deploy --tag operate`.

Settings that no house can start with are refused by `backend.settings` itself. Here stands what would only be noticed
later, by a resident or an auditor. Nothing of a value is told, only its name.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register  # noqa: A004 - Django's own name

TAG = "operate"
SHORTEST_TOKEN = 24
_SAFE_MODES = {"verify-full", "verify-ca"}
_EXAMPLE = "voorbeeldstad"


@register(TAG, deploy=True)
def check_folders(**_: Any) -> list[CheckMessage]:
    """Folders that are set are there, can be written, and are not one and the same."""
    wanted = {"INBOX": settings.INBOX, "OUTBOX": settings.OUTBOX, "TEXT_OUTBOX": settings.TEXT_OUTBOX}
    given = {name: Path(folder).resolve() for name, folder in wanted.items() if folder}
    found = [_no_folder(name) for name, folder in given.items() if not _may_write(folder)]
    if len(set(given.values())) < len(given):
        names = ", ".join(given)
        found.append(Error(f"{names} share a folder", hint="Give each a folder of its own.", id="operate.E002"))
    return found


@register(TAG, deploy=True)
def check_database(**_: Any) -> list[CheckMessage]:
    """The application is not the owner of its tables, and speaks to another computer only with its name checked."""
    place, owner = settings.DATABASES["default"], settings.DATABASE_OWNER
    return [*_roles(place, owner), *_encrypted(place)]


@register(TAG, deploy=True)
def check_watch(**_: Any) -> list[CheckMessage]:
    """The token of the figures is long, the log's level is one."""
    found: list[CheckMessage] = []
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        hint = f"At least {SHORTEST_TOKEN} characters, by chance."
        found.append(Error("METRICS_TOKEN is too short", hint=hint, id="operate.E005"))
    root: Any = settings.LOGGING["root"]
    if root["level"] not in logging.getLevelNamesMapping():
        names = ", ".join(sorted(logging.getLevelNamesMapping()))
        found.append(Error("LOG_LEVEL is no level", hint=f"One of {names}.", id="operate.E006"))
    return found


@register(TAG, deploy=True)
def check_town(**_: Any) -> list[CheckMessage]:
    """Residents and other systems are told the town's own name, and the chain's end is kept somewhere else."""
    still = [name for name in ("MUNICIPALITY", "EVENT_SOURCE") if _EXAMPLE in str(getattr(settings, name)).lower()]
    found: list[CheckMessage] = [
        Info(f"{name} is still that of the example", hint="Name your own town.", id="operate.I001") for name in still
    ]
    if not _is_address(settings.CONTACT):
        found.append(
            Info("CONTACT is no mail or https address", hint="The algorithm register names it.", id="operate.I002")
        )
    if Path(settings.AUDIT_ANCHOR).is_relative_to(settings.DATA_DIR):
        hint = "A folder on another machine shows when an end was cut off the audit chain."
        found.append(Info("AUDIT_ANCHOR is not set", hint=hint, id="operate.I003"))
    return found


def _no_folder(name: str) -> CheckMessage:
    hint = "Make it, and let the user who runs the house write in it."
    return Error(f"{name} is no folder we can write in", hint=hint, id="operate.E001")


def _may_write(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _roles(place: dict[str, Any], owner: dict[str, Any] | None) -> Iterator[CheckMessage]:
    if owner and owner["USER"] == place["USER"]:
        hint = "Two roles: the owner migrates; the application cannot change what is append-only."
        yield Error("DATABASE_URL and DATABASE_OWNER_URL name one role", hint=hint, id="operate.E003")
    elif owner and (owner["NAME"], owner["HOST"]) != (place["NAME"], place["HOST"]):
        hint = "Migrations would go into another database than the one that is used."
        yield Error("DATABASE_URL and DATABASE_OWNER_URL name two databases", hint=hint, id="operate.E004")


def _encrypted(place: dict[str, Any]) -> Iterable[CheckMessage]:
    host = str(place["HOST"])
    is_here = host.startswith("/") or host in {"", "localhost", "127.0.0.1", "::1"}
    if is_here or place["OPTIONS"].get("sslmode") in _SAFE_MODES:
        return
    hint = "Add ?sslmode=verify-full, so that nobody between can pretend to be the database."
    yield Warning("DATABASE_URL does not check who the database is", hint=hint, id="operate.W001")


def _is_address(text: str) -> bool:
    return "@" in text or urlsplit(text).scheme == "https"
