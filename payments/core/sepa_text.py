"""The characters that every bank in SEPA must pass on, and how other writing becomes them.

Letters, digits, space and / - ? : ( ) . , ' + (EPC217-08, the basic Latin set). Accents fall away, Greek and Cyrillic
are written in Latin letters, signs get their nearest neighbour, and what has no neighbour becomes a full stop.
"""

import re
import unicodedata

_WRITABLE = re.compile(r"[A-Za-z0-9/\-?:().,'+]+(?: [A-Za-z0-9/\-?:().,'+]+)*", re.ASCII)
_IDENTIFIER = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+ ]{1,35}(?<![/ ])", re.ASCII)
_KEPT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")


def to_sepa(text: str) -> str:
    """The text in SEPA characters, runs of white space as one space, none at the ends; may be empty."""
    if _WRITABLE.fullmatch(text):
        return text
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(map(_written, composed)).split())


def is_identifier(text: str) -> bool:
    """Whether a bank takes it as an id: 1 to 35 SEPA characters, no slash at either end, no two slashes in a row."""
    return _IDENTIFIER.fullmatch(text) is not None and not text.startswith(" ")


def says_something(text: str) -> bool:
    """Whether a letter or digit is in it."""
    return any(character.isalnum() for character in text)


def _written(character: str) -> str:
    known = _known(character)
    if known is not None:
        return known
    return "".join(_known(part) or _by_category(part) for part in unicodedata.normalize("NFKD", character))


def _known(character: str) -> str | None:
    return character if character in _KEPT else _LATIN.get(character)


def _by_category(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Mc", "Cf"}:
        return ""  # an accent loosened from its letter, or a mark that nobody sees
    if category == "Pd":
        return "-"
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "."


def _pairs(script: str, latin: str) -> dict[str, str]:
    lower = dict(zip(script, latin.split(), strict=True))
    upper = {letter.upper(): written.capitalize() for letter, written in lower.items() if len(letter.upper()) == 1}
    return lower | {letter: written for letter, written in upper.items() if letter not in lower}


# Greek as ELOT 743, Cyrillic as Bulgarian law and common use for Russian, Ukrainian, Serbian and Macedonian write it.
_LATIN: dict[str, str] = {
    **_pairs("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o"),
    **_pairs(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя", "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y y e yu ya"
    ),
    **_pairs("іїєґђјљњћџѕ", "i yi ye g dj j lj nj c dz dz"),
    **_pairs("æœøđðłħŧıŋþ", "ae oe o d d l h t i n th"),
    "ß": "ss", "ẞ": "SS", "ĸ": "k", "€": "EUR", "£": "GBP", "&": "+", "_": "-", "~": "-", "−": "-", ";": ",",
    "[": "(", "{": "(", "]": ")", "}": ")", "\\": "/", "|": "/", "⁄": "/",
    "`": "'", "´": "'", "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'",
}  # fmt: skip
