"""Slows down whoever tries codes or passwords, and nobody else.

A try is counted before it is looked at, so that sixteen at once are sixteen. Counted are: an account from one address,
an account from everywhere, and an address. Whoever came in from an address this month is slowed there by their own
wrong tries only, so that nobody can lock out another, from elsewhere or from the next desk (reliability rule 4.4).
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from backend.models import Tries
from budgeting.actions.audit import record
from budgeting.models import User

QUIET = timedelta(hours=1)
KNOWN = timedelta(days=30)
LONGEST_WAIT = 15  # minutes


@dataclass(frozen=True, slots=True)
class Count:
    """One count: the digest it stands under, and how many wrong tries it lets pass before it makes wait."""

    key: str
    free: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try and its counts. `pair`, of an account from one address, is forgiven whole once a try is right."""

    counts: tuple[Count, ...]
    pair: str = ""


def with_code(request: HttpRequest) -> Attempt:
    """A code of a letter: unknown codes have no account, so that only the address is counted."""
    return Attempt((Count(_digest("code", address_of(request)), free=20),))


def with_help_code(user: User) -> Attempt:
    """A visitor's code, typed by a helper: each helper pays for their own wrong tries."""
    return Attempt((Count(_digest("help", user.username), free=5),))


def with_password(request: HttpRequest, name: str) -> Attempt:
    """A name and a password; a name that does not exist is counted as any other."""
    address, account = address_of(request), name.strip().casefold()[:150]
    pair, everywhere = _digest("pair", account, address), _digest("account", account)
    counts = (Count(pair, free=5), Count(everywhere, free=50), Count(_digest("address", address), free=20))
    return Attempt(counts, pair)


@transaction.atomic
def minutes_to_wait(attempt: Attempt, *, now: datetime) -> int:
    """0 when this try may be looked at: it is counted as wrong until `was_right`. Else the whole minutes to wait."""
    rows = _rows(attempt, now)
    counted = _counted(attempt, rows, now)
    waits = [wait for count in counted if (wait := rows[count.key].wait_until) and wait > now]
    if waits:
        return ceil((max(waits) - now) / timedelta(minutes=1))
    for count in counted:
        _count(rows[count.key], count, now)
    return 0


@transaction.atomic
def was_right(attempt: Attempt, *, now: datetime) -> None:
    """Takes the count of this try back; the account from this address is known from now on."""
    rows = _rows(attempt, now)
    for count in _counted(attempt, rows, now):
        row = rows[count.key]
        is_pair = count.key == attempt.pair
        # Elsewhere only this try: with an own account one cannot wipe out the tries on others.
        row.wrong = 0 if is_pair else max(0, row.wrong - 1)
        row.right_at = now if is_pair else None
        if row.wrong < count.free:
            row.wait_until = None
        row.save()


def address_of(request: HttpRequest) -> str:
    """Where the request came from. Behind our proxy: what the proxy saw, last in the list; the rest may be forged."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    # A home has a whole IPv6 network to choose addresses from.
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


def _count(row: Tries, count: Count, now: datetime) -> None:
    row.wrong = row.wrong + 1 if now - row.last_at < QUIET else 1
    row.last_at = now
    if row.wrong >= count.free:
        minutes = min(LONGEST_WAIT, 2 ** min(row.wrong - count.free, 4))
        row.wait_until = now + timedelta(minutes=minutes)
        record(action="login.slowed", subject="login", by=None, minutes=minutes)
    row.save()


def _rows(attempt: Attempt, now: datetime) -> dict[str, Tries]:
    """The rows of the counts, locked in one order; those that are not there yet are made."""
    keys = sorted(count.key for count in attempt.counts)
    forgotten = Tries.objects.filter(last_at__lt=now - KNOWN).select_for_update(skip_locked=True)
    Tries.objects.filter(pk__in=list(forgotten.values_list("pk", flat=True))).delete()
    Tries.objects.bulk_create([Tries(key=key, last_at=now) for key in keys], ignore_conflicts=True)
    return {row.key: row for row in Tries.objects.select_for_update().filter(key__in=keys).order_by("key")}


def _counted(attempt: Attempt, rows: dict[str, Tries], now: datetime) -> tuple[Count, ...]:
    """The counts that this try falls under: its own only, for who came in from this address lately."""
    right_at = rows[attempt.pair].right_at if attempt.pair else None
    if right_at is None or now - right_at >= KNOWN:
        return attempt.counts
    return tuple(count for count in attempt.counts if count.key == attempt.pair)


def _digest(*parts: str) -> str:
    return hmac.digest(settings.INDEX_KEY, "\x00".join(("tries", *parts)).encode(), hashlib.sha256).hex()
