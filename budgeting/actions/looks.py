"""Writes who looked at whose file, before the page is sent: no event, no page."""

from collections.abc import Iterable

from budgeting.actions.audit import record
from budgeting.models import User


def look_at_resident(*, resident: int, page: str, by: User) -> None:
    """One colleague opens one page about one resident."""
    record(action="looked", subject=f"resident:{resident}", by=by, resident_id=resident, page=page)


def look_at_residents(*, residents: Iterable[int], page: str, by: User) -> None:
    """A page that names several residents; one about nobody is not written."""
    numbers = sorted(set(residents))
    if numbers:
        record(action="looked", subject=f"page:{page}", by=by, page=page, residents=numbers)
