"""What the example needs of a bank: take payment files, take other people's money, and tell at the end of each day.

Two banks do this: `loopback_bank` runs the package mock-bank, which we did not write, and is the bank of the demo;
`made_up_bank` is our own and quick, for long simulations and for what mock-bank cannot do (batch lines, version 02).
"""

from datetime import date
from typing import Protocol

from backend.example.events import Credit


class Bank(Protocol):
    """One account at one bank, one day after the other."""

    @property
    def today(self) -> date:
        """The bank's day; it only moves by `end_day`."""

    def arrive(self, credit: Credit) -> None:
        """Somebody sends money; it is booked on `credit.on`, or the next banking day. Not for a day that is over."""

    def send(self, pain001: bytes) -> tuple[bytes, ...]:
        """We hand in a payment file; the status reports (pain.002) the bank sends at once, if any."""

    def end_day(self) -> tuple[bytes, ...]:
        """The day ends: its statements (camt.053) in their order; none when the bank was closed or sends none."""
