"""A made-up household's bank account over half a year, written as any bank writes it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import Fact

BEGINS = date(2026, 5, 1)
MONTHS = [date(2026, month, 1) for month in range(5, 11)]
NAMES = {5: "mei", 6: "juni", 7: "juli", 8: "augustus", 9: "september", 10: "oktober"}
MARK = "kruidnagelbosje"  # a word that stands in the history and nowhere else
LANDLORD, ENERGY, INSURER, EMPLOYER, TAX = (f"NL{n}TEST00000000{n}" for n in ("11", "22", "33", "44", "55"))
WRITERS: dict[str, Callable[[list[Fact]], bytes]] = {
    "camt": lambda facts: writing.camt053(facts, version="08"),
    "mt940": writing.mt940,
    "ofx": writing.ofx,
    "ing": writing.ing,
    "rabobank": writing.rabobank,
}


def household() -> list[Fact]:
    """Wages every four weeks, two allowances, rent, energy, health insurance, phone, shopping; no water, no levies."""
    return sorted((*_wages(), *(fact for month in MONTHS for fact in _month(month))), key=lambda fact: fact.day)


def _wages() -> list[Fact]:
    days = (date(2026, 5, 15) + timedelta(days=28 * turn) for turn in range(6))
    return [_fact(day, "1240.55", "Voorbeeld Schoonmaak BV", EMPLOYER, "salaris periode persnr 88112") for day in days]


def _month(first: date) -> list[Fact]:
    month = NAMES[first.month]
    return [
        _fact(first.replace(day=2), "-612.40", "Woonstichting Voorbeeld", LANDLORD, f"huur {month} contract 4471"),
        _fact(first.replace(day=5), "-131.00", "Voorbeeld Energie BV", ENERGY, f"termijnbedrag energie {month}"),
        _fact(first.replace(day=20), "128.00", "Belastingdienst", TAX, "voorschot zorgtoeslag 2026 kenmerk 330055"),
        _fact(first.replace(day=20), "310.00", "Belastingdienst", TAX, "voorschot huurtoeslag 2026 kenmerk 330055"),
        _fact(first.replace(day=27), "-142.10", "CZ Zorgverzekeringen", INSURER, f"premie {month} relatie 55661"),
        _fact(first.replace(day=8 + first.month), f"-{23 + first.month}.35", "Albert Heijn 1122", "", MARK),
    ]


def _fact(day: date, amount: str, name: str, iban: str, text: str) -> Fact:
    return Fact(Decimal(amount), name, iban and valid(iban), text, end_to_end="", day=day)


def valid(iban: str) -> str:
    """The account number with the check digits it should have."""
    letters = "".join(str(int(sign, 36)) for sign in f"{iban[4:]}{iban[:2]}00")
    return f"{iban[:2]}{98 - int(letters) % 97:02d}{iban[4:]}"
