"""What a bank statement says, free of any format, and whether it adds up.

Readers turn bytes into a `Reading`: statements *and* problems. Amounts are signed euro (or `currency`) as seen from the
account: money in is positive. Nothing is guessed: what a format does not carry is an empty string or None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from budgeting.core.money import ZERO


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or odd in a file: a stable `code`, `where` (line, element) and values for the sentence about it.

    `severity`: "refuse" (not a statement we can use; keep nothing), "hold" (keep the bytes, book nothing) or "note".
    """

    code: str
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    severity: str = "refuse"


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance on a day, signed."""

    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement, or one detail of a batch line (`details` says how many its line had; 0 = none given)."""

    amount: Decimal
    booking_date: date
    currency: str = "EUR"
    value_date: date | None = None
    status: str = "BOOK"
    reversal: bool = False
    counterparty_name: str = ""
    counterparty_iban: str = ""
    remittance: str = ""
    structured_reference: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    batch_id: str = ""
    batch_count: int = 0
    bank_reference: str = ""
    return_reason: str = ""
    bank_code: str = ""
    proprietary_code: str = ""
    details: int = 0
    line: int = 0
    where: str = ""


@dataclass(frozen=True)
class Statement:
    """One statement of one account. `account` is the IBAN, or what the bank wrote where it has none."""

    account: str
    currency: str = "EUR"
    identification: str = ""
    sequence: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    available: Balance | None = None
    entries: tuple[Entry, ...] = ()

    @cached_property
    def total(self) -> Decimal:
        """The sum of the entries."""
        return sum((entry.amount for entry in self.entries), ZERO)

    @property
    def difference(self) -> Decimal | None:
        """opening + entries - closing; None when the format has no balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.amount + self.total - self.closing.amount

    @property
    def balances(self) -> bool | None:
        """Whether opening + entries = closing, to the cent; None when the format has no balances."""
        return None if self.difference is None else self.difference == 0


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file says: its format and version as recognised by content, its statements, its problems."""

    format: str
    version: str = ""
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
