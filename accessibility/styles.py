"""The stylesheets as one file each, the town's tokens first and then the rules: a page asks for one sheet only."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHEETS = {"resident": ("base.css",), "desk": ("base.css", "desk.css")}
FOLDER = Path(__file__).parent / "static" / "accessibility"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE = re.compile(r"\s*\n\s*")


class NoSuchTheme(ValueError):
    """The theme a town asks for is not a name of a file in `static/accessibility/themes`, without `.css`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stylesheet, plain and compressed; `digest` changes with its content, so that a browser may keep it."""

    plain: bytes
    compressed: bytes
    digest: str


@cache
def sheet(kind: str, theme: str = "") -> Sheet:
    """The sheet for `resident` or `desk` pages: our tokens, the theme's own over them, then the rules."""
    files = [FOLDER / "tokens.css", *_theme(theme), *(FOLDER / name for name in SHEETS[kind])]
    plain = "\n".join(_squeezed(file.read_text(encoding="utf-8")) for file in files).encode()
    digest = hashlib.sha256(plain).hexdigest()[:12]
    return Sheet(plain, gzip.compress(plain, mtime=0), digest)


def _theme(theme: str) -> list[Path]:
    if not theme:
        return []
    themes = {file.stem: file for file in (FOLDER / "themes").glob("*.css")}
    if theme not in themes:
        raise NoSuchTheme(f"{theme!r} is none of {', '.join(sorted(themes))}")
    return [themes[theme]]


def _squeezed(css: str) -> str:
    return _LINE.sub("\n", _COMMENT.sub("", css)).strip()
