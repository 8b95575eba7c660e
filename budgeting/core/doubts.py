"""Entries of an MT940 that a rule would book by itself, but that a person should see first.

In MT940 the text of a payment stands between the bank's own lines. Where a bank does not take line ends out of it, a
payer can write lines of the bank: two that cancel each other out pass every check of balances. So an amount that the
same statement also has with the other sign is not booked by a rule, and neither is a large one. camt.053 cannot be
written into like that.
"""

from collections.abc import Iterable
from decimal import Decimal

from budgeting.core.statement import Entry, Statement

FORMAT = "mt940"
CANCELS, LARGE = "cancels_another", "large_in_mt940"


def doubted(statement: Statement, *, large: Decimal) -> Iterable[tuple[Entry, str]]:
    """The entries of an MT940 statement to be seen first, with why; `large` is an amount of euro, unsigned."""
    amounts = {entry.amount for entry in statement.entries}
    for entry in statement.entries:
        if -entry.amount in amounts:
            yield entry, CANCELS
        elif abs(entry.amount) >= large:
            yield entry, LARGE
