"""Double entry: which postings a movement makes. Every movement sums to zero before the database sees it.

Debit is positive. Money on a bank account is positive, what we owe a resident negative; so a resident's balance is
minus the sum of their postings (`balance`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from budgeting.core.money import LIMIT, ZERO
from budgeting.core.money import amount as exact


class AccountKey(NamedTuple):
    """A ledger account by kind and owner: a bank account's or resident's number, none for the town's own accounts."""

    kind: str
    owner: int | None = None


SUSPENSE = AccountKey("suspense")
IN_TRANSIT = AccountKey("in_transit")
OWN = AccountKey("own")


def bank(bank_account: int) -> AccountKey:
    """A bank account of the municipality."""
    return AccountKey("bank", bank_account)


def resident(resident_id: int) -> AccountKey:
    """What we hold for a resident."""
    return AccountKey("resident", resident_id)


def advance(resident_id: int) -> AccountKey:
    """What a resident was lent and has not paid back."""
    return AccountKey("advance", resident_id)


class PostingLine(NamedTuple):
    """One signed amount in euro on one account; `reference` is our own end-to-end id, when there is one."""

    account: AccountKey
    amount: Decimal
    reference: str = ""


class NotBalanced(ValueError):
    """The lines of a movement do not sum to zero, or there are fewer than two."""


class MovesNothing(ValueError):
    """An order or advance moves more than nothing; its direction is in its name, not in its sign."""


class AdvanceLargerThanOrder(ValueError):
    """An advance carries a charge and no more than that charge."""

    def __init__(self, lent: Decimal, value: Decimal) -> None:
        super().__init__(f"an advance of {lent} for an order of {value}")


@dataclass(frozen=True, slots=True)
class Movement:
    """One journal entry to be: `key` makes it happen once ever; `entry` is the bank entry it comes from, if any."""

    kind: str
    booked_on: date
    key: str
    lines: tuple[PostingLine, ...]
    entry: int | None = None
    reverses: int | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if len(self.lines) < 2 or sum([_exact(line.amount) for line in self.lines], ZERO) != ZERO:
            raise NotBalanced(self.key)


def _exact(value: Decimal) -> Decimal:
    """The amount itself when it is one, as it nearly always is, without writing and reading it again."""
    if type(value) is Decimal and value.same_quantum(ZERO) and -LIMIT < value < LIMIT:
        return value
    return exact(value)


def moved(value: Decimal, *, debit: AccountKey, credit: AccountKey, reference: str = "") -> tuple[PostingLine, ...]:
    """Two lines that move `value` (of either sign, not zero) from `credit` to `debit`."""
    return (PostingLine(debit, value, reference), PostingLine(credit, -value, reference))


def entry_booked(
    bank_account: int, value: Decimal, to: Iterable[tuple[AccountKey, Decimal]], reference: str = ""
) -> tuple[PostingLine, ...]:
    """A bank entry of signed `value`, divided over accounts; parts carry the entry's sign and must add up to it."""
    parts = [PostingLine(account, -part, reference) for account, part in to]
    return (PostingLine(bank(bank_account), value, reference), *parts)


def suspense_cleared(value: Decimal, to: Iterable[tuple[AccountKey, Decimal]]) -> tuple[PostingLine, ...]:
    """Signed `value` of an entry leaves suspense for the accounts a person named."""
    return (PostingLine(SUSPENSE, value), *(PostingLine(account, -part) for account, part in to))


def released(resident_id: int, value: Decimal, end_to_end_id: str, lent: Decimal = ZERO) -> tuple[PostingLine, ...]:
    """An order leaves the resident's balance and is in transit; `lent` of it is an advance, at most the whole."""
    order = moved(_positive(value), debit=resident(resident_id), credit=IN_TRANSIT, reference=end_to_end_id)
    if lent == ZERO:
        return order
    if not ZERO < lent <= value:
        raise AdvanceLargerThanOrder(lent, value)
    return (*given(resident_id, lent), *order)


def booked(bank_account: int, value: Decimal, end_to_end_id: str) -> tuple[PostingLine, ...]:
    """A released order has left the bank: what was in transit is gone."""
    return moved(_positive(value), debit=IN_TRANSIT, credit=bank(bank_account), reference=end_to_end_id)


def returned(bank_account: int, resident_id: int, value: Decimal, end_to_end_id: str) -> tuple[PostingLine, ...]:
    """A booked order came back: its money is the resident's again. What was lent for it stays lent until repaid."""
    return moved(_positive(value), debit=bank(bank_account), credit=resident(resident_id), reference=end_to_end_id)


def given(resident_id: int, value: Decimal) -> tuple[PostingLine, ...]:
    """The municipality lends a resident money, which is on their balance from now on."""
    return moved(_positive(value), debit=advance(resident_id), credit=resident(resident_id))


def repaid(resident_id: int, value: Decimal) -> tuple[PostingLine, ...]:
    """A resident's money pays back an advance."""
    return moved(_positive(value), debit=resident(resident_id), credit=advance(resident_id))


def written_off(resident_id: int, value: Decimal) -> tuple[PostingLine, ...]:
    """The municipality bears an advance that will not be paid back."""
    return moved(_positive(value), debit=OWN, credit=advance(resident_id))


def reversed_lines(lines: Iterable[PostingLine]) -> tuple[PostingLine, ...]:
    """The exact opposite of a movement's lines."""
    return tuple(PostingLine(line.account, -line.amount, line.reference) for line in lines)


def residents_of(lines: Iterable[PostingLine]) -> frozenset[int]:
    """The residents whose money these lines move."""
    return frozenset(
        line.account.owner for line in lines if line.account.kind == "resident" and line.account.owner is not None
    )


def balance(postings_sum: Decimal) -> Decimal:
    """What we hold for a resident, from the sum of the postings on their account."""
    return -postings_sum + ZERO


def _positive(value: Decimal) -> Decimal:
    if value <= ZERO:
        raise MovesNothing(str(value))
    return value
