"""Opens an alert for what is amiss, once; closes it by itself when it is solved; a person may snooze it with a reason.

Runs every day and may run again: what stands already is left as it is, snoozed or not, and comes up once only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from budgeting import access
from budgeting.actions.alert_facts import LOOK_BACK, Incomes
from budgeting.actions.audit import record
from budgeting.actions.locks import hold, hold_part
from budgeting.core import alerts as rules
from budgeting.core.alerts import Due, Paid
from budgeting.core.lateness import Payers
from budgeting.models import Agreement, Alert, Resident, User
from budgeting.models.alerts import AlertQuerySet
from budgeting.models.among import EVERYONE, among

# What is older than this when it is first looked at, is history: nobody is asked about it.
FRESH = timedelta(days=62)
FOREWARNING_DAYS = 14

Key = tuple[str, int, date | None]
_Looked = tuple[Sequence[Due], Sequence[Paid]]
Balances = Mapping[int, Sequence[tuple[date, Decimal]]]


class NoReason(ValueError):
    """Putting an alert off, or away, needs a reason in words."""


class NotStanding(Exception):
    """The alert was closed before."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a run did: opened, opened again, closed because solved, closed because too old; and how many stand."""

    opened: int = 0
    reopened: int = 0
    solved: int = 0
    passed: int = 0
    standing: int = 0


@transaction.atomic
def refresh_alerts(
    *,
    on: date,
    incomes: Incomes,
    payers: Payers | None,
    charges: _Looked = ((), ()),
    balances: Balances | None = None,
    residents: range = EVERYONE,
    by: User | None = None,
) -> Refreshed:
    """Looks at all agreements as they stand on a day, or at those of a part of the residents, one of the same parts
    every time.

    `incomes` are theirs, `payers` how late all payers were. As long as that is not known (None), agreements that hang
    on it (`Incomes.waiting`) are left as they stand, for `look_again`. `charges` are due days and payments of what we
    pay ourselves. `balances` are the coming days of each resident in euro, own money and what may be lent together.
    """
    hold_alerts(residents)
    waiting = incomes.waiting(on) if payers is None else []
    theirs = Alert.objects.filter(among("resident", residents)).exclude(agreement__in=waiting)
    looked = incomes.facts(payers or Payers(), without=waiting)
    return _refreshed(theirs, _found(on, looked, charges, balances or {}), on, by)


@transaction.atomic
def look_again(
    *, on: date, incomes: Incomes, payers: Payers, agreements: Collection[int], residents: range, by: User | None = None
) -> Refreshed:
    """Looks at the agreements that `refresh_alerts` left, of a part of the residents."""
    hold_alerts(residents)
    theirs = Alert.objects.filter(agreement__in=agreements)
    return _refreshed(theirs, _found(on, incomes.facts(payers), ((), ()), {}), on, by)


def hold_alerts(residents: range) -> None:
    """Nobody else looks at these residents until the end of the transaction."""
    if residents is EVERYONE:
        hold("alerts")
    else:
        hold_part("alerts", residents.start)


@transaction.atomic
def snooze_alert(*, alert: Alert, until: date, reason: str, on: date, by: User) -> Alert:
    """Not before `until` again. Raises `NoReason`, `NotStanding` or `access.NotAllowed`."""
    row = _of_theirs(alert, reason, on, by)
    if until <= on:
        raise NoReason
    row.snoozed_until, row.snoozed_by, row.reason = until, by, reason
    row.save(update_fields=["snoozed_until", "snoozed_by", "reason"])
    _tell("snoozed", row, by, until=until, reason=reason)
    return row


@transaction.atomic
def put_away_alert(*, alert: Alert, reason: str, on: date, by: User) -> Alert:
    """A person has looked and says that it is well; it does not come back. Raises as `snooze_alert`."""
    row = _of_theirs(alert, reason, on, by)
    row.closed_on, row.closed_because, row.closed_by, row.reason = on, "seen", by, reason
    row.save(update_fields=["closed_on", "closed_because", "closed_by", "reason"])
    _tell("seen", row, by, reason=reason)
    return row


def _refreshed(theirs: AlertQuerySet, found_now: Iterable[rules.Alert], on: date, by: User | None) -> Refreshed:
    """What stands follows what was found, of the same agreements and residents."""
    found = {_key(alert): alert for alert in found_now}
    rows = list(theirs.standing().exclude(kind=rules.DENIED).select_for_update(no_key=True))
    rows += theirs.filter(closed_on__isnull=False, period__gt=on - LOOK_BACK).exclude(closed_because="seen")
    known = {_key_of(row): row for row in rows}
    seen = _seen(theirs, on)
    fresh = [alert for key, alert in found.items() if key not in known and key not in seen and _is_fresh(alert, on)]
    _open(fresh, on, by)
    again = [row for key, row in known.items() if key in found and row.closed_on is not None]
    _reopen(again, found, on, by)
    _bring_up_to_date([row for key, row in known.items() if key in found and row.closed_on is None], found)
    gone = [row for key, row in known.items() if key not in found and row.closed_on is None]
    passed = [row for row in gone if row.period and row.period <= on - LOOK_BACK]
    solved = [row for row in gone if row not in passed]
    _close(solved, "solved", on, by)
    _close(passed, "passed", on, by)
    return Refreshed(len(fresh), len(again), len(solved), len(passed), theirs.standing().count())


def _of_theirs(alert: Alert, reason: str, on: date, by: User) -> Alert:
    access.check_may(by, "change_residents", on=on)
    if not access.may_see(by, alert.resident, on=on):
        raise access.NotAllowed("change_residents")
    if not reason.strip():
        raise NoReason
    row = Alert.objects.select_for_update(no_key=True).get(pk=alert.pk)
    if row.closed_on is not None:
        raise NotStanding
    return row


def _found(on: date, income: _Looked, charges: _Looked, balances: Balances) -> Iterable[rules.Alert]:
    again = {(payment.agreement_id, payment.day) for payment in charges[1] if not payment.returned}
    for alert in rules.alerts([*income[0], *charges[0]], [*income[1], *charges[1]], on=on):
        # What came back and was paid after all is solved.
        if alert.code != "payment_returned" or (alert.subject, alert.period) not in again:
            yield alert
    for resident, days in balances.items():
        if running_out := rules.balance_alert(resident, days, on=on, days=FOREWARNING_DAYS):
            yield running_out


def _key(alert: rules.Alert) -> Key:
    return alert.code, int(alert.subject), alert.period


def _key_of(row: Alert) -> Key:
    return row.kind, row.agreement_id or row.resident_id, row.period


def _seen(theirs: AlertQuerySet, on: date) -> set[Key]:
    """What a person has put away stays away."""
    rows = theirs.filter(closed_because="seen", agreement__isnull=False, period__gt=on - LOOK_BACK)
    return {_key_of(row) for row in rows}


def _is_fresh(alert: rules.Alert, on: date) -> bool:
    return alert.period is None or alert.period > on - FRESH


def _open(found: Sequence[rules.Alert], on: date, by: User | None) -> None:
    numbers = {int(alert.subject) for alert in found if alert.period is not None}
    residents = dict(Agreement.objects.filter(pk__in=numbers).values_list("pk", "resident"))
    rows = [_row(alert, residents, on) for alert in found]
    for row in Alert.objects.bulk_create(rows, batch_size=1000):
        _tell("opened", row, by)


def _row(alert: rules.Alert, residents: Mapping[int, int], on: date) -> Alert:
    number = int(alert.subject)
    of_agreement = alert.period is not None
    return Alert(
        resident_id=residents[number] if of_agreement else number,
        agreement_id=number if of_agreement else None,
        kind=alert.code,
        period=alert.period,
        facts=_facts(alert),
        opened_on=on,
    )


def _facts(alert: rules.Alert) -> dict[str, Any]:
    return {name: _plain(value) for name, value in alert.values.items()}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


def _reopen(rows: Sequence[Alert], found: Mapping[Key, rules.Alert], on: date, by: User | None) -> None:
    for row in rows:
        row.facts, row.opened_on, row.closed_on, row.closed_because = _facts(found[_key_of(row)]), on, None, ""
        row.snoozed_until, row.snoozed_by, row.reason = None, None, ""
        _tell("reopened", row, by)
    changed = ["facts", "opened_on", "closed_on", "closed_because", "snoozed_until", "snoozed_by", "reason"]
    Alert.objects.bulk_update(rows, changed, batch_size=1000)


def _bring_up_to_date(rows: Sequence[Alert], found: Mapping[Key, rules.Alert]) -> None:
    """What stands tells of today: a day that has passed is no warning, and days late grow."""
    changed = [row for row in rows if row.facts != _facts(found[_key_of(row)])]
    for row in changed:
        row.facts = _facts(found[_key_of(row)])
    Alert.objects.bulk_update(changed, ["facts"], batch_size=1000)


def _close(rows: Sequence[Alert], because: str, on: date, by: User | None) -> None:
    for row in rows:
        row.closed_on, row.closed_because = on, because
        _tell(because, row, by)
    Alert.objects.bulk_update(rows, ["closed_on", "closed_because"], batch_size=1000)


def _tell(what: str, row: Alert, by: User | None, **facts: object) -> None:
    number: int = row.resident_id
    told = {"kind": row.kind, "period": row.period, **facts}
    record(action=f"alert.{what}", subject=f"alert:{row.pk}", by=by, resident_id=number, **_given(told))


def _given(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}


def residents_to_call(*, on: date) -> list[Resident]:
    """Who has something that wants a look, the longest waiting first."""
    rows = Alert.objects.awake(on).order_by("opened_on", "pk").values_list("resident", flat=True)
    numbers = list(dict.fromkeys(rows))
    found = Resident.objects.in_bulk(numbers)
    return [found[number] for number in numbers]
