"""What a bank statement says, free of any format, and whether it adds up.

Readers turn bytes into a `Reading`: statements *and* problems. Amounts are signed euro (or `currency`) as seen from the
account: money in is positive. Nothing is guessed: what a format does not carry is an empty string or None.

The gate stands here too, because it asks the same of every format: `Tally` gathers the entries of a statement in any
number of portions (so that memory stays flat) and names what does not hold, `check` does it for a statement in hand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from budgeting.core.iban import is_iban
from budgeting.core.money import LIMIT, ZERO

SEVERITIES = ("note", "hold", "refuse")
BOOKED = "BOOK"
# A day before the euro, or one further from the booking than a bank ever values, is a slip of the pen.
FIRST_DAY = date(1999, 1, 1)
VALUE_DATE_DISTANCE = timedelta(days=3660)
# Statements are sent in the night after the booking day; a day more for time zones and weekends' run-ahead.
AHEAD = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or odd in a file: a stable `code`, `where` (line, element) and values for the sentence about it.

    `severity`: "refuse" (not a statement we can use; keep nothing), "hold" (keep the bytes, book nothing) or "note".
    """

    code: str
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    severity: str = "refuse"


class Unreadable(ValueError):
    """The file stops here: `problem` says why. Raised by readers, turned into a `Reading` by `readers.read`."""

    def __init__(self, code: str, where: str = "", **values: str) -> None:
        super().__init__(f"{code} at {where}" if where else code)
        self.problem = Problem(code, where, values)


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance on a day, signed."""

    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement, or one detail of a batch line (`details` says how many its line had; 0 = none given).

    `line` is the number of the bank's own line within its statement, from 1: details of one line share it. `where` is
    the place in the file. `batch_count` is the number of payments the bank says the line holds.
    """

    amount: Decimal
    booking_date: date
    currency: str = "EUR"
    value_date: date | None = None
    status: str = BOOKED
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
    where: str = field(default="", compare=False)


# Making a frozen record costs ten times a plain one, which is a third of the time of reading a file. Readers therefore
# fill in a draft with the same slots and freeze it: what anyone else gets to see is an `Entry`.
if TYPE_CHECKING:
    Draft = Entry
else:
    Draft = make_dataclass(
        "Draft", [(one.name, one.type, field(default=one.default)) for one in fields(Entry)], slots=True
    )


def frozen(draft: Entry) -> Entry:
    """The entry that a draft has become."""
    draft.__class__ = Entry
    return draft


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What the bank itself says it sent: the number of lines and the unsigned sums of either side; None = not said."""

    count: int | None = None
    credit: Decimal | None = None
    debit: Decimal | None = None


@dataclass(frozen=True)
class Statement:
    """One statement of one account. `account` is the IBAN, or what the bank wrote where it has none.

    `lines` is the number of lines the bank sent; it is smaller than the number of entries when batches have details.
    """

    account: str
    currency: str = "EUR"
    identification: str = ""
    sequence: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    available: Balance | None = None
    entries: tuple[Entry, ...] = ()
    lines: int = 0
    totals: ControlTotals | None = None

    @cached_property
    def total(self) -> Decimal:
        """The sum of the booked entries."""
        return sum((entry.amount for entry in self.entries if entry.status == BOOKED), ZERO)

    @property
    def difference(self) -> Decimal | None:
        """opening + booked entries - closing; None when the format has no balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.amount + self.total - self.closing.amount

    @property
    def balances(self) -> bool | None:
        """Whether opening + entries = closing, to the cent; None when the format has no balances."""
        return None if self.difference is None else self.difference == 0


Item = Entry | Statement | Problem
"""What a reader yields: the entries of a statement, then the statement itself (without them); problems in between."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file says: its format and version as recognised by content, its statements, its problems."""

    format: str
    version: str = ""
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def severity(self) -> str:
        """The worst of the problems: "refuse", "hold", "note", or "" when there are none."""
        found = {problem.severity for problem in self.problems}
        return next((worst for worst in reversed(SEVERITIES) if worst in found), "")


# Asked of every entry of a file, so not in a loop of our own.
_DAYS = attrgetter("booking_date", "value_date")
_CURRENCY_AND_STATUS = attrgetter("currency", "status")


class Tally:
    """What must hold of the entries of one statement, gathered portion by portion; money is summed exactly."""

    def __init__(self) -> None:
        self.booked = ZERO
        self.all = ZERO
        self.oddities: dict[tuple[str, str], list[str]] = {}
        self.days: set[tuple[date, date | None]] = set()

    def take(self, entries: Sequence[Entry], *, currency: str = "EUR") -> None:
        """Take in the next entries of a statement in `currency`."""
        amounts = [entry.amount for entry in entries]
        total = sum(amounts, ZERO)
        self.all += total
        self.booked += total
        self.days.update(map(_DAYS, entries))
        if {*map(_CURRENCY_AND_STATUS, entries)} - {(currency, BOOKED)}:
            self._take_odd(entries, currency)
        if amounts and not (min(amounts) > -LIMIT and max(amounts) < LIMIT and all(amounts)):
            for entry in [entry for entry in entries if not -LIMIT < entry.amount < LIMIT or not entry.amount]:
                self._note("amount_out_of_bounds", str(entry.amount), entry)

    def _take_odd(self, entries: Sequence[Entry], currency: str) -> None:
        for entry in entries:
            if entry.currency != currency:
                self._note("other_currency", entry.currency, entry)
            if entry.status != BOOKED:
                self.booked -= entry.amount
                self._note("not_booked" if entry.status else "status_missing", entry.status, entry)

    def _note(self, code: str, value: str, entry: Entry) -> None:
        places = self.oddities.setdefault((code, value), [])
        places.append(entry.where)

    def problems(self, statement: Statement, *, on: date | None) -> Iterator[Problem]:
        """All that does not hold of `statement`, whose entries were taken in; `on` is the day of reading."""
        where = statement.identification or statement.account
        for (code, value), places in self.oddities.items():
            severity = "note" if code == "not_booked" else "hold"
            yield Problem(code, places[0], {"value": value, "count": str(len(places))}, severity)
        yield from _day_problems(self.days, where, on)
        yield from _account_problems(statement, where)
        yield from _balance_problems(statement, self.booked, where)
        yield from _control_problems(statement, self.all, where)


def check(statement: Statement, *, on: date | None = None) -> tuple[Problem, ...]:
    """All that does not hold of a statement with its entries; without `on` no day is called a day to come."""
    tally = Tally()
    tally.take(statement.entries, currency=statement.currency)
    return tuple(tally.problems(statement, on=on))


def lines_agree(counted: int, read: int) -> Iterator[Problem]:
    """Nothing when as many lines were read as the raw file has markers, else the problem that says so."""
    if counted != read:
        yield Problem("lines_lost", "", {"counted": str(counted), "read": str(read)}, "hold")


def _day_problems(days: Iterable[tuple[date, date | None]], where: str, on: date | None) -> Iterator[Problem]:
    last = on + AHEAD if on else date.max
    odd = sorted({booked for booked, _ in days if not FIRST_DAY <= booked <= last})
    if odd:
        yield Problem("improbable_date", where, {"date": odd[0].isoformat(), "count": str(len(odd))}, "hold")
    far = sorted({value for booked, value in days if value and abs(value - booked) > VALUE_DATE_DISTANCE})
    if far:
        yield Problem("improbable_value_date", where, {"date": far[0].isoformat(), "count": str(len(far))}, "hold")


def _account_problems(statement: Statement, where: str) -> Iterator[Problem]:
    if not statement.account:
        yield Problem("account_missing", where)
    elif not is_iban(statement.account):
        yield Problem("account_not_an_iban", where, {"account": statement.account}, "note")
    if statement.currency != "EUR":
        yield Problem("not_in_euro", where, {"currency": statement.currency}, "hold")


def _balance_problems(statement: Statement, booked: Decimal, where: str) -> Iterator[Problem]:
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        missing = "both" if opening is closing else "opening" if opening is None else "closing"
        yield Problem("balance_missing", where, {"which": missing}, "hold")
        return
    if opening.amount + booked != closing.amount:
        expected = opening.amount + booked
        values = {"expected": expected, "said": closing.amount, "difference": closing.amount - expected}
        yield Problem("does_not_balance", where, {name: str(value) for name, value in values.items()}, "hold")
    for balance in (opening, closing):
        if balance.on < FIRST_DAY:
            yield Problem("improbable_date", where, {"date": balance.on.isoformat(), "count": "1"}, "hold")


def _control_problems(statement: Statement, total: Decimal, where: str) -> Iterator[Problem]:
    """Where the bank's own totals differ from what was read; a total the bank does not give is not asked."""
    said = statement.totals
    if said is None:
        return
    if said.count is not None and said.count != statement.lines:
        values = {"total": "count", "said": str(said.count), "read": str(statement.lines)}
        yield Problem("control_total", where, values, "hold")
    if said.credit is not None and said.debit is not None and said.credit - said.debit != total:
        values = {"total": "sum", "said": str(said.credit - said.debit), "read": str(total)}
        yield Problem("control_total", where, values, "hold")
