"""Finished HTML of a sentence as runs for paper: words, their direction, their language.

The screen's own words are set, so that a letter cannot say anything else. Only the few tags that
`accessibility.telling` writes are known; any other one is a mistake and stops the letter.
"""

import html
import re
import unicodedata
from typing import NamedTuple

from accessibility.languages import Direction
from accessibility.plain import NO_BREAK

_MARKS = re.compile(r"<[^>]*>")
_ISOLATED = re.compile(r'<(?:bdi|a href="tel:[^"]*")( dir="ltr")? translate="no">')
_SPAN = re.compile(r'<span lang="([a-z]{2})" dir="(ltr|rtl)">')
_RIGHT_TO_LEFT = {"R", "AL"}
_INVISIBLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_LONG_WORD = re.compile(r"\S{28}(?=\S)")
MAY_BREAK = "\u200b"


class UnknownMarkup(ValueError):
    """A tag that no sentence has."""


class Run(NamedTuple):
    """Words set alike; an empty direction or language is that of the line around them."""

    words: str
    direction: Direction | str = ""
    language: str = ""


def runs_of(sentence: str) -> list[Run]:
    """The runs of a sentence told by `accessibility.telling`. Raises `UnknownMarkup`."""
    found: list[Run] = []
    around = around_isolated = Run("")
    isolated = False
    place = 0
    for mark in _MARKS.finditer(sentence):
        _add(found, sentence[place : mark.start()], around, isolated=isolated)
        place = mark.end()
        if isolated_as := _ISOLATED.fullmatch(mark.group()):
            around_isolated, isolated = around, True
            around = Run("", "ltr" if isolated_as.group(1) else "")
        elif mark.group() in {"</bdi>", "</a>"}:
            around, isolated = around_isolated, False
        else:
            around = _language(mark.group())
    _add(found, sentence[place:], around, isolated=isolated)
    return found


def words_of(sentence: str) -> str:
    """The words alone, as for a title."""
    return "".join(run.words for run in runs_of(sentence))


def direction_of(text: str) -> Direction:
    """The direction of a name: that of its first letter that has one."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    first = next((kind for kind in kinds if kind in {"L"} | _RIGHT_TO_LEFT), "L")
    return "rtl" if first in _RIGHT_TO_LEFT else "ltr"


def printable(text: str) -> str:
    """The text as it can be set: signs that print nothing become spaces, and a word longer than a line may break."""
    visible = text
    if not text.replace(NO_BREAK, " ").isprintable():
        visible = "".join(" " if unicodedata.category(sign) in _INVISIBLE else sign for sign in text)
    return _LONG_WORD.sub(f"\\g<0>{MAY_BREAK}", visible)


def _add(found: list[Run], marked: str, around: Run, *, isolated: bool) -> None:
    if not marked:
        return
    words = printable(html.unescape(marked))
    if isolated and around.direction == "ltr":  # an amount, a number to call: never broken over two lines
        words = words.replace(" ", NO_BREAK)
    direction = around.direction or (direction_of(words) if isolated else "")
    found.append(Run(words, direction, around.language))


def _language(mark: str) -> Run:
    if mark == "</span>":
        return Run("")
    if span := _SPAN.fullmatch(mark):
        return Run("", span.group(2), span.group(1))
    raise UnknownMarkup(mark)
