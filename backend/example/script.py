"""The script of a play: what happens on each day, outside the product and at its doors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.example.events import Credit, agreed_credits, in_booking_order, month_starts
from backend.example.made_up import made_up_iban
from backend.example.record import ExampleAgreement, ExampleTown
from backend.example.town import EXAMPLE_TOWN
from backend.example.troubles import (
    CHANGED_RENTS,
    CLOSED_ACCOUNT_OF,
    FROM_A_MONTH_ON,
    FROM_STRANGERS,
    IN_ONE_MONTH,
    RETURNED_CHARGE,
    IncomeTrouble,
    Refusal,
    Trouble,
)
from budgeting.core.money import amount as euro
from payments.core.banking_days import income_day

SEED = 2026
_MONTHS_WITH_TROUBLE = 4


@dataclass(frozen=True, slots=True)
class NewAmount:
    """On `told_on` a case worker hears that an agreement has another amount from `valid_from` on."""

    told_on: date
    agreement: str
    amount: Decimal
    valid_from: date


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """On `told_on` a case worker hears of a new income or charge."""

    told_on: date
    agreement: ExampleAgreement


@dataclass(frozen=True, slots=True)
class Ending:
    """On `told_on` a case worker hears, or sees, that an agreement ends that day."""

    told_on: date
    agreement: str


@dataclass(frozen=True, slots=True)
class Script:
    """A town, its first day (the first of a month), the day before which the play stops, and what happens."""

    town: ExampleTown
    start: date
    until: date
    credits: tuple[Credit, ...]
    refusals: tuple[Refusal, ...] = ()
    new_amounts: tuple[NewAmount, ...] = ()
    new_agreements: tuple[NewAgreement, ...] = ()
    endings: tuple[Ending, ...] = ()


def example_script(start: date, until: date, *, seed: int = SEED) -> Script:
    """The example municipality's months, with each trouble at least once in the first four."""
    starts = month_starts(start, _MONTHS_WITH_TROUBLE + 1)
    agreed = agreed_credits(
        EXAMPLE_TOWN, start, until, seed=seed, trouble_of=lambda agreement, due: _trouble(agreement, due, start)
    )
    strangers = (credit for credit in _from_strangers(starts) if credit.on < until)
    return Script(
        town=EXAMPLE_TOWN,
        start=start,
        until=until,
        credits=in_booking_order(credit for some in (agreed, strangers) for credit in some),
        refusals=_refusals(starts),
        new_amounts=tuple(_new_amounts(starts)),
    )


def first_day(on: date, months: int = 3) -> date:
    """The first of the month in which lies the day `months` months before `on`."""
    month = on.year * 12 + on.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


def _trouble(agreement: ExampleAgreement, due: date, start: date) -> IncomeTrouble | None:
    month = (due.year - start.year) * 12 + due.month - start.month
    for wanted, key, trouble in IN_ONE_MONTH:
        if key == agreement.key and month == wanted:
            return trouble
    for since, key, trouble in FROM_A_MONTH_ON:
        if key == agreement.key and month >= since:
            return trouble
    return None


def _from_strangers(starts: tuple[date, ...]) -> Iterator[Credit]:
    for month, day, payer, serial, amount, remittance, resident in FROM_STRANGERS:
        on = income_day(starts[month].replace(day=day))
        iban, kind = made_up_iban(serial), Trouble.UNKNOWN_PAYER
        yield Credit(on, euro(amount), payer, iban, remittance, resident=resident, trouble=kind)


def _refusals(starts: tuple[date, ...]) -> tuple[Refusal, ...]:
    charge = EXAMPLE_TOWN.agreements[RETURNED_CHARGE]
    creditor = EXAMPLE_TOWN.counterparties[charge.counterparty].iban
    own = next(resident.iban for resident in EXAMPLE_TOWN.residents if resident.key == CLOSED_ACCOUNT_OF)
    return (
        Refusal(Trouble.RETURNED, creditor, starts[1], starts[2], amount=charge.amount),
        Refusal(Trouble.REJECTED, own, starts[2].replace(day=8), starts[2].replace(day=22)),
    )


def _new_amounts(starts: tuple[date, ...]) -> Iterator[NewAmount]:
    for month, day, agreement, amount in CHANGED_RENTS:
        yield NewAmount(starts[month].replace(day=day), agreement, euro(amount), starts[month + 1])
