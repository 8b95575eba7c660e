"""A municipality by chance: as many residents as asked, with budgets like those of a Dutch town; the same for a seed.

The shares are assumptions about who takes part, not statistics. Nobody's charges are larger than their income.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from backend.example import parts as p
from backend.example.events import chance_of
from backend.example.parts import Part
from backend.example.people import person
from backend.example.record import ExampleHousehold, ExampleResident, ExampleTown, Rhythm
from backend.example.town import household, town_of
from budgeting.core.money import amount as euro

MOST_RESIDENTS = 100_000
PAY_RHYTHMS = {"weekly": p.WEEKLY, "two-weekly": p.TWO_WEEKLY, "monthly": p.MONTHLY}

_FIRST = ("Anna", "Bilal", "Chantal", "Danuta", "Emre", "Fatima", "Gerrit", "Hanan", "Ivo", "Jolanda", "Karim", "Lotte")
_LAST = ("Akker", "Bosveld", "Celik", "Duinstra", "Eikelboom", "Farah", "Golub", "Heuvels", "Ismail", "Jaspers", "Kaya")
_LANGUAGES = ("nl", "nl", "nl", "nl", "nl", "ar", "tr", "ti!", "pl", "uk", "so!", "fa")
_EMPLOYERS = ("bakery", "care_home", "cleaning", "warehouse", "restaurant", "school", "transport", "garage")
# Of a hundred households: alone, alone with children, two adults, two adults with children.
_COMPOSITIONS = ((1, 0, 55), (1, 2, 20), (2, 0, 12), (2, 2, 13))
_MOST_FOR_CHARGES = 0.68
_TIGHT = 0.84
_ONE_IN = 10  # households whose charges leave little

Incomes = Callable[[random.Random, float], list[Part]]


def chance_town(
    residents: int, *, seed: int, advance_limit: str = "1500.00", pay_rhythm: str | None = None
) -> ExampleTown:
    """A town of this many residents; everyone is paid by `pay_rhythm` (a key of PAY_RHYTHMS) when it is given."""
    if not 1 <= residents <= MOST_RESIDENTS:
        raise ValueError(residents)
    town = town_of(tuple(_households(residents, seed, pay_rhythm)))
    # A real town puts in what it expects to advance.
    funds = euro("60000.00") + residents * euro("500.00")
    return replace(town, advance_limit=euro(advance_limit), opening_balance=funds)


def _households(residents: int, seed: int, pay_rhythm: str | None) -> Iterator[ExampleHousehold]:
    place, number = 1, 0
    while place <= residents:
        number += 1
        chance = chance_of(seed, "household", number)
        adults, children = _composition(chance)
        adults = min(adults, residents - place + 1)
        yield household(number, tuple(_residents(chance, place, (adults, children), pay_rhythm)))
        place += adults


def _composition(chance: random.Random) -> tuple[int, int]:
    adults, most_children, _ = chance.choices(_COMPOSITIONS, [share for _, _, share in _COMPOSITIONS])[0]
    return adults, chance.randint(1, most_children + 1) if most_children else 0


def _residents(
    chance: random.Random, place: int, size: tuple[int, int], pay_rhythm: str | None
) -> Iterator[ExampleResident]:
    adults, children = size
    incomes = [_incomes(chance, 1.0 if adults == 1 else 0.72) for _ in range(adults)]
    monthly = sum(_monthly(part) for group in incomes for part in group)
    allowances = _allowances(chance, monthly, adults, children)
    monthly += sum(_monthly(part) for part in allowances)
    incomes[-1] += allowances
    charges = _divided(_charges(chance, monthly, adults), incomes)
    language, name = chance.choice(_LANGUAGES), chance.choice(_LAST)
    rhythm = _pay_rhythm(chance, pay_rhythm)
    for number in range(adults):
        born = f"{chance.randint(1945, 2005)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        channel = chance.choice(("screen", "screen", "screen", "paper", "voice", "helper"))
        names = (chance.choice(_FIRST), name)
        yield person(place + number, names, born, language, channel, rhythm, *incomes[number], *charges[number])


def _pay_rhythm(chance: random.Random, wanted: str | None) -> Rhythm:
    return PAY_RHYTHMS[wanted or chance.choices(tuple(PAY_RHYTHMS), (80, 12, 8))[0]]


def _incomes(chance: random.Random, size: float) -> list[Part]:
    kinds = [kind for kind, _ in _KINDS]
    return chance.choices(kinds, [share for _, share in _KINDS])[0](chance, size)


def _benefit(chance: random.Random, size: float) -> list[Part]:
    return [p.benefit(_about(chance, 1345 * size, 0.03), chance.choice((8, 24, 24, 27)))]


def _monthly_wages(chance: random.Random, size: float) -> list[Part]:
    employer, amount = chance.choice(_EMPLOYERS), _about(chance, 1880 * size, 0.2)
    holiday = f"{Decimal(amount) * Decimal('0.96'):.2f}"
    return [p.wages(employer, amount, p.monthly(chance.choice((24, 25, 26, 28)))), p.holiday_pay(employer, holiday)]


def _four_weekly_wages(chance: random.Random, size: float) -> list[Part]:
    rhythm = p.every_four_weeks(chance.choice((3, 4, 5)), chance.randint(0, 3))
    return [p.wages(chance.choice(_EMPLOYERS), _about(chance, 1690 * size, 0.18), rhythm)]


def _agency_wages(chance: random.Random, size: float) -> list[Part]:
    amount = _about(chance, 490 * size, 0.15)
    return [p.wages("agency", amount, p.every_week(5), _part_of(amount, 0.2))]


def _hours_on_call(chance: random.Random, size: float) -> list[Part]:
    amount = _about(chance, 1440 * size, 0.18)
    return [p.wages(chance.choice(_EMPLOYERS), amount, p.monthly(chance.choice((25, 28))), _part_of(amount, 0.3))]


def _pension(chance: random.Random, size: float) -> list[Part]:
    return [p.state_pension(_about(chance, 1430 * size, 0.02)), p.company_pension(_about(chance, 210, 0.5))]


def _insurance(chance: random.Random, size: float) -> list[Part]:
    kind = chance.choice(("WIA", "WW", "ZW"))
    if kind == "ZW":
        return [p.uwv(_about(chance, 335 * size, 0.1), p.every_week(3), kind)]
    rhythm = p.monthly(23) if kind == "WIA" else p.every_four_weeks(2, chance.randint(0, 3))
    return [p.uwv(_about(chance, 1390 * size, 0.12), rhythm, kind)]


def _own_business(chance: random.Random, size: float) -> list[Part]:
    if chance.random() < 0.5:
        amount = _about(chance, 470 * size, 0.15)
        return [p.earnings("rides", amount, p.every_week(2), _part_of(amount, 0.4))]
    amount = _about(chance, 1750 * size, 0.2)
    return [p.earnings("translations", amount, p.monthly(15), _part_of(amount, 0.45))]


def _student(chance: random.Random, size: float) -> list[Part]:
    amount = _about(chance, 520 * size, 0.2)
    return [
        p.student_finance(_about(chance, 1040 * size, 0.03)),
        p.wages("restaurant", amount, p.monthly(28), _part_of(amount, 0.25)),
    ]


_KINDS: tuple[tuple[Incomes, int], ...] = (
    (_benefit, 30), (_monthly_wages, 14), (_four_weekly_wages, 11), (_agency_wages, 8), (_hours_on_call, 8),
    (_pension, 10), (_insurance, 11), (_own_business, 5), (_student, 3),
)  # fmt: skip


def _allowances(chance: random.Random, monthly: float, adults: int, children: int) -> list[Part]:
    found = [p.care_allowance(_about(chance, (215 if adults > 1 else 128) * _falling(monthly), 0.05))]
    if _falling(monthly) > 0.2:
        found.append(p.rent_allowance(_about(chance, 370 * _falling(monthly), 0.12)))
    if children:
        found += [
            p.child_budget(_about(chance, 215 * children, 0.2)),
            p.child_benefit(_about(chance, 285 * children, 0)),
        ]
    if children and adults == 1 and chance.random() < 0.3:
        found.append(p.alimony(_about(chance, 160, 0.3)))
    return found


def _falling(monthly: float) -> float:
    """Which part of an allowance is left at this income: all at 1,400 euro a month, a tenth at 2,900 and above."""
    return max(0.1, min(1.0, 1 - 0.9 * (monthly - 1400) / 1500))


def _charges(chance: random.Random, monthly: float, adults: int) -> list[Part]:
    most = monthly * (_TIGHT if chance.randint(1, _ONE_IN) == 1 else _MOST_FOR_CHARGES)
    insurer = chance.choice(("samen", "welzijn"))
    others = [p.health(insurer, _about(chance, 158, 0.03)) for _ in range(adults)]
    others.append(
        p.heat(_about(chance, 98, 0.2))
        if chance.random() < 0.2
        else p.energy(chance.choice(("zonnewind", "polder")), _about(chance, 112 + 30 * adults, 0.2))
    )
    others.append(
        p.water(_about(chance, 42, 0.2)) if chance.random() < 0.7 else p.water_monthly(_about(chance, 14, 0.2))
    )
    if chance.random() < 0.15:
        others.append(p.arrangement(_about(chance, 60, 0.3)))
    room = most - sum(_monthly(part) for part in others)
    landlord = chance.choice(("linde", "linde", "haven", "haven", "gracht"))
    rent = p.rent(landlord, f"{max(180.0, min(room, chance.triangular(520, 820, 640))):.2f}")
    charges = [rent, *others]
    early = chance.random() < 0.15
    return [replace(part, from_start=early) for part in charges]


def _divided(charges: list[Part], incomes: list[list[Part]]) -> list[list[Part]]:
    """Each charge goes to the adult who has most left, the largest first."""
    left = [sum(_monthly(part) for part in group) for group in incomes]
    divided: list[list[Part]] = [[] for _ in incomes]
    for charge in sorted(charges, key=_monthly, reverse=True):
        payer = left.index(max(left))
        left[payer] -= _monthly(charge)
        divided[payer].append(charge)
    return divided


def _monthly(part: Part) -> float:
    rhythm = part.rhythm
    a_year = {"week": 52, "month": 12, "year": max(1, len(rhythm.months))}[rhythm.unit]
    return float(part.amount) * a_year / rhythm.every / 12


def _about(chance: random.Random, middle: float, spread: float) -> str:
    return f"{max(5.0, middle * (1 + chance.uniform(-spread, spread))):.2f}"


def _part_of(amount: str, share: float) -> str:
    return f"{float(amount) * share:.2f}"
