"""What really happens on the municipal account: which money comes in on which day, with the noise of real life.

Every payment is drawn on its own from the seed, the agreement and the due date, so that it depends neither on how many
came before nor on where an example ends: a longer one begins with the same days.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from backend.example.record import ExampleAgreement, ExampleTown
from backend.example.troubles import IncomeTrouble, Trouble
from budgeting.core.money import from_cents, to_cents
from budgeting.core.schedule import due_dates
from payments.core.banking_days import income_day, on_or_before, plus

_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
# Employers pay before a weekend, authorities after it; some are often a few days late.
_PAYS_BEFORE = frozenset({"wages"})
_OFTEN_LATE = {"alimony_received": 5, "other_income": 3}
# What is due this long after the last day may be paid before it.
_EARLY = timedelta(days=7)

TroubleOf = Callable[[ExampleAgreement, date], IncomeTrouble | None]


@dataclass(frozen=True, slots=True)
class Credit:
    """Money sent to the account, booked on banking day `on`; `agreement` and `resident` say whose it really is."""

    on: date
    amount: Decimal
    payer: str
    iban: str
    remittance: str
    agreement: str = ""
    resident: str = ""
    trouble: str = ""


def month_starts(start: date, count: int) -> tuple[date, ...]:
    """The first days of `count` months, the month of `start` first."""
    first = start.year * 12 + start.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(first, first + count))


def agreed_credits(
    town: ExampleTown,
    start: date,
    until: date,
    *,
    seed: int,
    trouble_of: TroubleOf,
    later: Iterable[ExampleAgreement] = (),
) -> Iterator[Credit]:
    """The money of all agreed incomes, and those that come `later`, booked from `start` to the day before `until`."""
    for agreement in (*town.agreements.values(), *later):
        if agreement.direction == "in":
            payments = _of_agreement(town, agreement, (start, until), seed, trouble_of)
            yield from (credit for credit in payments if start <= credit.on < until)


def in_booking_order(found: Iterator[Credit]) -> tuple[Credit, ...]:
    """By day, and within a day always the same."""
    return tuple(sorted(found, key=lambda credit: (credit.on, credit.payer, credit.remittance, credit.amount)))


def chance_of(seed: int, *what: object) -> random.Random:
    """Random numbers for one thing, always the same for the same thing."""
    return random.Random(":".join(map(str, (seed, *what))))  # noqa: S311 - the same noise every time is the point


def _of_agreement(
    town: ExampleTown, agreement: ExampleAgreement, window: tuple[date, date], seed: int, trouble_of: TroubleOf
) -> Iterator[Credit]:
    start, until = window
    begins = start + timedelta(days=agreement.after)
    for due in due_dates(agreement.rhythm.since(start), since=begins, until=until + _EARLY, valid_from=begins):
        trouble = trouble_of(agreement, due)
        base = agreement.amount if trouble is None or trouble.amount is None else trouble.amount
        yield from _with_trouble(_credit(town, agreement, due, seed, base), trouble)


def _credit(town: ExampleTown, agreement: ExampleAgreement, due: date, seed: int, base: Decimal) -> Credit:
    chance = chance_of(seed, agreement.key, due)
    day = on_or_before(due) if agreement.category in _PAYS_BEFORE else income_day(due)
    spread = to_cents(agreement.spread)
    noise = round(chance.triangular(-spread, spread)) if spread else 0
    payer = town.counterparties[agreement.counterparty]
    return Credit(
        on=plus(day, chance.randint(0, _OFTEN_LATE.get(agreement.category, 0))),
        amount=from_cents(to_cents(base) + noise),
        payer=payer.name,
        iban=payer.iban,
        remittance=f"{' '.join(agreement.words)} {agreement.mark} {_MONTHS[due.month - 1]} {due.year}",
        agreement=agreement.key,
        resident=agreement.resident,
    )


def _with_trouble(credit: Credit, trouble: IncomeTrouble | None) -> Iterator[Credit]:
    if trouble is None:
        yield credit
    elif trouble.kind is Trouble.LATE:
        yield replace(credit, on=income_day(credit.on + timedelta(days=trouble.days)), trouble=trouble.kind)
    elif trouble.kind is Trouble.DOUBLE:
        yield credit
        yield replace(credit, on=plus(credit.on, trouble.days), trouble=trouble.kind)
    elif trouble.kind is Trouble.CHANGED_INCOME:
        yield replace(credit, trouble=trouble.kind)
    # What has stopped or is missing does not come at all.
