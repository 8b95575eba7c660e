"""Whole words of what a bank prints, with case, accents, signs and invisible characters folded away.

Words are UTF-8 bytes, because most bank text is ASCII and `bytes.translate` folds it many times faster than anything
on `str`; `folded` and `words` are for people and rules, `word_set` for the many.
"""

import unicodedata

_SPACES = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128)).lower()
_ASCII = bytes(map(ord, _SPACES)) + b" " * 128
# Letters that Unicode does not take apart into a base letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def folded(text: str) -> str:
    """Lower case, without accents; one space between words, and nothing that is no letter or digit of some script."""
    return b" ".join(word_list(text)).decode()


def words(text: str) -> tuple[str, ...]:
    """The words of a text in order, folded."""
    if text.isascii():
        return tuple(text.encode().translate(_ASCII).decode().split())
    return tuple(_fold_any(text).split())


def word_list(text: str) -> list[bytes]:
    """The words of a text in order, folded, as UTF-8."""
    if text.isascii():
        return text.encode().translate(_ASCII).split()
    return _fold_any(text).encode("utf-8", "ignore").split()


def word_set(text: str) -> frozenset[bytes]:
    """The different words of a text, folded, as UTF-8."""
    return frozenset(word_list(text))


def _fold_any(text: str) -> str:
    """Fold text of any script: marks fall away, invisible characters vanish, every other sign parts words."""
    # Twice, because taking letters apart can bring forth capitals, and lowering them can bring forth letters to part.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    parts = apart.casefold().translate(_PLAIN)
    return "".join(char if char.isalnum() else _between(char) for char in parts)


def _between(char: str) -> str:
    # Combining marks (M*) belong to their letter; format characters (Cf) such as a right-to-left override are unseen.
    return "" if unicodedata.category(char)[0] == "M" or unicodedata.category(char) == "Cf" else " "
