"""What a person may decide about a file that was held: never that money appears which the bank does not account for.

Three kinds of reasons to hold a file. Some a person can answer for who looked at the paper (`MAY_BE_ANSWERED_FOR`):
opening + entries = closing is proved all the same. Some go by themselves when something else is done first (`MAY_GO`:
the missing day comes in; the balances are typed in). With any other the file is not booked, whoever wants it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

BALANCES = "balance_missing"
# The bank's own count or another day's value date differs, the day of booking is the value date, OFX without numbers.
MAY_BE_ANSWERED_FOR = frozenset(
    {"control_total", "improbable_value_date", "booking_date_missing", "id_missing", "id_twice"}
)
MAY_GO = frozenset({BALANCES, "gap", "day_differs"})


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What is left to do with a held file besides refusing it for good."""

    may_be_taken_up: bool
    needs_balances: bool


def ways_out(codes: Iterable[str]) -> WaysOut:
    """What can be done about a file held for these reasons."""
    found = set(codes)
    answerable = bool(found) and found <= MAY_BE_ANSWERED_FOR | MAY_GO
    return WaysOut(answerable, answerable and BALANCES in found)
