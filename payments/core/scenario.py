"""All that a remainder follows from, and its form as plain JSON, strictly read.

Amounts are texts with at most two decimals, dates are ISO. Nothing defaults to zero: what is missing is refused by
name. Keys that are not known are left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from budgeting.core.money import LIMIT, ZERO, NotAnAmount, amount

CERTAINTIES = ("certain", "cautious")
LONGEST_HORIZON = timedelta(days=3660)
MOST_LINES = 20_000


class NotAScenario(ValueError):
    """Which `field` of a scenario is wrong and why.

    `reason` is `missing`, `type`, `amount`, `negative`, `date`, `past` (before `on`), `too_far` (over ten years ahead),
    `twice`, `unknown`, `too_many`, or `too_large` (a thousand million euro in all).
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"not a scenario: {field} ({reason})")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Income:
    """Money to count on, on the day it is there at the latest. `certain` or `cautious` (a careful estimate)."""

    on: date
    amount: Decimal
    certainty: str = "certain"


@dataclass(frozen=True, slots=True)
class Charge:
    """A fixed charge on the day the money has to leave."""

    on: date
    amount: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that a remainder follows from. `balance` is at the beginning of `on`, before the income and charges given.

    `buffer` is kept back from payouts, not from charges. Of the advance, `advance_limit - advance_used` is free.
    """

    on: date
    balance: Decimal
    pay_days: tuple[date, ...]
    income: tuple[Income, ...] = ()
    charges: tuple[Charge, ...] = ()
    buffer: Decimal = ZERO
    advance_limit: Decimal = ZERO
    advance_used: Decimal = ZERO

    def __post_init__(self) -> None:
        for field in ("buffer", "advance_limit", "advance_used"):
            if getattr(self, field) < 0:
                raise NotAScenario(field, "negative")
        for field in ("income", "charges"):
            if any(line.amount < 0 for line in getattr(self, field)):  # a refund is income, a correction a charge
                raise NotAScenario(field, "negative")
        if any(line.certainty not in CERTAINTIES for line in self.income):
            raise NotAScenario("income", "unknown")
        if len(set(self.pay_days)) != len(self.pay_days):
            raise NotAScenario("pay_days", "twice")
        amounts = [*(line.amount for line in self.income), *(line.amount for line in self.charges)]
        if sum(amounts, abs(self.balance)) >= LIMIT:
            raise NotAScenario("scenario", "too_large")
        self._check_days()

    def _check_days(self) -> None:
        last = self.on + LONGEST_HORIZON if date.max - self.on > LONGEST_HORIZON else date.max
        days = {
            "pay_days": list(self.pay_days),
            "income": [line.on for line in self.income],
            "charges": [line.on for line in self.charges],
        }
        for field, listed in days.items():
            if len(listed) > MOST_LINES:
                raise NotAScenario(field, "too_many")
            if listed and min(listed) < self.on:
                raise NotAScenario(field, "past")
            if listed and max(listed) > last:
                raise NotAScenario(field, "too_far")


def from_scenario(plain: object) -> Scenario:
    """The scenario that parsed JSON writes; raises `NotAScenario` naming the field, as `charges[2].amount`."""
    whole = _mapping("scenario", plain)
    return Scenario(
        on=_read(whole, "on", _day),
        balance=_read(whole, "balance", _amount),
        pay_days=tuple(_listed(whole, "pay_days", _day)),
        income=tuple(_listed(whole, "income", _income)),
        charges=tuple(_listed(whole, "charges", _charge)),
        buffer=_read(whole, "buffer", _amount),
        advance_limit=_read(whole, "advance_limit", _amount),
        advance_used=_read(whole, "advance_used", _amount),
    )


_Value = TypeVar("_Value")


def _read(plain: Mapping[str, object], key: str, reader: Callable[[str, object], _Value], of: str = "") -> _Value:
    field = f"{of}.{key}" if of else key
    if key not in plain:
        raise NotAScenario(field, "missing")
    return reader(field, plain[key])


def _listed(plain: Mapping[str, object], key: str, reader: Callable[[str, object], _Value]) -> list[_Value]:
    listed = _read(plain, key, _list)
    return [reader(f"{key}[{number}]", value) for number, value in enumerate(listed)]


def _income(field: str, plain: object) -> Income:
    line = _mapping(field, plain)
    return Income(
        _read(line, "date", _day, field), _read(line, "amount", _amount, field), _read(line, "certainty", _text, field)
    )


def _charge(field: str, plain: object) -> Charge:
    line = _mapping(field, plain)
    return Charge(
        _read(line, "date", _day, field), _read(line, "amount", _amount, field), _read(line, "name", _text, field)
    )


def _mapping(field: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise NotAScenario(field, "type")
    return value


def _list(field: str, value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise NotAScenario(field, "type")
    if len(value) > MOST_LINES:
        raise NotAScenario(field, "too_many")
    return list(value)


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise NotAScenario(field, "type")
    return value


def _day(field: str, value: object) -> date:
    text = _text(field, value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotAScenario(field, "date") from None
    if day.isoformat() != text:
        raise NotAScenario(field, "date")
    return day


def _amount(field: str, value: object) -> Decimal:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise NotAScenario(field, "type")
    try:
        return amount(value)
    except NotAnAmount:
        raise NotAScenario(field, "amount") from None
