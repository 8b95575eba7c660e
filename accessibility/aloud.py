"""The resident's story for the ear: the told blocks of the screen, with amounts and numbers as a voice says them."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from accessibility.languages import Language
from accessibility.letters.runs import runs_of
from accessibility.sentence import Story
from accessibility.speech import amount_aloud
from accessibility.telling import Reader, ToldBlock, ToldItem, told

# As `accessibility.plain` writes them: an amount, a telephone number, the number of a month behind its name.
_AMOUNT = re.compile(r"(−?)€\s([\d.]+),(\d\d)")
_PHONE = re.compile(r"\+?\d[\d\s-]{2,}\d")
_NUMBER_OF_MONTH = re.compile(r"\s\(\d{1,2}\)")
_ENDS = ".?!。።؟"


def aloud(story: Story, reader: Reader) -> str:
    """The whole story as sentences for a voice of the reader's language, a paragraph for each block."""
    blocks = told(story, reader).blocks
    return "\n\n".join(" ".join(_sentences(block, reader.language)) for block in blocks)


def _sentences(block: ToldBlock, language: Language) -> Iterator[str]:
    yield _together((block.heading, block.figure), language)
    if block.call:
        yield _said(block.call, language)
    for item in block.items:
        yield from _item(item, language)
    for words, _ in block.sentences:
        yield _said(words, language)


def _item(item: ToldItem, language: Language) -> Iterator[str]:
    yield _together((item.name, item.detail, item.amount), language)
    yield _said(item.state, language)


def _together(parts: Iterable[str], language: Language) -> str:
    """What belongs together in one breath, such as a name and its amount."""
    said = [_said(part, language) for part in parts if part]
    return said[0] if len(said) == 1 else ", ".join(one.rstrip(_ENDS) for one in said) + _stop(language)


def _said(html: str, language: Language) -> str:
    words = "".join(_run(run.words, run.direction, language) for run in runs_of(html))
    plain = " ".join(_NUMBER_OF_MONTH.sub("", words).replace("[[", "").split())
    return plain if not plain or plain[-1] in _ENDS else plain + _stop(language)


def _run(words: str, direction: str, language: Language) -> str:
    if direction == "ltr" and (amount := _AMOUNT.fullmatch(words)):
        sign, euros, cents = amount.groups()
        value = Decimal(f"{euros.replace('.', '')}.{cents}")
        return amount_aloud(-value if sign else value, language)
    if direction == "ltr" and _PHONE.fullmatch(words):
        # Each digit by itself: fourteen thousand is no number that can be dialled.
        return ", ".join(" ".join(part) for part in re.split(r"[\s-]+", words))
    return words


def _stop(language: Language) -> str:
    return "።" if language.code == "ti" else "."
