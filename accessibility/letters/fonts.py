"""The fonts of letters: Noto Sans for every script we write, from a package, so that nothing is installed by hand.

See `docs/decisions/0017-fonts-from-a-package.md`.
"""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import typst

PACKAGE = "manimgx_fonts"
FAMILIES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic")


class FontsMissing(RuntimeError):
    """The package of the fonts is not installed, or lacks a family that letters are set in."""


@cache
def fonts() -> typst.Fonts:
    """The fonts of the package and no others, so that a letter looks the same on every machine."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder())])
    if missing := set(FAMILIES) - set(found.families()):
        raise FontsMissing(f"{PACKAGE} has no {', '.join(sorted(missing))}")
    return found


def folder() -> Path:
    """Where the package keeps its files."""
    try:
        version(PACKAGE)
    except PackageNotFoundError:
        raise FontsMissing(f"{PACKAGE} is not installed: run `make setup`") from None
    return Path(str(files(PACKAGE)))
