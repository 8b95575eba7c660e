"""Finds the words of a message in a language, and says in which language it found them.

A message that is not translated yet is told in Dutch and marked as Dutch, so that a voice does not read it as the
page's language. That is why the catalogues are asked directly: Django's own lookup falls back without saying so.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from accessibility.languages import FALLBACK, LANGUAGES, Language
from accessibility.sources import Source
from accessibility.words import source_of

SOURCE_LANGUAGE = "en"


class MessagesNotCompiled(RuntimeError):
    """A language is switched on whose `locale/<language>/LC_MESSAGES/django.mo` is not there: run `make compile`."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a message with its values still in braces, and the language they are in."""

    text: str
    language: Language


def wording(message: str, language: Language, values: Mapping[str, object] = {}) -> Wording:
    """The words of a message in the language, else in Dutch, else its English source."""
    source = source_of(message)
    if found := _found(source, language.code, values):
        return Wording(found, LANGUAGES[language.code])
    if found := _found(source, FALLBACK, values):
        return Wording(found, LANGUAGES[FALLBACK])
    return Wording(_english(source, values), LANGUAGES[SOURCE_LANGUAGE])


def is_translated(message: str, language: Language) -> bool:
    """Whether the language has words of its own for the message, in every number it counts with."""
    source = source_of(message)
    numbers = range(1) if isinstance(source, str) else range(120)
    return all(_found(source, language.code, {"n": number}) for number in numbers)


def _found(source: Source, code: str, values: Mapping[str, object]) -> str:
    if code == SOURCE_LANGUAGE:
        return _english(source, values)
    words = _catalogue(code)
    return words.gettext(source) if isinstance(source, str) else words.ngettext(*source, _count(values))


def _english(source: Source, values: Mapping[str, object]) -> str:
    return source if isinstance(source, str) else source[_count(values) != 1]


def _count(values: Mapping[str, object]) -> int:
    return next(value for value in values.values() if type(value) is int)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    place = Path(settings.LOCALE_PATHS[0])
    try:
        words = gettext.translation("django", place, [code])
    except FileNotFoundError:
        raise MessagesNotCompiled(f"locale/{code}/LC_MESSAGES/django.mo is not there: run `make compile`") from None
    words.add_fallback(_Nothing())
    return words


class _Nothing(gettext.NullTranslations):
    """Answers with no words at all, so that a missing message can be told from a translated one."""

    def gettext(self, message: str) -> str:
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ""
