"""Negative controls: a lock, an atomic, a unique key, a trigger or a sign is taken away, and the suite must turn red.

A suite that stays green without the thing it is there for proves nothing. Nothing tracked is edited: code is replaced
in memory, guards are dropped in a scratch database and rolled back.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from budgeting.actions import entries, people, recognition, statements, undo
from budgeting.actions import ledger as books
from budgeting.actions.locks import share
from budgeting.core import ledger
from budgeting.core.ledger import PostingLine
from payments.actions import batches, checks, orders, plan, settle
from tests import databases
from tests.faults import scene
from tests.faults.attacks import ATTACKS
from tests.faults.guards import attacked, shown_without_guard
from tests.faults.kills import Point, Undisturbed, copied, kill_at, undisturbed
from tests.faults.money_controls import MONEY_CONTROLS
from tests.faults.play import OtherThanTheModel, play
from tests.faults.races import Job, at_once, entered, race, round_of_sharing, round_of_spending
from tests.faults.scene import STEPS

Patch = pytest.MonkeyPatch


ROUNDS = 6


@dataclass(frozen=True)
class Control:
    """What is taken away, and the suite that must then find something."""

    name: str
    take_away: Callable[[Patch], object]
    suite: Callable[[Undisturbed], list[str]]

    def findings(self, run: Undisturbed) -> list[str]:
        """What the suite finds without it."""
        with Patch.context() as patch:
            self.take_away(patch)
            return self.suite(run)


def no_locks(patch: Patch) -> None:
    """Neither named locks nor locked rows."""
    for module in (books, entries, people, undo, orders):
        patch.setattr(module, "hold", lambda *_: None)
    patch.setattr(orders, "hold_part", lambda *_: None)
    patch.setattr(entries, "share", lambda *_: None)
    patch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def no_lock_on_payments(patch: Patch) -> None:
    """Only the one that puts all who move orders in a row, of all residents or of a part."""
    no_lock_on_a_part(patch)
    patch.setattr(orders, "hold", lambda *_: None)
    patch.setattr(orders, "hold_part", lambda *_: None)


def no_lock_on_a_part(patch: Patch) -> None:
    """Whoever plans shares payments, and nobody keeps the others from the same part.

    All take a breath between looking what is there and writing what is not, or one might be done before the next looks.
    """
    patch.setattr(orders, "hold_part", lambda job, _: share(job))
    patch.setattr(plan, "write_new", _after_a_breath(plan.write_new))


def _after_a_breath(work: Callable[..., Any]) -> Callable[..., Any]:
    def later(*given: Any, **named: Any) -> Any:
        time.sleep(0.2)
        return work(*given, **named)

    return later


def no_claim_of_a_part(patch: Patch) -> None:
    """Two who share a day take the same part."""
    no_lock_on_a_part(patch)
    patch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def no_lock_on_residents(patch: Patch) -> None:
    """Two may spend the same money. All take a breath between looking what is left and lending what is not."""
    for module in (books, entries, batches, checks):
        patch.setattr(module, "lock_residents", lambda _: None)
    patch.setattr(books, "post", _after_a_breath(books.post))


def no_atomic_import(patch: Patch) -> None:
    """Each statement of an import for itself."""
    patch.setattr(scene, "take_in_statement", settle.take_in_statement.__wrapped__)
    patch.setattr(settle, "settle", settle.settle.__wrapped__)
    patch.setattr(statements, "transaction", SimpleNamespace(atomic=nullcontext))
    patch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def no_atomic_release(patch: Patch) -> None:
    """Each statement of a release for itself."""
    patch.setattr(scene, "release_batch", batches.release_batch.__wrapped__)
    patch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


def swapped(module: Any, name: str) -> Callable[[Patch], None]:
    """Every line that a function makes gets the other sign: the sum stays zero, the direction is wrong."""
    real = getattr(module, name)

    def turned(*values: Any, **named: Any) -> tuple[PostingLine, ...]:
        return tuple(PostingLine(line.account, -line.amount, line.reference) for line in real(*values, **named))

    return lambda patch: patch.setattr(module, name, turned)


def _killed(name: str) -> Callable[[Undisturbed], list[str]]:
    """Kills spread over one step."""
    number = next(number for number, step in enumerate(STEPS) if step.name == name)
    return lambda run: [
        problem
        for k in range(3, run.points[number], max(run.points[number] // 4, 1))
        for problem in kill_at(run, Point(number, k))
    ]


def _decided_at_once(run: Undisturbed) -> list[str]:
    """Without a lock it goes wrong by chance: round after round, until it does."""
    step = next(step for step in STEPS if step.name == "decide")
    found: list[str] = []
    for _ in range(ROUNDS):
        with entered(copied(run.before[STEPS.index(step)])):
            found = race(Job("decide", lambda _: step.do(run.scene), step.again))
        if found:
            break
    return found


def _planned_at_once(run: Undisturbed) -> list[str]:
    """A race may go well by chance: round after round, until it does not."""
    return next((found for _ in range(ROUNDS) if (found := _planned_by_eight(run))), [])


def _planned_by_eight(run: Undisturbed) -> list[str]:
    step = next(step for step in STEPS if step.name == "plan")
    with entered(copied(run.before[STEPS.index(step)])):
        outcomes = at_once([lambda: step.do(run.scene)] * 8)
    return [outcome for outcome in outcomes if outcome != "effect"]


def _shared_by_many(run: Undisturbed) -> list[str]:
    """Round after round as well."""
    return next((found for _ in range(ROUNDS) if (found := round_of_sharing(run))), [])


def _spent(run: Undisturbed) -> list[str]:
    return [problem for _ in range(2) for problem in round_of_spending(run)]


def _played(run: Undisturbed) -> list[str]:
    """Plays until one parts from the model; a refusal or database error that no model knows is a finding as well.

    They are rolled back, so any database without a town will do: the one we are in.
    """
    for seed in range(1, 9):
        try:
            play(seed, 120)
        except (OtherThanTheModel, DatabaseError, ValueError, LookupError, AssertionError) as found:
            return [f"{type(found).__name__}: {str(found).splitlines()[0]}"]
    return []


CONTROLS = (
    Control("no lock at all: one entry decided by sixteen", no_locks, _decided_at_once),
    Control("no lock on payments: planned by eight", no_lock_on_payments, _planned_at_once),
    Control("no lock on a part of payments: planned by eight", no_lock_on_a_part, _planned_at_once),
    Control("no claim of a part of the day: shared by eight", no_claim_of_a_part, _shared_by_many),
    Control("no lock on residents: sixteen debits at once", no_lock_on_residents, _spent),
    Control("no atomic around an import: killed in it", no_atomic_import, _killed("import")),
    Control("no atomic around a release: killed in it", no_atomic_release, _killed("release")),
    Control("sign of a decision swapped", swapped(ledger, "suspense_cleared"), _played),
    Control("sign of a release swapped", swapped(ledger, "released"), _played),
    Control("sign of a repayment swapped", swapped(ledger, "repaid"), _played),
    Control("sign of an advance swapped", swapped(ledger, "given"), _played),
    Control("our own ids not recognised", lambda p: p.setattr(recognition._OwnIds, "place", lambda *_: None), _played),
    Control("earlier batches of the day not counted", lambda p: p.setattr(checks, "_going_out", _nothing), _played),
    Control("no limit on advances", lambda p: p.setattr(entries, "lend_shortfall", _nothing), _played),
    *(Control(name, take_away, lambda _, look=look: look()) for name, take_away, look in MONEY_CONTROLS),
)


def _nothing(residents: Any, *_: object, **__: object) -> Any:
    return dict.fromkeys(residents, 0)


def guards_taken_away() -> Iterator[tuple[str, bool]]:
    """Every guard of the database, and whether its test turns red without it."""
    with attacked():
        for attack in ATTACKS:
            yield f"without {attack.guard}: {attack.name}", shown_without_guard(attack) is not None


KEEP = frozenset({"import", "decide", "plan", "release"})


def controls(seed: int) -> Iterator[tuple[str, bool, str]]:
    """Each control: its name, whether the suite turned red, and what it said first."""
    with undisturbed(seed, keep=KEEP) as run, databases.own_database():
        for control in CONTROLS:
            found = control.findings(run)
            yield control.name, bool(found), found[0].splitlines()[0] if found else "stayed green"
    for name, red in guards_taken_away():
        yield name, red, "let through" if red else "stayed green"
