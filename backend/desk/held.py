"""One file that was held: what is wrong, what stands in it, what can be done, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accessibility.problems import ProblemInWords, in_words, problem_of
from budgeting.core.held import WaysOut, ways_out
from budgeting.core.money import ZERO
from budgeting.core.readers import read
from budgeting.core.statement import Statement
from budgeting.models import HeldDecision, StatementImport

# A larger file would take more than a moment to read again for a page.
READ_AGAIN = 5 * 1024 * 1024
MOST = 10


@dataclass(frozen=True, slots=True)
class Within:
    """One statement of the file, in euro; `first` and `last` are booking days, None when nothing was booked."""

    account: str
    count: int
    came_in: Decimal
    went_out: Decimal
    opening: Decimal | None
    closing: Decimal | None
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """All that the page tells. `within` is empty for a file too large to read for a page."""

    attempt: StatementImport
    problems: list[ProblemInWords]
    ways: WaysOut
    within: list[Within]
    decision: HeldDecision | None

    @property
    def goes_by_itself(self) -> bool:
        """Whether it only waits for other days to come in."""
        return self.ways.may_be_taken_up and not self.ways.needs_balances


def held_facts(number: int, *, on: date) -> HeldFacts | None:
    """None when there is no such held file."""
    rows = StatementImport.objects.filter(pk=number, status=StatementImport.Status.HELD)
    attempt = rows.select_related("file", "tried_by", "decision__decided_by").defer("file__content").first()
    if attempt is None:
        return None
    held = [row for row in attempt.problems if row.get("severity", "hold") == "hold"]
    problems = [in_words(problem_of(row), file=attempt.file.name) for row in attempt.problems]
    decision = getattr(attempt, "decision", None)
    within = _within(attempt, on) if decision is None else []
    return HeldFacts(attempt, problems, ways_out(str(row["code"]) for row in held), within, decision)


def _within(attempt: StatementImport, on: date) -> list[Within]:
    if attempt.file.size > READ_AGAIN:
        return []
    return [_statement(one) for one in read(bytes(attempt.file.content), on=on).statements[:MOST]]


def _statement(one: Statement) -> Within:
    days = [entry.booking_date for entry in one.entries]
    amounts = [entry.amount for entry in one.entries]
    return Within(
        account=one.account,
        count=len(one.entries),
        came_in=_sum([value for value in amounts if value > 0]),
        went_out=-_sum([value for value in amounts if value < 0]),
        opening=one.opening.amount if one.opening else None,
        closing=one.closing.amount if one.closing else None,
        first=min(days, default=None),
        last=max(days, default=None),
    )


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
