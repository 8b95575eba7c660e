"""A person decides about a file that was held: take it in after all, or refuse it for good. Once, with a reason."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from budgeting import access
from budgeting.actions.audit import record
from budgeting.actions.locks import hold
from budgeting.actions.statements import ImportResult, import_statement
from budgeting.core.held import MAY_BE_ANSWERED_FOR, ways_out
from budgeting.core.statement import Problem
from budgeting.models import HeldDecision, StatementImport, User


class NotHeld(Exception):
    """The attempt was not held, or it was decided before: `who` decided ("" when it never was held)."""

    def __init__(self, who: str = "") -> None:
        super().__init__(f"decided by {who}" if who else "not held")
        self.who = who


class StillHeld(Exception):
    """Nothing was changed: `problems` still hold the file, whoever answers for the rest."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class ReasonMissing(ValueError):
    """A decision says why."""


@transaction.atomic
def take_up(
    *,
    attempt: StatementImport,
    reason: str,
    on: date,
    by: User,
    balances: tuple[Decimal, Decimal] | None = None,
) -> ImportResult:
    """Takes in the bytes of a held file, with the balances a person read on paper where the format has none.

    What a person may answer for (`core.held`) no longer holds it; anything else does: `StillHeld`, nothing is changed.
    Raises `NotHeld` when somebody decided before.
    """
    access.check_may(by, "import_statements", on=on)
    held = _locked(attempt, reason)
    if not ways_out(_codes(held)).may_be_taken_up:
        raise StillHeld(_problems(held))
    file = held.file
    result = import_statement(
        data=bytes(file.content), name=file.name, by=by, on=on, balances=balances, despite=MAY_BE_ANSWERED_FOR
    )
    if result.status not in {"imported", "already_imported"}:
        raise StillHeld(tuple(one for one in result.problems if one.severity != "note"))
    opening, closing = balances or (None, None)
    verdict = HeldDecision.Verdict.TAKEN_UP
    HeldDecision.objects.create(
        attempt=held, verdict=verdict, reason=reason, opening=opening, closing=closing, became_id=result.attempt_id,
        decided_by=by, decided_on=on,
    )  # fmt: skip
    record(
        action="statement.taken_up", subject=f"import:{held.pk}", by=by, reason=reason, became=result.attempt_id,
        despite=sorted(_codes(held)), opening=opening, closing=closing,
    )  # fmt: skip
    return result


@transaction.atomic
def refuse(*, attempt: StatementImport, reason: str, on: date, by: User) -> HeldDecision:
    """The file is not taken in, ever; its bytes stay. Raises `NotHeld` when somebody decided before."""
    access.check_may(by, "import_statements", on=on)
    held = _locked(attempt, reason)
    verdict = HeldDecision.Verdict.REFUSED
    made = HeldDecision.objects.create(attempt=held, verdict=verdict, reason=reason, decided_by=by, decided_on=on)
    record(action="statement.refused", subject=f"import:{held.pk}", by=by, reason=reason)
    return made


def _locked(attempt: StatementImport, reason: str) -> StatementImport:
    """The attempt, which nobody else decides about until the transaction ends."""
    if not reason.strip():
        raise ReasonMissing
    hold("held", attempt.pk)
    decision = HeldDecision.objects.select_related("decided_by").filter(attempt=attempt).first()
    if decision is not None:
        raise NotHeld(str(decision.decided_by))
    if attempt.status != StatementImport.Status.HELD:
        raise NotHeld
    return attempt


def _problems(attempt: StatementImport) -> tuple[Problem, ...]:
    rows = (row for row in attempt.problems if row.get("severity", "hold") == "hold")
    return tuple(Problem(row["code"], row["where"], row["values"], "hold") for row in rows)


def _codes(attempt: StatementImport) -> set[str]:
    return {problem.code for problem in _problems(attempt)}
