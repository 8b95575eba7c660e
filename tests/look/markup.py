"""Holds the HTML of pages against the standard with the Nu checker (vnu), one run for all of them."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.look.screens import Finding

VNU = Path(__file__).resolve().parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


class VnuIsMissing(RuntimeError):
    """The checker is not installed: run `npm ci`, and have Java."""


class VnuSeesNothing(RuntimeError):
    """The checker let a page pass that is wrong: its silence about the others means nothing."""


# Goes along with every run, so that a checker that checks nothing is noticed.
WRONG = ("", "wrong on purpose")
_WRONG_PAGE = '<!doctype html><html lang="nl"><title>x</title><p><div>a</p><img src="x"></html>'


def wrong_markup(pages: dict[tuple[str, str], str], folder: Path) -> Iterator[Finding]:
    """Every error and warning, by language and page. Raises `VnuIsMissing`, `VnuSeesNothing`."""
    if not VNU.exists():
        raise VnuIsMissing("run `npm ci`")
    folder.mkdir(exist_ok=True)
    every = pages | {WRONG: _WRONG_PAGE}
    files = {folder / f"{number:04d}.html": place for number, place in enumerate(every)}
    for file, place in files.items():
        file.write_text(every[place], encoding="utf-8")
    command = ["java", "-Xss2m", "-jar", str(VNU), "--format", "json", "--exit-zero-always", str(folder)]
    answered = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    by_name = {file.name: place for file, place in files.items()}
    found = [(by_name[one["url"].rsplit("/", 1)[-1]], one) for one in json.loads(answered.stderr)["messages"]]
    if not any(place == WRONG for place, _ in found):
        raise VnuSeesNothing
    for (language, page), message in found:
        if (language, page) != WRONG and (message["type"] != "info" or message.get("subType") == "warning"):
            yield Finding("vnu", language, page, "", f"{message['message']} ... {message.get('extract', '')[:120]}")
