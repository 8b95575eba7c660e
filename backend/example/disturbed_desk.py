"""A desk on bad days: broken files come in, the same file comes twice, two clerks press the same button at once.

Each disturbance has one right outcome. Any other outcome is a fault of the product and stops the play.
"""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from typing import TypeVar

from django.db import connection

from backend.example.desk import Desk
from backend.example.events import chance_of
from backend.example.load import Loaded
from backend.example.made_up import made_up_iban
from backend.example.script import Script
from budgeting.actions.statements import ImportResult
from payments.actions.batches import AlreadyDecided, release_batch
from payments.actions.settle import take_in_statement
from payments.models import PaymentBatch

Outcome = TypeVar("Outcome")

_CLERKS = 2
_ACCOUNT = re.compile(rb"(<Acct><Id><IBAN>)[A-Z0-9]+(</IBAN>)")
_CLOSING = re.compile(rb'(<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">)([0-9]+)(\.[0-9]{2}</Amt>)')
# How often, in a hundred statements or batches.
_CUT_SHORT, _OTHER_ACCOUNT, _DOES_NOT_BALANCE, _TWICE, _AT_ONCE = 6, 4, 6, 10, 15


class WrongOutcome(AssertionError):
    """The product did something else than the one right thing; `disturbance`, `wanted` and `got` say what."""

    def __init__(self, disturbance: str, wanted: object, got: object) -> None:
        super().__init__(f"{disturbance}: wanted {wanted}, got {got}")


class DisturbedDesk(Desk):
    """A desk with disturbances drawn from a seed; `disturbances` counts them."""

    def __init__(self, script: Script, loaded: Loaded, *, seed: int) -> None:
        super().__init__(script, loaded)
        self.seed = seed
        self.disturbances: Counter[str] = Counter()

    def take_in(self, on: date, statement: bytes) -> None:
        """A statement, perhaps after a broken one, perhaps twice, perhaps by two clerks at once."""
        self._break(on, statement)
        if self._drawn("clerks", on) <= _AT_ONCE:
            self._take_in_at_once(on, statement)
        else:
            super().take_in(on, statement)
        if self._drawn("twice", on) <= _TWICE:
            self._expect("the same file again", "already_imported", self._import(on, statement).status)

    def release(self, batch: PaymentBatch, now: datetime) -> None:
        """A batch, perhaps by two approvers at once: one makes the file, the other is told so."""
        if self._drawn("release", now.date()) > _AT_ONCE:
            super().release(batch, now)
            return
        outcomes = _at_once(lambda: self._release(batch, now))
        self._expect("two releases at once", ["released", "told"], sorted(outcomes))
        self.done.released += 1
        self.done.orders += batch.count

    def _break(self, on: date, statement: bytes) -> None:
        drawn = self._drawn("broken", on)
        if drawn <= _CUT_SHORT:
            cut = statement[: len(statement) * 3 // 5]
            self._expect("a file cut short", "refused", self._import(on, cut).status)
        elif drawn <= _CUT_SHORT + _OTHER_ACCOUNT:
            other = _ACCOUNT.sub(rb"\g<1>" + made_up_iban(15).encode() + rb"\g<2>", statement)
            self._expect("another account's file", "refused", self._import(on, other).status)
        elif drawn <= _CUT_SHORT + _OTHER_ACCOUNT + _DOES_NOT_BALANCE:
            wrong = _CLOSING.sub(lambda found: found[1] + str(int(found[2]) + 1).encode() + found[3], statement)
            self._expect("a file that does not balance", "held", self._import(on, wrong).status)

    def _take_in_at_once(self, on: date, statement: bytes) -> None:
        results = _at_once(lambda: self._import(on, statement))
        self._expect(
            "two imports at once", ["already_imported", "imported"], sorted(result.status for result in results)
        )
        self.done.statements += 1
        self.done.entries += sum(result.new for result in results)
        self.done.without_a_person += sum(result.booked for result in results)

    def _import(self, on: date, statement: bytes) -> ImportResult:
        return take_in_statement(data=statement, name="camt053.xml", by=self.worker, on=on).result

    def _release(self, batch: PaymentBatch, now: datetime) -> str:
        try:
            release_batch(batch=PaymentBatch.objects.get(pk=batch.pk), now=now, by=self.approver)
        except AlreadyDecided:
            return "told"
        return "released"

    def _drawn(self, what: str, on: date) -> int:
        return chance_of(self.seed, "disturbance", what, on).randint(1, 100)

    def _expect(self, disturbance: str, wanted: object, got: object) -> None:
        if wanted != got:
            raise WrongOutcome(disturbance, wanted, got)
        self.disturbances[disturbance] += 1


def _at_once(work: Callable[[], Outcome]) -> list[Outcome]:
    """The same work by two clerks who wait for each other and then begin; each with a connection of their own."""
    together = Barrier(_CLERKS)

    def clerk() -> Outcome:
        try:
            together.wait(timeout=30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(_CLERKS) as clerks:
        return [done.result() for done in [clerks.submit(clerk) for _ in range(_CLERKS)]]
