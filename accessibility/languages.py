"""The languages we tell the story in: own name, reading direction, how a day is written, and how far each is checked.

A translation is a `draft` until a native reader has checked it; the page itself says so. A town switches a draft on
by a named decision. Dutch is the `source`: every other language is measured against it.
"""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]
Status = Literal["source", "draft", "checked"]

FALLBACK = "nl"


@dataclass(frozen=True, slots=True)
class Language:
    """One language. The patterns are CLDR date patterns, filled in by Babel, always in the Gregorian calendar.

    Where a month has several names (Arabic, Farsi) or belongs to two calendars (Tigrinya), its number follows it.
    """

    code: str
    own_name: str
    dutch_name: str
    direction: Direction
    day: str
    day_with_weekday: str
    status: Status = "draft"


_ALL = (
    Language("nl", "Nederlands", "Nederlands", "ltr", "d\u00a0MMMM", "EEEE d\u00a0MMMM", "source"),
    Language("en", "English", "Engels", "ltr", "d\u00a0MMMM", "EEEE d\u00a0MMMM"),
    Language("tr", "Türkçe", "Turks", "ltr", "d\u00a0MMMM", "d\u00a0MMMM EEEE"),
    Language("ar", "العربية", "Arabisch", "rtl", "d\u00a0MMMM (M)", "EEEE d\u00a0MMMM (M)"),
    Language("fa", "فارسی", "Farsi", "rtl", "d\u00a0MMMM (M)", "EEEE d\u00a0MMMM (M)"),
    Language("ti", "ትግርኛ", "Tigrinya", "ltr", "d\u00a0MMMM (M)", "EEEE d\u00a0MMMM (M)"),
    Language("uk", "Українська", "Oekraïens", "ltr", "d\u00a0MMMM", "EEEE, d\u00a0MMMM"),
    Language("pl", "Polski", "Pools", "ltr", "d\u00a0MMMM", "EEEE, d\u00a0MMMM"),
    Language("so", "Soomaali", "Somalisch", "ltr", "d\u00a0MMMM", "EEEE d\u00a0MMMM"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """The languages that are switched on, and the codes of those that a native reader checked."""

    on: tuple[Language, ...]
    checked: frozenset[str] = frozenset()

    def is_draft(self, language: Language) -> bool:
        """Whether a page in this language has to say that nobody checked it yet."""
        return language.status == "draft" and language.code not in self.checked

    def nearest(self, language: Language) -> Language:
        """The language itself when it is on, else Dutch."""
        return language if language in self.on else LANGUAGES[FALLBACK]


LANGUAGES: dict[str, Language] = {language.code: language for language in _ALL}
EVERY_LANGUAGE = Offer(_ALL)


def language_for(code: str | None) -> Language:
    """The language of a code such as `ar` or `ar-sy`; Dutch for a language we do not have."""
    primary = (code or FALLBACK).replace("_", "-").split("-")[0].lower()
    return LANGUAGES.get(primary, LANGUAGES[FALLBACK])
