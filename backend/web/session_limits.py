"""How long one may stay logged in: without doing anything, and in all (docs: reliability rule 4.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest

CAME_IN_AT = "came_in_at"
SEEN_AT = "seen_at"
# A page does not write to the session for less than this, so that reading a page stays reading.
WORTH_WRITING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest stay without a request, and the longest stay."""

    idle: timedelta
    total: timedelta


RESIDENT = Limit(idle=timedelta(minutes=15), total=timedelta(hours=2))
STAFF = Limit(idle=timedelta(minutes=30), total=timedelta(hours=10))


def come_in(request: HttpRequest, *, now: datetime) -> None:
    """Starts counting, at the moment of logging in."""
    request.session[CAME_IN_AT] = request.session[SEEN_AT] = now.isoformat()


def may_stay(request: HttpRequest, limit: Limit, *, now: datetime) -> bool:
    """Whether the stay is within its limit; if not, the session is ended. A stay that was not counted starts now."""
    came_in, seen = (_moment(request, key) for key in (CAME_IN_AT, SEEN_AT))
    if came_in is None or seen is None:
        come_in(request, now=now)
        return True
    if now - came_in > limit.total or now - seen > limit.idle:
        logout(request)
        return False
    if now - seen >= WORTH_WRITING:
        request.session[SEEN_AT] = now.isoformat()
    return True


def _moment(request: HttpRequest, key: str) -> datetime | None:
    written = request.session.get(key)
    return datetime.fromisoformat(written) if written else None
