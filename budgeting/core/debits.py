"""Direct debits that somebody draws on our account: how they are known, and until when we may ask the money back.

SEPA core direct debit: within eight weeks without a reason, within thirteen months when there was no mandate (payment
services directive 2015/2366, articles 71, 76 and 77).
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

NO_QUESTIONS, NO_MANDATE = "no_questions", "no_mandate"
EIGHT_WEEKS = timedelta(days=56)
THIRTEEN_MONTHS = 13


def is_direct_debit(amount: Decimal, *, bank_code: str, mandate: str, creditor: str) -> bool:
    """Whether an entry is a direct debit on our account: the bank's code says so, or a mandate or creditor is named."""
    return amount < 0 and ("RDDT" in bank_code or bool(mandate or creditor))


def dispute_until(booked_on: date, ground: str) -> date:
    """The last day on which the bank has to listen."""
    if ground == NO_QUESTIONS:
        return booked_on + EIGHT_WEEKS
    month = booked_on.month - 1 + THIRTEEN_MONTHS
    year, month = booked_on.year + month // 12, month % 12 + 1
    return date(year, month, min(booked_on.day, monthrange(year, month)[1]))
