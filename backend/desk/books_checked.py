"""The books held against every rule, beside the pages: in a large town that takes minutes. What was found is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from backend.models import WorkedOut
from budgeting.actions.audit import record
from budgeting.actions.books import Finding
from budgeting.models import User
from payments.actions.books import verify

NAME = "books"
# A check that has not ended by then was cut off, and may be asked for again.
CUT_OFF = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found last and when (None: never); `underway` when a check was asked for and is not done."""

    findings: list[Finding]
    at: datetime | None
    by: User | None
    underway: bool

    @property
    def broken(self) -> int:
        """How many rules do not hold."""
        return sum(not finding.ok for finding in self.findings)


def last_check(*, now: datetime) -> Checked:
    """In one query."""
    row = WorkedOut.objects.filter(name=NAME).select_related("asked_by").first()
    if row is None:
        return Checked([], None, None, underway=False)
    findings = [_finding(one) for one in row.facts.get("findings", [])]
    return Checked(findings, row.at, row.asked_by, _underway(row, now))


@transaction.atomic
def ask_check(*, now: datetime, by: User) -> bool:
    """Writes down who asks for a check; whether it is new. Whoever calls has it done."""
    row, _ = WorkedOut.objects.select_for_update().get_or_create(name=NAME)
    if _underway(row, now):
        return False
    row.asked_at, row.asked_by = now, by
    row.save(update_fields=["asked_at", "asked_by"])
    return True


def check_books(*, now: datetime) -> list[Finding]:
    """Checks and keeps what was found, with the event that it was; done again, it checks again."""
    findings = verify()
    with transaction.atomic():
        row, _ = WorkedOut.objects.select_for_update().get_or_create(name=NAME)
        row.facts, row.on, row.at = {"findings": [_told(one) for one in findings]}, now.date(), now
        row.asked_by = row.asked_by if row.asked_at else None
        row.asked_at = None
        row.save()
        broken = [one.id for one in findings if not one.ok]
        record(action="books.verified", subject=f"day:{row.on}", by=row.asked_by, broken=broken)
    return findings


def _underway(row: WorkedOut, now: datetime) -> bool:
    return row.asked_at is not None and now - row.asked_at < CUT_OFF


def _told(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {"difference": str(finding.difference)}


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(**{**row, "difference": Decimal(row["difference"])})
