"""Sixteen at once: one effect, and everyone else is told so politely, by a refusal that has a name.

Every step of the scene is done by all processes at the same moment, on the database that the step before has left; then
come the actions that let someone in, take something back or spend the same money. What must never be seen: two
effects, none, a database error, a deadlock.
"""

import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from time import monotonic, sleep

from django.db import connection

from backend.operate.leases import DAY, is_held, only_one
from backend.operate.many_hands import help_out
from budgeting.access import NotAllowed
from budgeting.actions.entries import NothingToTakeBack, NotWaiting, Part, decide_entry, take_back
from budgeting.actions.ledger import AlreadyReversed, BalanceTooLow, resident_balances, reverse
from budgeting.actions.people import NotAValidCode, issue_letter_code, redeem_letter_code
from budgeting.actions.statements import import_statement
from budgeting.actions.undo import CannotUndo, undo_import
from budgeting.models import Entry, JournalEntry, LetterCode, StatementImport, User
from payments.actions import parts
from payments.actions.again import NotToBePaidAgain, pay_again
from payments.actions.batches import (
    AlreadyDecided,
    NothingToPay,
    approve_batch,
    cancel_batch,
    release_batch,
)
from payments.actions.checks import reconsider
from payments.actions.day import run_day, steps_of_day
from payments.actions.sharing import shared_day
from payments.models import PaymentBatch, PaymentOrder
from tests import databases, factories
from tests.faults.bank import Bank, drawn
from tests.faults.kills import Undisturbed, copied
from tests.faults.picture import Picture, differences, picture, violations
from tests.faults.scene import FIRST, NOW, ON, STEPS, Scene
from tests.one_file import assemble_batch

PROCESSES = 16


@dataclass(frozen=True)
class Job:
    """What each of the processes does (given its number), the refusals that are polite, and how many may succeed."""

    name: str
    do: Callable[[int], object]
    polite: tuple[type[Exception], ...] = ()
    effects: int | None = 1


# The steps whose databases the rounds begin with.
KEEP = frozenset({"import", "decide", "plan", "settle"})


def race(job: Job, processes: int = PROCESSES) -> list[str]:
    """Lets all of them do it at once; what went otherwise than it should."""
    outcomes = at_once([lambda number=number: job.do(number) for number in range(processes)])
    polite = {kind.__name__ for kind in job.polite}
    counts = Counter(outcomes)
    found = [
        f"{job.name}: {count} x {name}" for name, count in counts.items() if name not in {"effect", "nothing", *polite}
    ]
    if job.effects is not None and counts["effect"] != job.effects:
        found.append(f"{job.name}: {counts['effect']} effects, not {job.effects}: {dict(counts)}")
    return found


def at_once(works: Sequence[Callable[[], object]]) -> list[str]:
    """Each work in a process of its own, all begun together: "effect", "nothing" (it returned something false), or the
    name of what it raised."""
    connection.close()
    gate, opened = os.pipe()
    readers = []
    for work in works:
        told, tell = os.pipe()
        if os.fork() == 0:
            os.close(opened)
            _work(work, gate, tell)
        os.close(tell)
        readers.append(told)
    os.close(gate)
    os.close(opened)
    outcomes = []
    for told in readers:
        with os.fdopen(told, "rb") as pipe:
            outcomes.append(pickle.loads(pipe.read() or pickle.dumps("died")))
        os.wait()
    return outcomes


def _work(work: Callable[[], object], gate: int, tell: int) -> None:
    try:
        connection.ensure_connection()
        os.read(gate, 1)  # nothing comes: it ends when the parent closes its side
        outcome = "effect" if work() else "nothing"
    except BaseException as error:
        outcome = type(error).__name__
        if outcome in {"IntegrityError", "OperationalError", "InternalError"}:
            outcome = f"{outcome}: {str(error).splitlines()[0]}"
    os.write(tell, pickle.dumps(outcome))
    os._exit(0)


def round_of_steps(run: Undisturbed) -> list[str]:
    """Every step of the scene by all at once, on a copy; afterwards the books are those of one person working alone."""
    found: list[str] = []
    with entered(copied(run.before[0])):
        for number, step in enumerate(STEPS):
            job = Job(step.name, lambda _, step=step: step.had_effect(step.do(run.scene)), step.again, step.effects)
            found += race(job)
            found += [f"{step.name}: {what}" for what in differences(picture(), run.pictures[number + 1])[:3]]
            found += violations()
        found += round_of_refusals(run.scene)
    return found


def round_of_refusals(scene: Scene) -> list[str]:
    """Coming in with one code, taking one decision back, reversing one movement, changing one account, at once."""
    by, who = scene.home.case_worker, scene.residents[0]
    code = issue_letter_code(resident=who, now=NOW, by=by)
    decided = Entry.objects.get(counterparty_name="J. Voorbeeld")
    gift = JournalEntry.objects.filter(kind="allocation", entry=None).earliest("pk")
    factories.give(scene.home, who, "2000.00", on=ON)
    returned = PaymentOrder.objects.get(state="returned")
    jobs = [
        Job("again", lambda _: pay_again(order=returned, on=ON, first=FIRST, by=by), (NotToBePaidAgain,)),
        Job("letter code", lambda _: redeem_letter_code(code=code, now=NOW), (NotAValidCode,)),
        Job("new codes", lambda _: issue_letter_code(resident=who, now=NOW, by=by), effects=PROCESSES),
        Job("take back", lambda _: take_back(entry=decided, reason="x", on=ON, by=by) or 1, (NothingToTakeBack,)),
        Job("reverse", lambda _: reverse(journal_entry=gift, reason="x", by=by, on=ON), (AlreadyReversed,)),
    ]
    found = [problem for job in jobs for problem in race(job)]
    valid = LetterCode.objects.filter(resident=who, used_at=None, expires_at__gt=NOW).count()
    return found + ([] if valid == 1 else [f"{valid} codes are valid at once"]) + violations()


def round_of_sharing(run: Undisturbed, workers: int = 8) -> list[str]:
    """One day shared by many, a resident to a part: the books are those of one who did it alone; and once more."""
    before = run.before[next(number for number, step in enumerate(STEPS) if step.name == "plan")]
    with one_to_a_part():
        with entered(copied(before)):
            run_day(on=ON, first=FIRST, by=run.scene.home.case_worker)
            alone = picture()
        with entered(copied(before)):
            return [problem for _ in range(2) for problem in _shared(run.scene, workers, alone)]


def _shared(scene: Scene, workers: int, alone: Picture) -> list[str]:
    outcomes = at_once([lambda: share_day(scene), *([_helped] * (workers - 1))])
    found = [f"sharing: {outcome}" for outcome in outcomes if outcome not in {"effect", "nothing"}]
    return found + [f"sharing: {what}" for what in differences(picture(), alone)[:3]] + violations()


def share_day(scene: Scene) -> dict[str, object]:
    """The scene's day, run by one in whose parts others help."""
    with only_one(DAY) as mine, shared_day() as spread:
        assert mine
        steps = steps_of_day(on=ON, first=FIRST, by=scene.home.case_worker, spread=spread)
        return {name: step() for name, step in steps.items()}


def _helped() -> int:
    """Helps as soon as the day is run."""
    patience = monotonic() + 10
    while not is_held(DAY) and monotonic() < patience:
        sleep(0.001)
    return help_out()


@contextmanager
def one_to_a_part() -> Iterator[None]:
    """Inside, every resident is a part of their own."""
    usual, parts.PART = parts.PART, 1
    try:
        yield
    finally:
        parts.PART = usual


def round_of_spending(run: Undisturbed) -> list[str]:
    """Direct debits that together are more than a resident has: the first that fit, and no cent more."""
    with entered(copied(run.before[0])):
        scene, who = run.scene, factories.resident(run.scene.home, money="100.00")
        lines = [drawn("30.00", ON) for _ in range(PROCESSES)]
        taken = import_statement(
            data=Bank(scene.home.account.iban, Decimal("5000.00")).day(ON, *lines), name="d.xml", by=None, on=FIRST
        )
        entries = list(Entry.objects.filter(pk__in=taken.entry_ids).order_by("pk"))
        parts = [Part(Decimal("-30.00"), who)]

        def spend(entry: Entry) -> object:
            return decide_entry(entry=entry, parts=parts, on=ON, by=scene.home.case_worker)

        found = race(Job("spending", lambda number: spend(entries[number]), (BalanceTooLow,), effects=3))
        left = resident_balances([who.pk])[who.pk]
        return found + ([] if left == Decimal("10.00") else [f"{left} is left of 100.00"]) + violations()


def round_of_undoing(run: Undisturbed) -> list[str]:
    """One import undone by some while others decide about its entries: undone once, and no money is left behind."""
    with entered(copied(run.before[1])):
        scene, by = run.scene, run.scene.home.case_worker
        attempt, decide = StatementImport.objects.get(), next(step for step in STEPS if step.name == "decide")
        polite = {CannotUndo.__name__, NotWaiting.__name__}

        def undo() -> int:
            return undo_import(attempt=attempt, reason="x", on=ON, by=by)

        outcomes = at_once([undo if number % 2 else lambda: decide.do(scene) for number in range(PROCESSES)])
        found = [f"undoing: {outcome}" for outcome in outcomes if outcome not in {"effect", *polite}]
        if outcomes[1::2].count("effect") != 1:
            found.append(f"undoing: {outcomes}")
        return found + violations()


def round_of_mixture(run: Undisturbed) -> list[str]:
    """Statement, answer, planning, assembly, approval, release, cancelling and decisions, all at once: no deadlock."""
    settling = next(number for number, step in enumerate(STEPS) if step.name == "settle")
    with entered(copied(run.before[settling])):
        scene, home = run.scene, run.scene.home
        for who in scene.residents:
            factories.give(home, who, "900.00", on=ON)
            factories.charge(home, who, amount="40.00", day=4, category="energy")
        run_day(on=ON, first=FIRST)
        draft = assemble_batch(bank_account=home.account, on=ON, first=LATER, by=home.case_worker)
        works = list(_mixture(scene, draft))
        refusals = {kind.__name__ for kind in POLITE}
        outcomes = at_once([works[number % len(works)] for number in range(PROCESSES)])
        found = [f"mixture: {outcome}" for outcome in outcomes if outcome not in {"effect", "nothing", *refusals}]
        return found + violations()


LATER = FIRST + timedelta(days=3)
POLITE = (
    NotAllowed,
    AlreadyDecided,
    NothingToPay,
    NotWaiting,
    NothingToTakeBack,
    BalanceTooLow,
    AlreadyReversed,
    NotToBePaidAgain,
)


def _mixture(scene: Scene, draft: PaymentBatch) -> Iterator[Callable[[], object]]:
    home, steps = scene.home, {step.name: step for step in STEPS}
    by, account = home.case_worker, home.account
    decided = Entry.objects.get(counterparty_name="J. Voorbeeld")
    yield lambda: steps["settle"].do(scene)
    yield lambda: steps["answer"].do(scene)
    yield lambda: run_day(on=FIRST, first=LATER, by=by)
    yield lambda: assemble_batch(bank_account=account, on=FIRST, first=LATER, by=by)
    yield lambda: _signed(draft, home.approver)
    yield lambda: cancel_batch(batch=draft, reason="x", on=ON, by=by)
    yield lambda: take_back(entry=decided, reason="x", on=ON, by=by) or 1
    paid = PaymentOrder.objects.filter(state__in=["rejected", "released"]).first()
    if paid is not None:
        yield lambda: pay_again(order=paid, on=ON, first=LATER, by=by)
    yield lambda: reconsider(on=FIRST, first=LATER, by=by) or 1


def _signed(draft: PaymentBatch, by: User) -> PaymentBatch:
    approve_batch(batch=draft, digest=draft.digest, on=ON, by=by)
    return release_batch(batch=draft, now=NOW, by=by)


@contextmanager
def entered(name: str) -> Iterator[None]:
    """Inside a database that is dropped afterwards."""
    here = connection.settings_dict["NAME"]
    databases.enter(name)
    try:
        yield
    finally:
        databases.enter(here)
        databases.drop(name)
