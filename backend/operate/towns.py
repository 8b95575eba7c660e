"""Many towns of one operator: a file of settings for each, and one command done for all of them.

A file `NAME.env` holds lines `KEY=VALUE`, as systemd and compose read them: what docs/operating.md lists. Each town is
done in a process of its own that knows the settings of that town only; one that goes wrong stops no other.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

# What a town's process has of ours: where programs are, and no town's settings.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
LAST_WORDS = 400


class NotATownsFile(ValueError):
    """A file of settings that cannot be read; the message names the file and the line, and tells no value."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town's name, as its file has it, and its settings."""

    name: str
    settings: dict[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """How it went in a town: the exit code, what was printed, and the last words of what went wrong."""

    town: str
    code: int
    printed: str
    complaint: str


def towns_in(folder: Path) -> list[Town]:
    """Every town of the folder by name. Raises `NotATownsFile`; two towns may not share a database."""
    towns = [_town(file) for file in sorted(folder.glob("*.env"))]
    seen: dict[str, str] = {}
    for town in towns:
        earlier = seen.setdefault(town.settings["DATABASE_URL"], town.name)
        if earlier != town.name:
            raise NotATownsFile(f"{earlier} and {town.name} have one DATABASE_URL: every town has its own database")
    return towns


def in_every(towns: list[Town], words: list[str], *, at_once: int) -> Iterator[Done]:
    """Does the command for every town, so many at the same time; answers in the order of the towns."""
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as hands:
        yield from hands.map(lambda town: _done(town, words), towns)


def _town(file: Path) -> Town:
    if not _NAME.fullmatch(file.stem):
        raise NotATownsFile(f"{file.name}: a town's name has small letters, digits and hyphens")
    found: dict[str, str] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        read = _LINE.fullmatch(line.strip())
        if read is None:
            raise NotATownsFile(f"{file.name}, line {number}: not of the form NAME=value")
        if read["name"] in found:
            raise NotATownsFile(f"{file.name}, line {number}: {read['name']} stands there twice")
        found[read["name"]] = _unquoted(read["value"])
    if not found.get("DATABASE_URL"):
        raise NotATownsFile(f"{file.name}: DATABASE_URL is not set")
    return Town(file.stem, found)


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value


def _done(town: Town, words: list[str]) -> Done:
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | town.settings
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    return Done(town.name, done.returncode, done.stdout, done.stderr.strip()[-LAST_WORDS:] if done.returncode else "")
