"""Amounts, days and account numbers as people read them, in every language.

Django's own formats are not used: for a language it has no formats for it prints the names of another language, and it
writes one amount in three ways. Here an amount looks as on the bank's app and the cash machine, whatever the
language, and names of days and months come from CLDR through Babel.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date

from accessibility.languages import Language
from budgeting.core import iban as ibans
from budgeting.core import money

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_DUTCH_POINTS = str.maketrans(",.", ".,")


def amount_text(value: Decimal) -> str:
    """`€ 1.234,50`, never broken over two lines; raises `money.NotAnAmount` for what is no exact amount."""
    exact = money.amount(value)
    digits = f"{abs(exact):,.2f}".translate(_DUTCH_POINTS)
    return f"{MINUS if exact < 0 else ''}€{NO_BREAK}{digits}"


def weekday_text(day: date, language: Language) -> str:
    """The name of the day of the week."""
    return _formatted(day, "EEEE", locale=language.code)


def day_text(day: date, language: Language, *, on: date) -> str:
    """Day and month, such as `2 november`; with the year when it is not the year of `on`."""
    return _formatted(day, _with_year(language.day, day, on), locale=language.code)


def weekday_and_day_text(day: date, language: Language, *, on: date) -> str:
    """Weekday, day and month, such as `vrijdag 27 november`; with the year when it is not the year of `on`."""
    return _formatted(day, _with_year(language.day_with_weekday, day, on), locale=language.code)


def month_text(month: date, language: Language) -> str:
    """A month and its year, such as `november 2026`; `month` is any day in it."""
    number = " (M)" if "(M)" in language.day else ""
    return _formatted(month, f"LLLL y{number}", locale=language.code)


def iban_text(plain: str) -> str:
    """An account number in groups of four that stay on one line."""
    return ibans.in_groups(plain).replace(" ", NO_BREAK)


def sentence_start(text: str) -> str:
    """The text with its first letter upper case; scripts without upper case stay as they are."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=4096)
def _formatted(day: date, pattern: str, *, locale: str) -> str:
    # Babel reads its pattern anew each time; the days and patterns of a town's letters are few.
    return format_date(day, pattern, locale=locale)


def _with_year(pattern: str, day: date, on: date) -> str:
    return pattern if day.year == on.year else pattern.replace("MMMM", "MMMM y")
