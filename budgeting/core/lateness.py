"""How late payers are: which payment was for which due day, and how long to wait before money is called missing.

A payer's own habit counts: who was four days late before is not alarmed about on the fourth day, who was ten is given
fifteen. What comes later than two thirds of a turn is no habit but a miss.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

# A payment that nothing near explains is for the oldest due day still open, at most this long ago.
LATEST = timedelta(days=45)
MOST_PATIENCE = 21
# So few days late is what weekends and holidays do to every payer: it says nothing of this one.
ORDINARY = 3


def assigned(dues: Sequence[date], paid: Sequence[date], *, window: int) -> list[date | None]:
    """For each day paid (in order) the due day it was for: the nearest open one within the window, then the nearest at
    all within it (a second payment), else the oldest open one before; None when there is none."""
    open_days, found = list(dues), []
    for day in paid:
        near = _near(open_days, day, window) or _near(dues, day, window)
        late = [due for due in open_days if timedelta(0) <= day - due <= LATEST]
        chosen = near[0] if near else late[0] if late else None
        if chosen in open_days:
            open_days.remove(chosen)
        found.append(chosen)
    return found


def habit(lateness: Iterable[int], *, turn: int) -> int:
    """How many days late may still come, from how late payments were before: half as late again as the latest so far,
    but no more than two thirds of a turn (its length in days) and three weeks.

    Half again, because the latest so far is seldom the latest there will be.
    """
    most = min(turn * 2 // 3, MOST_PATIENCE)
    latest = max((days for days in lateness if 0 < days <= most), default=0)
    return min(latest + (latest + 1) // 2, most) if latest > ORDINARY else latest


def _near(dues: Sequence[date], day: date, window: int) -> list[date]:
    near = [due for due in dues if abs((day - due).days) <= window]
    return sorted(near, key=lambda due: (abs((day - due).days), due))
