"""Two languages that nobody speaks: longer words, and the same from right to left. They show what does not give way.

Both are English underneath, so that days and months have names; their words are stretched between brackets. A page that
cuts a bracket off cuts words off, and a sentence without brackets came round the table of words.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from accessibility import catalogue
from accessibility.languages import LANGUAGES
from accessibility.sources import Source
from backend.web import frames

PRETENDED = {"pseudo": "ltr", "pseudo-rtl": "rtl"}
UNDERNEATH = "en"

_ACCENTED = str.maketrans("aeiouyAEIOUYcnst", "áéíóúýÁÉÍÓÚÝçñšţ")
_VALUE = re.compile(r"(\{\w+\})")
_english = catalogue._english


def stretched(text: str) -> str:
    """The words with accents and four tenths longer, between brackets; values in braces stay as they are."""
    parts = _VALUE.split(text)
    accented = "".join(part if _VALUE.fullmatch(part) else part.translate(_ACCENTED) for part in parts)
    words = sum(len(part) for part in parts if not _VALUE.fullmatch(part))
    return f"[{accented} {_filling(max(3, words * 4 // 10))}]"


def _filling(length: int) -> str:
    return ("één twéé dríé víér víjf zés zévéñ " * 9)[:length].strip()


@contextmanager
def speaking(name: str) -> Iterator[str]:
    """The code of the language to ask pages in, while it is spoken: a real one by its code, or a pretended one."""
    if name not in PRETENDED:
        yield name
        return
    language = replace(LANGUAGES[UNDERNEATH], direction=PRETENDED[name])

    def words(source: Source, values: Mapping[str, object]) -> str:
        return stretched(_english(source, values))

    with patch.object(catalogue, "_english", words), patch.dict(LANGUAGES, {UNDERNEATH: language}):
        frames.forget()
        yield UNDERNEATH
    frames.forget()
