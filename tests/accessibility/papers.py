"""Finished letters of made-up residents, and what stands on each side of them."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdf

from accessibility.facts import Charge, ChargeState, Facts
from accessibility.letters.letter import Letter, To, monthly_story, values_of
from accessibility.letters.make import Made, make
from tests.accessibility.households import ON

TO = To("R000012", "Layla Haddad", "Voorbeeldstraat 37", "0000 AA", "Voorbeeldstad")
PAGE = "https://www.voorbeeldstad.example/mijn-geld"
CATEGORIES = (
    "rent",
    "energy",
    "water",
    "health_insurance",
    "telecom",
    "municipal_tax",
    "other_insurance",
    "debt_repayment",
)
EIGHT = tuple(
    Charge(category, "Tegenpartij", Decimal("118.75"), ChargeState.PLANNED, date(2026, 11, 25 + number % 5))
    for number, category in enumerate(CATEGORIES)
)

_AMOUNT = re.compile(r"€\s?[\d.]+,\d\d")
_NUMBER = re.compile(r"\d+")


def letter(facts: Facts, language: str = "nl", **changed: Any) -> Letter:
    """The monthly letter of these facts."""
    story = monthly_story(facts, month=ON, looked=changed.pop("looked", 2))
    return Letter(changed.pop("to", TO), story, language, facts.help, **changed)


def made(facts: Facts, language: str = "nl", **changed: Any) -> Made:
    """The same, set."""
    return make(values_of(letter(facts, language, **changed)))


def sides(pdf: bytes) -> list[str]:
    """The text of each page, with ordinary spaces only."""
    return [plain(page.extract_text()) for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def plain(text: str) -> str:
    """Text without line breaks and without signs that only say where a line may break."""
    return " ".join(text.replace("\u200b", "").split())


def amounts(text: str) -> list[str]:
    """All amounts in it, in the order of telling."""
    return [found.replace(" ", "").replace("\u00a0", "") for found in _AMOUNT.findall(text)]


def numbers(text: str) -> list[str]:
    """All other numbers: days, times, telephone numbers."""
    return sorted(_NUMBER.findall(_AMOUNT.sub(" ", text)))
