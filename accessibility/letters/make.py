"""Sets a letter with Typst as PDF/UA-1; on its sides when it fits, else on a second sheet, never in smaller letters."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst
from django.conf import settings

from accessibility.letters.fonts import fonts
from accessibility.letters.room import SPACES, first_guess, white

TEMPLATE = "letters/letter.typ"
UNKNOWN_SIGN = "?"

_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)")
_NOT_DISPLAYED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
_one_at_a_time = Lock()


class CannotBeSet(RuntimeError):
    """Typst refused a letter for another reason than a sign without a shape."""


@dataclass(frozen=True, slots=True)
class Made:
    """A letter as PDF, how many pages it has, and the signs in names for which no font has a shape."""

    pdf: bytes
    pages: int
    unknown_signs: str = ""


def make(values: dict[str, Any]) -> Made:
    """The letter of these values (`letter.values_of`); a language that one side cannot hold gets a sheet of its own."""
    guessed = [_guess(values, number) for number in range(len(values["sides"]))]
    for tighter in range(len(SPACES) - min(guessed)):
        made = _set(_spaced(values, [number + tighter for number in guessed]))
        if made.pages <= len(guessed):
            return made
    return _on_more_sheets(values)


def pictures(values: dict[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The same letter as PNG, a picture for each side as first guessed: to look at, not to send."""
    spaced = _spaced(values, [_guess(values, number) for number in range(len(values["sides"]))])
    with _one_at_a_time:
        drawn = _compiler().compile(format="png", ppi=ppi, sys_inputs={"letter": json.dumps(spaced)})
    assert drawn is not None
    return drawn if isinstance(drawn, list) else [drawn]


def _on_more_sheets(values: dict[str, Any]) -> Made:
    """A sheet of its own for each language when that is enough."""
    sides = len(values["sides"])
    for number in (0, len(SPACES) - 1):
        made = _set(_spaced(values, [number] * sides) | {"numbered": True})
        if made.pages <= sides * 2:
            break
    return made


def _guess(values: dict[str, Any], number: int) -> int:
    front = number == 0
    return first_guess(values["sides"][number], addressed=front, square=front and bool(values["page"]))


def _spaced(values: dict[str, Any], numbers: list[int]) -> dict[str, Any]:
    last = len(SPACES) - 1
    sides = [
        side | {"space": white(side, min(number, last))} for side, number in zip(values["sides"], numbers, strict=True)
    ]
    return values | {"sides": sides, "square": _square(values["page"]), "numbered": False}


def _set(values: dict[str, Any]) -> Made:
    """Sets it; signs without a shape (PDF/UA-1 forbids them) are told as a question mark and reported."""
    text, unknown = json.dumps(values, ensure_ascii=False), ""
    while True:
        try:
            with _one_at_a_time:
                pdf = _compiler().compile(format="pdf", pdf_standards="ua-1", sys_inputs={"letter": text})
        except typst.TypstError as error:
            signs = set(_unknown_signs(error)) - {UNKNOWN_SIGN}
            if not signs or not set(text) & signs:
                raise CannotBeSet(error.message) from error
            unknown += "".join(sorted(signs))
            text = text.translate({ord(sign): UNKNOWN_SIGN for sign in signs})
        else:
            assert isinstance(pdf, bytes)
            return Made(pdf, _pages(pdf), unknown)


def _unknown_signs(error: typst.TypstError) -> Iterator[str]:
    for found in _NOT_DISPLAYED.findall(f"{error.message}\n{error.diagnostic}"):
        plain = _ESCAPED.sub(lambda escaped: chr(int(escaped.group(1), 16)), found)
        yield from (sign for sign in plain if not sign.isascii())


def _pages(pdf: bytes) -> int:
    count = _PAGES.search(pdf)
    assert count is not None, "Typst writes its page tree in plain sight"
    return int(count.group(1))


def _square(address: str) -> str:
    return segno.make(address, error="m", micro=False).svg_inline(border=2) if address else ""


@cache
def _compiler() -> typst.Compiler:
    root = Path(settings.BASE_DIR) / "templates"
    return typst.Compiler(input=str(root / TEMPLATE), root=str(root), font_paths=fonts(), ignore_system_fonts=True)
