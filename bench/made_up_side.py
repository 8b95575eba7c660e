"""The made-up side of a town - payers, and the bank - in a process of its own, so that its memory is not the house's.

The other process asks for one thing at a time: hand in a payment file, end the day, whose money is this.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from backend.example.chance_life import chance_script
from backend.example.events import Credit
from backend.example.made_up_bank import MadeUpBank
from backend.example.script import Script
from backend.example.simulation import _bank
from bench.large_town import large_town

Whose = tuple[int, int]  # the resident by place in the town, the agreement by number; both from 1


class MadeUpSide:
    """The bank, as a play wants one; begun before this process has a connection or many objects."""

    def __init__(self, residents: int, start: date, until: date, *, seed: int) -> None:
        context = get_context("fork")
        self._asked, other = context.Pipe()
        context.Process(target=_answer, args=(other, residents, start, until, seed), daemon=True).start()
        other.close()
        self.today: date = start

    def arrive(self, credit: Credit) -> None:
        """Money comes in by itself here."""

    def send(self, pain001: bytes) -> tuple[bytes, ...]:
        """See `bank.Bank`."""
        answers: tuple[bytes, ...] = self._ask("send", pain001)
        return answers

    def end_day(self) -> tuple[bytes, ...]:
        """See `bank.Bank`."""
        statements: tuple[bytes, ...]
        statements, self.today = self._ask("end_day")
        return statements

    def whose(self, day: date, amount: Decimal, remittance: str) -> Whose | None:
        """Whose money really came in; None when it is nobody's."""
        found: Whose | None = self._ask("whose", day, amount, remittance)
        return found

    def end(self) -> None:
        """Nothing more is asked."""
        self._asked.close()

    def _ask(self, *words: object) -> Any:
        self._asked.send(words)
        return self._asked.recv()


def _answer(asked: Connection, residents: int, start: date, until: date, seed: int) -> None:
    side = _Side(chance_script(large_town(residents, seed=seed), start, until, seed=seed, faults=False))
    while True:
        try:
            name, *words = asked.recv()
        except EOFError:
            return
        asked.send(getattr(side, name)(*words))


class _Side:
    def __init__(self, script: Script) -> None:
        self.bank: MadeUpBank = _bank(script)
        self.arriving: dict[date, list[Credit]] = defaultdict(list)
        for credit in script.credits:
            self.arriving[credit.on].append(credit)
        self.of_day: dict[date, dict[tuple[Decimal, str], Credit]] = {}

    def send(self, pain001: bytes) -> tuple[bytes, ...]:
        return self.bank.send(pain001)

    def end_day(self) -> tuple[tuple[bytes, ...], date]:
        for credit in self.arriving[self.bank.today]:
            self.bank.arrive(credit)
        return self.bank.end_day(), self.bank.today

    def whose(self, day: date, amount: Decimal, remittance: str) -> Whose | None:
        if day not in self.of_day:
            self.of_day[day] = {(one.amount, one.remittance): one for one in self.arriving[day]}
        credit = self.of_day[day].get((amount, remittance))
        if credit is None:
            return None
        return int(credit.resident[1:]), int(credit.agreement.rpartition("-")[2])
