"""Several files of one household as one history: what two files both tell counts once."""

from collections import Counter
from collections.abc import Sequence

from budgeting.core.statement import Entry, Reading

EURO = "EUR"
Told = tuple[object, ...]


def merged(readings: Sequence[Reading]) -> tuple[list[Entry], int]:
    """The entries of all files by day, and how many were left out because they are in another currency.

    Files may overlap, also in different formats that print a text differently: of entries with the same account, day,
    amount and other account, as many are kept as the file that has most of them.
    """
    most: Counter[Told] = Counter()
    kept: list[Entry] = []
    strange = 0
    for reading in readings:
        here: Counter[Told] = Counter()
        for statement in reading.statements:
            for entry in statement.entries:
                if entry.currency != EURO or not entry.amount:
                    strange += 1
                    continue
                told = (statement.account, entry.booking_date, entry.amount, entry.counterparty_iban)
                here[told] += 1
                if here[told] > most[told]:
                    kept.append(entry)
        most |= here
    return sorted(kept, key=lambda entry: entry.booking_date), strange
