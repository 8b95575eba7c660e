"""How long one may stay logged in: without doing anything, and in all (docs: reliability rule 4.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone

CAME_IN_AT = "came_in_at"
SEEN_AT = "seen_at"
SHARED_COMPUTER = "shared_computer"
# A page does not write to the session for less than this, so that reading a page stays reading.
WORTH_WRITING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest stay without a request, and the longest stay."""

    idle: timedelta
    total: timedelta


RESIDENT = Limit(idle=timedelta(minutes=15), total=timedelta(hours=2))
# In a library the next person sits down soon.
SHARED = Limit(idle=timedelta(minutes=5), total=timedelta(minutes=20))
HELPER = Limit(idle=timedelta(minutes=5), total=timedelta(minutes=30))
STAFF = Limit(idle=timedelta(minutes=30), total=timedelta(hours=10))


def come_in(request: HttpRequest, *, now: datetime) -> None:
    """Starts counting, at the moment of logging in."""
    request.session[CAME_IN_AT] = request.session[SEEN_AT] = now.isoformat()


def may_stay(request: HttpRequest, limit: Limit, *, now: datetime) -> bool:
    """Whether the stay is within its limit; if not, the session is ended. A stay that was not counted starts now."""
    seen = _moment(request, SEEN_AT)
    if seen is None or _moment(request, CAME_IN_AT) is None:
        come_in(request, now=now)
        return True
    if is_over(request, limit, now=now):
        logout(request)
        return False
    if now - seen >= WORTH_WRITING:
        request.session[SEEN_AT] = now.isoformat()
    return True


def is_over(request: HttpRequest, limit: Limit, *, now: datetime) -> bool:
    """Whether a stay that was counted is past its limit; the page itself leaves on the last second."""
    came_in, seen = (_moment(request, key) for key in (CAME_IN_AT, SEEN_AT))
    if came_in is None or seen is None:
        return False
    return now - came_in >= limit.total or now - seen >= limit.idle


def limit_of(request: HttpRequest) -> Limit:
    """The limit of a resident's stay: a short one when they said that others use this computer."""
    return SHARED if request.session.get(SHARED_COMPUTER) else RESIDENT


def ends_at(request: HttpRequest, limit: Limit, *, now: datetime) -> datetime:
    """When the stay ends if nothing more is asked for after `now`, in local time."""
    came_in = _moment(request, CAME_IN_AT) or now
    return timezone.localtime(min(came_in + limit.total, now + limit.idle))


def _moment(request: HttpRequest, key: str) -> datetime | None:
    written = request.session.get(key)
    return datetime.fromisoformat(written) if written else None
