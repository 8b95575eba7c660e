"""Text for the ear: amounts as a voice should say them.

A voice reads `1.234,50` wrongly, so Dutch amounts become words from our own table. Libraries for number words are not
used for money: they say riyals for Arabic euros.
"""

from decimal import Decimal

from accessibility.catalogue import wording
from accessibility.languages import FALLBACK, Language
from budgeting.core import money

_TO_TWENTY = (
    "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf", "dertien",
    "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
)  # fmt: skip
_TENS = ("", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")


def amount_aloud(value: Decimal, language: Language) -> str:
    """An amount as a voice of this language says it right: Dutch in words, others in digits with the word for euro."""
    if language.code == FALLBACK:
        return amount_in_dutch_words(value)
    euros, cents = divmod(abs(money.to_cents(value)), 100)
    found = wording("aloud.amount" if cents else "aloud.whole", language)
    return found.text.format(euros=euros, cents=cents)


def amount_in_dutch_words(value: Decimal) -> str:
    """`1234.50` as `duizend tweehonderdvierendertig euro vijftig`; a minus is said first."""
    euros, cents = divmod(abs(money.to_cents(value)), 100)
    sign = "min " if value < 0 else ""
    if cents == 0:
        return f"{sign}{number_in_dutch_words(euros)} euro"
    if cents < 10:  # "euro vijf" is heard as vijftig or as nothing; the word cent makes it plain
        return f"{sign}{number_in_dutch_words(euros)} euro en {number_in_dutch_words(cents)} cent"
    return f"{sign}{number_in_dutch_words(euros)} euro {number_in_dutch_words(cents)}"


def number_in_dutch_words(number: int) -> str:
    """A whole number from 0 up to a thousand million, spelled as Dutch spells it."""
    if not 0 <= number < 1_000_000_000:
        raise ValueError(f"no words for {number}")
    if number < 1000:
        return _below_thousand(number)
    millions, rest = divmod(number, 1_000_000)
    thousands, rest = divmod(rest, 1000)
    parts = [f"{_below_thousand(millions)} miljoen"] if millions else []
    if thousands:
        parts.append("duizend" if thousands == 1 else f"{_below_thousand(thousands)}duizend")
    if rest:
        parts.append(_below_thousand(rest))
    return " ".join(parts)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(number)
    front = "honderd" if hundreds == 1 else f"{_TO_TWENTY[hundreds]}honderd"
    return front + (_below_hundred(rest) if rest else "")


def _below_hundred(number: int) -> str:
    if number < 20:
        return _TO_TWENTY[number]
    tens, ones = divmod(number, 10)
    if not ones:
        return _TENS[tens]
    one = _TO_TWENTY[ones]
    return f"{one}{'ën' if one.endswith('e') else 'en'}{_TENS[tens]}"
