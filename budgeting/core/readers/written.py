"""How banks write amounts and days: one strict grammar per format, ASCII digits only, nothing rounded or guessed.

Amounts come back as `Decimal` with two decimals (more only when the file itself gives a currency with more, which then
is refused); days as `date`. What does not fit raises `NotWrittenSo`; the reader says where.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from budgeting.core.money import CENT, ZERO


class NotWrittenSo(ValueError):
    """The text does not follow the grammar of its format; `text` is cut at 40 characters for the message."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not written so: {text[:40]!r}")
        self.text = text[:40]


# ISO 20022: at most 18 digits and 5 decimals, of which only the first two may be other than 0 in a currency like ours.
_PLAIN = re.compile(r"[0-9]{1,16}\.[0-9]{2}", re.ASCII).fullmatch
_POINT = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,2})0{0,3})?", re.ASCII).fullmatch
# SWIFT 15d: a comma, which may stand last. Old Rabobank files write a point, with two decimals or (yen) none.
_SWIFT_PLAIN = re.compile(r"[0-9]{1,15},[0-9]{2}", re.ASCII).fullmatch
_SWIFT = re.compile(r"0*([0-9]{1,15})(?:,([0-9]{0,2})|\.([0-9]{2})?)?", re.ASCII).fullmatch
# Dutch exports: no thousands, or all of them with points, and always a comma with two cents: 1.234 could be either.
_COMMA_AMOUNT = r"[+-]?(?:[0-9]{1,12}|[0-9]{1,3}(?:\.[0-9]{3}){1,4}),[0-9]{2}"
_COMMA = re.compile(_COMMA_AMOUNT, re.ASCII).fullmatch
_COMMAS = re.compile(rf"{_COMMA_AMOUNT}(?:\n{_COMMA_AMOUNT})*+", re.ASCII).fullmatch
# Exports in English: a point before the cents, no thousands.
_POINT_AMOUNT = r"[+-]?[0-9]{1,12}\.[0-9]{2}"
_SIGNED_POINT = re.compile(_POINT_AMOUNT, re.ASCII).fullmatch
_SIGNED_POINTS = re.compile(rf"{_POINT_AMOUNT}(?:\n{_POINT_AMOUNT})*+", re.ASCII).fullmatch
# OFX: point or comma before the cents, zeros around it; French banks put a space between thousands.
_OFX = re.compile(r"([+-]?) ?0*([0-9]{1,15}|[0-9]{1,3}(?: [0-9]{3}){1,4})(?:[.,]([0-9]{1,2})0*)?", re.ASCII).fullmatch
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]*)?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII).fullmatch


def _cents(text: str) -> Decimal:
    """The exact amount of digits with at most two decimals behind a point."""
    return Decimal(text).quantize(CENT)


@lru_cache(maxsize=256)
def currency_code(text: str) -> str:
    """The three capitals of a currency; what stands anywhere else in their place is refused."""
    if len(text) != 3 or not (text.isascii() and text.isalpha() and text.isupper()):
        raise NotWrittenSo(text)
    return text


def iso_amount(text: str) -> Decimal:
    """The unsigned amount of an ISO 20022 message: digits and a point."""
    if _PLAIN(text):
        return Decimal(text)
    found = _POINT(text)
    if found is None:
        raise NotWrittenSo(text)
    whole, cents = found.groups()
    return _cents(f"{whole}.{cents}" if cents else whole)


def swift_amount(text: str) -> Decimal:
    """The unsigned amount of an MT940 message: digits and a comma, `100,` included."""
    if _SWIFT_PLAIN(text):
        return Decimal(text.replace(",", "."))
    found = _SWIFT(text)
    if found is None:
        raise NotWrittenSo(text)
    whole, cents, after_point = found.groups()
    return _cents(f"{whole}.{cents or after_point or '00'}")


def comma_amount(text: str) -> Decimal:
    """The amount of a Dutch export, signed or not: `-1.234,56`, `+1149,50`."""
    if _COMMA(text) is None:
        raise NotWrittenSo(text)
    # "or": -0,00 is nothing owed either way
    return Decimal(text.replace(".", "").replace(",", ".")) or ZERO


def point_amount(text: str) -> Decimal:
    """The amount of an export with a decimal point: `-24.99`; no thousands."""
    if _SIGNED_POINT(text) is None:
        raise NotWrittenSo(text)
    return Decimal(text) or ZERO


def amount_lines(texts: Sequence[str], written: Callable[[str], Decimal]) -> str:
    """Many amounts of an export, one to a line, each with a point before its two cents and no other sign but its own.

    They are held against the grammar of `written` (`comma_amount`, `point_amount`) together: one by one takes three
    times as long. Raises `NotWrittenSo` with the first that does not follow it.
    """
    lines = "\n".join(texts)
    if not _MANY[written](lines) or lines.count("\n") >= len(texts):  # an amount has no line end in it
        for text in texts:
            written(text)
    return lines.replace(".", "").replace(",", ".") if written is comma_amount else lines


_MANY: dict[Callable[[str], Decimal], Callable[[str], object]] = {comma_amount: _COMMAS, point_amount: _SIGNED_POINTS}


def ofx_amount(text: str) -> Decimal:
    """The signed amount of OFX: `-24.99`, `-2000,00`, `+1 006,60`; `1,234` says nothing certain and is refused."""
    found = _OFX(text)
    if found is None:
        raise NotWrittenSo(text)
    sign, whole, cents = found.groups()
    return _cents(f"{sign}{whole.replace(' ', '')}.{cents or '00'}") + ZERO


@lru_cache(maxsize=4096)
def iso_day(text: str) -> date:
    """The day of an ISO date or date-time as the bank writes it: its own local day, whatever the offset says."""
    if _DAY(text) is None:
        raise NotWrittenSo(text)
    return _day(int(text[:4]), int(text[5:7]), int(text[8:10]), text)


@lru_cache(maxsize=4096)
def short_day(text: str) -> date:
    """The day of six digits, YYMMDD; years 80 and up are of the last century, as SWIFT has it."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise NotWrittenSo(text)
    year = int(text[:2])
    return _day(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:6]), text)


@lru_cache(maxsize=4096)
def compact_day(text: str) -> date:
    """The day of eight digits, YYYYMMDD."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise NotWrittenSo(text)
    return _day(int(text[:4]), int(text[4:6]), int(text[6:8]), text)


@lru_cache(maxsize=4096)
def dutch_day(text: str) -> date:
    """The day of D-M-YYYY, one or two digits, nothing else between than hyphens."""
    parts = text.split("-")
    if [len(part) <= 2 for part in parts] != [True, True, False] or len(parts[2]) != 4:
        raise NotWrittenSo(text)
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise NotWrittenSo(text)
    return _day(int(parts[2]), int(parts[1]), int(parts[0]), text)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as impossible:
        raise NotWrittenSo(text) from impossible


@lru_cache(maxsize=4096)
def nearest(month_day: str, to: date) -> date:
    """The day of four digits MMDD in the year that brings it nearest to another day: 1231 beside 1 January."""
    if len(month_day) != 4 or not (month_day.isascii() and month_day.isdigit()):
        raise NotWrittenSo(month_day)
    found = []
    for year in (to.year - 1, to.year, to.year + 1):
        try:
            found.append(date(year, int(month_day[:2]), int(month_day[2:])))
        except ValueError:
            continue
    if not found:
        raise NotWrittenSo(month_day)
    return min(found, key=lambda one: abs(one - to))
