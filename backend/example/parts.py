"""The building blocks of a budget: each income and charge as people in the Netherlands know it, with its usual day.

A block is a part of a budget that does not yet belong to anyone. Amounts are made up; they are no norms.
"""

from dataclasses import dataclass

from backend.example.record import Rhythm
from budgeting.core.schedule import LAST_DAY

WEEKLY = Rhythm("week", weekdays=(5,))
TWO_WEEKLY = Rhythm("week", every=2, weekdays=(5,))
MONTHLY = Rhythm("month", days=(25,))


@dataclass(frozen=True, slots=True)
class Part:
    """An income (`in`) or charge (`out`) of nobody yet; amounts as text in euro."""

    direction: str
    category: str
    counterparty: str
    amount: str
    rhythm: Rhythm
    description: str
    words: tuple[str, ...] = ()
    spread: str = "0.00"
    window: int = 5
    from_start: bool = True


def monthly(day: int) -> Rhythm:
    """Every month on a day; -1 is the last."""
    return Rhythm("month", days=(day,))


def every_week(weekday: int) -> Rhythm:
    """Every week on an ISO weekday."""
    return Rhythm("week", weekdays=(weekday,))


def every_four_weeks(weekday: int, after: int = 1) -> Rhythm:
    """Every four weeks on an ISO weekday."""
    return Rhythm("week", every=4, weekdays=(weekday,), after=after)


def benefit(amount: str, day: int = 24) -> Part:
    """Bijstand of the municipality."""
    return Part("in", "benefit", "town_income", amount, monthly(day), "Bijstand", ("UITKERING PW",))


def uwv(amount: str, rhythm: Rhythm, what: str = "WW") -> Part:
    """WW, WIA or Ziektewet."""
    return Part("in", "benefit", "uwv", amount, rhythm, f"{what}-uitkering", (f"{what}-UITKERING",))


def state_pension(amount: str) -> Part:
    """AOW."""
    return Part("in", "pension", "svb", amount, monthly(23), "AOW", ("AOW",))


def company_pension(amount: str) -> Part:
    """A small pension of a fund."""
    return Part("in", "pension", "pension_fund", amount, monthly(21), "Pensioen", ("PENSIOEN",))


def child_benefit(amount: str) -> Part:
    """Kinderbijslag, every quarter."""
    rhythm = Rhythm("year", months=(1, 4, 7, 10), days=(1,))
    return Part("in", "child_benefit", "svb", amount, rhythm, "Kinderbijslag", ("KINDERBIJSLAG",))


def care_allowance(amount: str) -> Part:
    """Zorgtoeslag."""
    return Part("in", "healthcare_allowance", "tax_office", amount, monthly(20), "Zorgtoeslag", ("ZORGTOESLAG",))


def rent_allowance(amount: str) -> Part:
    """Huurtoeslag."""
    return Part("in", "rent_allowance", "tax_office", amount, monthly(20), "Huurtoeslag", ("HUURTOESLAG",))


def child_budget(amount: str) -> Part:
    """Kindgebonden budget."""
    words = ("KINDGEBONDEN BUDGET",)
    return Part("in", "child_budget", "tax_office", amount, monthly(20), "Kindgebonden budget", words)


def student_finance(amount: str) -> Part:
    """Studiefinanciering."""
    return Part("in", "student_finance", "duo", amount, monthly(24), "Studiefinanciering", ("STUFI",))


def wages(employer: str, amount: str, rhythm: Rhythm, spread: str = "0.00") -> Part:
    """Wages; with a spread when the hours differ."""
    return Part("in", "wages", employer, amount, rhythm, "Loon", ("SALARIS",), spread)


def holiday_pay(employer: str, amount: str) -> Part:
    """Holiday pay, once a year in May."""
    rhythm = Rhythm("year", months=(5,), days=(22,))
    return Part("in", "wages", employer, amount, rhythm, "Vakantiegeld", ("VAKANTIEGELD",))


def earnings(payer: str, amount: str, rhythm: Rhythm, spread: str) -> Part:
    """What the self-employed get from a platform or a client."""
    return Part("in", "other_income", payer, amount, rhythm, "Inkomsten als zelfstandige", ("FACTUUR",), spread, 8)


def alimony(amount: str) -> Part:
    """Alimony of an earlier partner."""
    return Part("in", "alimony_received", "ex_partner", amount, monthly(1), "Alimentatie", ("ALIMENTATIE",), window=8)


def rent(landlord: str, amount: str, *, from_start: bool = False) -> Part:
    """Rent, on the first."""
    return Part("out", "rent", landlord, amount, monthly(1), "Huur", from_start=from_start)


def energy(supplier: str, amount: str, day: int = 5) -> Part:
    """Gas and electricity."""
    return Part("out", "energy", supplier, amount, monthly(day), "Energie", from_start=False)


def heat(amount: str) -> Part:
    """District heating."""
    return Part("out", "district_heating", "heat", amount, monthly(10), "Stadswarmte", from_start=False)


def water(amount: str) -> Part:
    """Water, every quarter."""
    rhythm = Rhythm("year", months=(2, 5, 8, 11), days=(15,))
    return Part("out", "water", "water", amount, rhythm, "Water", from_start=False)


def water_monthly(amount: str) -> Part:
    """Water, every month."""
    return Part("out", "water", "water", amount, monthly(12), "Water", from_start=False)


def health(insurer: str, amount: str) -> Part:
    """Health insurance, on the last day for the month that follows."""
    return Part("out", "health_insurance", insurer, amount, monthly(LAST_DAY), "Zorgverzekering", from_start=False)


def arrangement(amount: str) -> Part:
    """An agreed instalment to the credit bank."""
    return Part("out", "debt_repayment", "credit_bank", amount, monthly(26), "Betalingsregeling", from_start=False)
