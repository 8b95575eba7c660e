"""Fetches what was agreed, of many agreements at once: two questions, however many there are."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DateField, DecimalField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from budgeting.core.schedule import Pause
from budgeting.core.terms import Terms, recurrence_of
from budgeting.models import Agreement, AgreementAmount, AgreementException, AgreementPause, Resident
from budgeting.models.among import among

_BEFORE = ("pk", "resident", "counterparty", "account", "category", "description", "reference")
_AFTER = ("window_days", "amount_low", "amount_high", "valid_from", "valid_until", "direction")


def terms_of(rows: QuerySet[Agreement]) -> list[Terms]:
    """The terms of these agreements, in order of their numbers."""
    # First the agreements: what is agreed of them at that moment is there when it is asked for after them.
    found = rows.order_by("pk").annotate(rhythm=Cast("recurrence", TextField()))
    listed = list(found.values_list(*_BEFORE, "rhythm", *_AFTER))
    details, ends = _details([row[0] for row in listed], {row[1] for row in listed})
    nothing, whole = _Details([], set(), []), len(_BEFORE)
    return [
        Terms._make((
            *row[:whole],
            recurrence_of(row[whole]),
            *row[whole + 1 : -1],
            ends.get(row[1]),
            *details.get(row[0], nothing).whole,
            row[-1],
        ))
        for row in listed
    ]  # fmt: skip


class _Details(NamedTuple):
    """What was agreed of one agreement from a day on, on which days not, and in which stretches not."""

    amounts: list[tuple[date, Decimal]]
    exceptions: set[date]
    pauses: list[Pause]

    @property
    def whole(self) -> tuple[tuple[tuple[date, Decimal], ...], frozenset[date], tuple[Pause, ...]]:
        return tuple(self.amounts), frozenset(self.exceptions), tuple(self.pauses)


def _details(numbers: Collection[int], residents: Collection[int]) -> tuple[Mapping[int, _Details], Mapping[int, date]]:
    """Of the agreements, and from which day on whoever takes part no more does not. Asked as one: amounts, exceptions,
    pauses and ends have a day, and two of them one thing more.

    The ends are not asked with the agreements: for the few thousand of a part the database would go through everybody.
    """
    theirs = among("agreement", numbers)
    amounts = _rows(AgreementAmount.objects.filter(theirs), _AMOUNT, "valid_from", amount=F("amount"))
    exceptions = _rows(AgreementException.objects.filter(theirs), _EXCEPTION, "due_on")
    pauses = _rows(AgreementPause.objects.filter(theirs), _PAUSE, "valid_from", end=F("valid_until"))
    whose = Resident.objects.filter(among("pk", residents), ends_on__isnull=False)
    ends = _rows(whose, _END, "ends_on", about=F("pk"))
    found: dict[int, _Details] = {}
    ended: dict[int, date] = {}
    for kind, number, day, amount, end in amounts.union(exceptions, pauses, ends, all=True).order_by("day"):
        if kind == _END:
            ended[number] = day
            continue
        of_agreement = found.setdefault(number, _Details([], set(), []))
        if kind == _AMOUNT:
            of_agreement.amounts.append((day, amount))
        elif kind == _EXCEPTION:
            of_agreement.exceptions.add(day)
        else:
            of_agreement.pauses.append((day, end))
    return found, ended


_AMOUNT, _EXCEPTION, _PAUSE, _END = range(4)


def _rows(rows: QuerySet[Any], kind: int, day: str, **more: F) -> QuerySet[Any, Any]:
    """The rows in the columns that all kinds share."""
    told: QuerySet[Any, Any] = rows.order_by().annotate(
        kind=Value(kind, IntegerField()),
        about=more.get("about", F("agreement_id")),
        day=F(day),
        euro=Cast(more.get("amount", Value(None)), DecimalField(max_digits=12, decimal_places=2)),
        end=Cast(more.get("end", Value(None)), DateField()),
    )
    return told.values_list("kind", "about", "day", "euro", "end")
