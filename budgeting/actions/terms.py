"""Fetches what was agreed, of many agreements at once: three questions, however many there are."""

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
    details, whole = _details([row[0] for row in listed]), len(_BEFORE)
    ends, nothing = _ends({row[1] for row in listed}), _Details([], set(), [])
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


def _ends(residents: Collection[int]) -> dict[int, date | None]:
    """Of who takes part no more from some day on, that day. Asked apart: with the agreements, the database would go
    through everybody for the few thousand agreements of a part."""
    rows = Resident.objects.filter(among("pk", residents), ends_on__isnull=False)
    return dict(rows.values_list("pk", "ends_on"))


class _Details(NamedTuple):
    """What was agreed of one agreement from a day on, on which days not, and in which stretches not."""

    amounts: list[tuple[date, Decimal]]
    exceptions: set[date]
    pauses: list[Pause]

    @property
    def whole(self) -> tuple[tuple[tuple[date, Decimal], ...], frozenset[date], tuple[Pause, ...]]:
        return tuple(self.amounts), frozenset(self.exceptions), tuple(self.pauses)


def _details(numbers: Collection[int]) -> Mapping[int, _Details]:
    """Asked as one: amounts, exceptions and pauses have a day, and two of them one thing more."""
    theirs = among("agreement", numbers)
    amounts = _rows(AgreementAmount.objects.filter(theirs), _AMOUNT, "valid_from", amount=F("amount"))
    exceptions = _rows(AgreementException.objects.filter(theirs), _EXCEPTION, "due_on")
    pauses = _rows(AgreementPause.objects.filter(theirs), _PAUSE, "valid_from", end=F("valid_until"))
    found: dict[int, _Details] = {}
    for kind, number, day, amount, end in amounts.union(exceptions, pauses, all=True).order_by("day"):
        of_agreement = found.setdefault(number, _Details([], set(), []))
        if kind == _AMOUNT:
            of_agreement.amounts.append((day, amount))
        elif kind == _EXCEPTION:
            of_agreement.exceptions.add(day)
        else:
            of_agreement.pauses.append((day, end))
    return found


_AMOUNT, _EXCEPTION, _PAUSE = range(3)


def _rows(rows: QuerySet[Any], kind: int, day: str, **more: F) -> QuerySet[Any, Any]:
    """The rows in the columns that all kinds share."""
    told: QuerySet[Any, Any] = rows.order_by().annotate(
        kind=Value(kind, IntegerField()),
        number=F("agreement_id"),
        day=F(day),
        euro=Cast(more.get("amount", Value(None)), DecimalField(max_digits=12, decimal_places=2)),
        end=Cast(more.get("end", Value(None)), DateField()),
    )
    return told.values_list("kind", "number", "day", "euro", "end")
