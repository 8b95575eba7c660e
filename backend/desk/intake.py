"""What the desk makes of a resident's history: the first values of the proposals, what to ask, the first budget."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accessibility.missing import already_agreed, question, seen
from accessibility.recognised import of_a_hundred
from accessibility.recognition_reasons import recognition_reason
from backend.desk.resident_file import AgreementTold, agreement_told
from budgeting.core.budget import Budget, Regular, a_month, budget_of
from budgeting.core.intake import Intake, Proposal
from budgeting.core.recurrence import LAST_DAY
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Agreement, Resident

# Money that only moves, or that we pay ourselves: found, but nobody agrees on it.
_NO_AGREEMENT = frozenset(
    {
        "own_transfer",
        "living_money",
        "returned_payment",
        "cash_withdrawal",
        "groceries",
        "eating_out",
        "gifts_donations",
        "bank_fees",
    }
)
_SURE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class MonthLine:
    """An agreement and what it comes to in an average month."""

    told: AgreementTold
    a_month: Decimal


@dataclass(frozen=True, slots=True)
class FirstBudget:
    """A resident's agreements as an average month."""

    incomes: list[MonthLine]
    charges: list[MonthLine]
    budget: Budget


@dataclass(frozen=True, slots=True)
class First:
    """A proposal: the first values of its form, and how a budget counts it."""

    values: dict[str, Any]
    regular: Regular


def first_values(found: Intake, resident: Resident, *, on: date) -> list[First]:
    """The proposals: incomes first, the largest first, each ticked when it is sure and not agreed yet."""
    agreed = set(
        Agreement.objects.filter(resident=resident)
        .exclude(valid_until__lte=on)
        .values_list("counterparty__accounts__iban", "direction", "category")
    )
    ordered = sorted(found.proposals, key=lambda one: (one.stream.amount < 0, -abs(one.stream.amount)))
    return [First(_values(one, agreed, on), one.regular) for one in ordered]


def questions(found: Intake) -> list[str]:
    """What looks missing, each as a question to ask the resident."""
    return [question(code) for code in found.missing]


def first_budget(resident: Resident, *, on: date) -> FirstBudget:
    """From the agreements that hold, or will."""
    rows = Agreement.objects.filter(resident=resident).exclude(valid_until__lte=on).with_amount(date.max)
    related = rows.select_related("counterparty", "account").prefetch_related("pauses", "exceptions")
    told = [agreement_told(row, on=on) for row in related.order_by("category", "pk")]
    lines = [MonthLine(one, a_month(_regular(one))) for one in told if one.amount is not None]
    return FirstBudget(
        [line for line in lines if line.told.agreement.direction == "in"],
        [line for line in lines if line.told.agreement.direction == "out"],
        budget_of(_regular(line.told) for line in lines),
    )


def _regular(told: AgreementTold) -> Regular:
    row = told.agreement
    rhythm = Recurrence.from_dict(row.recurrence)
    assert told.amount is not None
    times = max(1, len(rhythm.days) or len(rhythm.weekdays))
    return Regular("in" if row.direction == "in" else "out", told.amount * times, rhythm.unit, rhythm.every)


def _values(one: Proposal, agreed: set[tuple[str, str, str]], on: date) -> dict[str, Any]:
    stream, regular = one.stream, one.regular
    low, high = sorted((abs(stream.amount_low), abs(stream.amount_high)))
    is_agreed = (one.iban, regular.direction, stream.category) in agreed
    return {
        "take": _is_wanted(one) and not is_agreed,
        "direction": regular.direction,
        "told": " ".join(_told(one, is_agreed=is_agreed)),
        "category": stream.category,
        "name": one.counterparty[:70],
        "iban": one.iban,
        "amount": _typed(regular.amount),
        "low": _typed(low) if low != high else "",
        "high": _typed(high) if low != high else "",
        "every": regular.every,
        "unit": regular.unit,
        "starts_on": _next(one, on),
        "last_day": stream.on.get("day") == LAST_DAY,
        "words": ", ".join((*one.words, *one.marks)),
    }


def _is_wanted(one: Proposal) -> bool:
    return one.confidence >= _SURE_ENOUGH and one.stream.category not in _NO_AGREEMENT and bool(one.iban)


def _next(one: Proposal, on: date) -> date:
    """The next expected day from today on: an export may be some weeks old."""
    rhythm, first = one.regular, one.stream.next_expected
    recurrence = Recurrence(rhythm.unit, first, rhythm.every)
    until = date(on.year + 2, 1, 1)
    return next(iter(due_dates(recurrence, since=on, until=until, valid_from=first)), first)


def _told(one: Proposal, *, is_agreed: bool) -> Iterator[str]:
    yield seen(one.stream.seen, of_a_hundred(one.confidence))
    yield "; ".join(_reasons(one)) + "."
    if is_agreed:
        yield already_agreed()


def _reasons(one: Proposal) -> Iterable[str]:
    return (recognition_reason(reason.code, _plain(reason.values)) for reason in one.reasons)


def _plain(values: Mapping[str, object]) -> Mapping[str, object]:
    return {name: str(value) for name, value in values.items()}


def _typed(value: Decimal) -> str:
    """As people type it."""
    return f"{value:.2f}".replace(".", ",")
