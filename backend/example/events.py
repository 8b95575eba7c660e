"""What really happens on the municipal account: which money comes in on which day, with the noise of real life.

Nothing here depends on where the example ends: a longer example begins with the same days. Everything follows from the
seed and the first day, so that the same example can be played again, or on from where it stopped.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from backend.example.counterparties import COUNTERPARTIES
from backend.example.record import ExampleAgreement
from backend.example.town import AGREEMENTS
from backend.example.troubles import INCOME_TROUBLES, STRANGERS, IncomeTrouble, Trouble
from budgeting.core.money import ZERO, from_cents, to_cents
from budgeting.core.schedule import due_dates
from payments.core.banking_days import income_day, on_or_before, plus

SEED = 2026
_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
# Employers pay before a weekend, authorities after it; some are often a few days late.
_PAYS_BEFORE = frozenset({"wages"})
_OFTEN_LATE = {"alimony_received": 5, "other_income": 3}


@dataclass(frozen=True, slots=True)
class Credit:
    """Money sent to the account, booked on banking day `on`. `agreement` is empty for a stranger's money."""

    on: date
    amount: Decimal
    payer: str
    iban: str
    remittance: str
    agreement: str = ""
    trouble: str = ""


def month_starts(start: date, count: int) -> tuple[date, ...]:
    """The first days of `count` months, the month of `start` first."""
    months = range(start.year * 12 + start.month - 1, start.year * 12 + start.month - 1 + count)
    return tuple(date(month // 12, month % 12 + 1, 1) for month in months)


def credits_between(start: date, until: date, *, seed: int = SEED) -> tuple[Credit, ...]:
    """All money that comes in from `start` (the first of a month) to the day before `until`, in booking order."""
    found = [credit for agreement in AGREEMENTS.values() for credit in _of_agreement(agreement, start, until, seed)]
    found.extend(_of_strangers(start))
    return tuple(sorted((credit for credit in found if start <= credit.on < until), key=_order))


def _order(credit: Credit) -> tuple[date, str, str, Decimal]:
    return credit.on, credit.payer, credit.remittance, credit.amount


def _of_agreement(agreement: ExampleAgreement, start: date, until: date, seed: int) -> Iterator[Credit]:
    if agreement.direction == "out":
        return
    # What is due shortly after `until` may be paid before it; what was due before may come later.
    for due in due_dates(agreement.rhythm.since(start), since=start, until=until + timedelta(days=7), valid_from=start):
        yield from _with_trouble(_credit(agreement, due, seed), _trouble(agreement, due, start), agreement)


def _credit(agreement: ExampleAgreement, due: date, seed: int) -> Credit:
    # Not a stream of numbers but one draw per payment: then no payment depends on how many came before.
    chance = random.Random(f"{seed}:{agreement.key}:{due}")  # noqa: S311 - the same noise every time is the point
    day = on_or_before(due) if agreement.category in _PAYS_BEFORE else income_day(due)
    spread = to_cents(agreement.spread)
    noise = round(chance.triangular(-spread, spread)) if spread else 0
    payer = COUNTERPARTIES[agreement.counterparty]
    return Credit(
        on=plus(day, chance.randint(0, _OFTEN_LATE.get(agreement.category, 0))),
        amount=from_cents(to_cents(agreement.amount) + noise),
        payer=payer.name,
        iban=payer.iban,
        remittance=f"{' '.join(agreement.words)} {agreement.mark} {_MONTHS[due.month - 1]} {due.year}",
        agreement=agreement.key,
    )


def _trouble(agreement: ExampleAgreement, due: date, start: date) -> IncomeTrouble | None:
    month = (due.year - start.year) * 12 + due.month - start.month
    lasting = {Trouble.STOPPED, Trouble.CHANGED_INCOME}
    for trouble in INCOME_TROUBLES:
        hit = month >= trouble.month if trouble.kind in lasting else month == trouble.month
        if trouble.agreement == agreement.key and hit:
            return trouble
    return None


def _with_trouble(credit: Credit, trouble: IncomeTrouble | None, agreement: ExampleAgreement) -> Iterator[Credit]:
    if trouble is None:
        yield credit
    elif trouble.kind is Trouble.LATE:
        yield replace(credit, on=income_day(credit.on + timedelta(days=trouble.days)), trouble=trouble.kind)
    elif trouble.kind is Trouble.DOUBLE:
        yield credit
        yield replace(credit, on=plus(credit.on, trouble.days), trouble=trouble.kind)
    elif trouble.kind is Trouble.CHANGED_INCOME:
        assert trouble.amount is not None, agreement.key
        yield replace(credit, amount=trouble.amount, trouble=trouble.kind)
    # What has stopped does not come at all.


def _of_strangers(start: date) -> Iterator[Credit]:
    starts = month_starts(start, 1 + max(stranger.month for stranger in STRANGERS))
    for stranger in STRANGERS:
        yield Credit(
            on=income_day(starts[stranger.month].replace(day=stranger.day)),
            amount=stranger.amount,
            payer=stranger.payer,
            iban=stranger.iban,
            remittance=stranger.remittance,
            trouble=Trouble.UNKNOWN_PAYER,
        )


def total(arrived: tuple[Credit, ...]) -> Decimal:
    """The sum of what comes in, in euro."""
    return sum((credit.amount for credit in arrived), ZERO)
