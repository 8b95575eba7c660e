"""Fetches what was agreed, of many agreements at once: four questions, however many there are."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from budgeting.core.schedule import Pause
from budgeting.core.terms import Terms, recurrence_of
from budgeting.models import Agreement, AgreementAmount, AgreementException, AgreementPause

_BEFORE = ("pk", "resident", "counterparty", "account", "category", "description", "reference")
_AFTER = ("window_days", "amount_low", "amount_high", "valid_from", "valid_until", "resident__ends_on")


def terms_of(rows: QuerySet[Agreement]) -> list[Terms]:
    """The terms of these agreements, in order of their numbers."""
    # First the agreements: what is agreed of them at that moment is there when it is asked for after them.
    found = rows.order_by("pk").annotate(rhythm=Cast("recurrence", TextField()))
    listed = list(found.values_list(*_BEFORE, "rhythm", *_AFTER))
    numbers, whole = Subquery(rows.order_by().values("pk")), len(_BEFORE)
    amounts, exceptions, pauses = _amounts(numbers), _exceptions(numbers), _pauses(numbers)
    return [
        Terms._make((
            *row[:whole],
            recurrence_of(row[whole]),
            *row[whole + 1 :],
            amounts.get(row[0], ()),
            exceptions.get(row[0], frozenset()),
            pauses.get(row[0], ()),
        ))
        for row in listed
    ]  # fmt: skip


def _amounts(numbers: Subquery) -> Mapping[int, tuple[tuple[date, Decimal], ...]]:
    rows = AgreementAmount.objects.filter(agreement__in=numbers).order_by("agreement", "valid_from")
    found: dict[int, tuple[tuple[date, Decimal], ...]] = {}
    for number, valid_from, amount in rows.values_list("agreement", "valid_from", "amount"):
        found[number] = (*found.get(number, ()), (valid_from, amount))
    return found


def _exceptions(numbers: Subquery) -> Mapping[int, frozenset[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = AgreementException.objects.filter(agreement__in=numbers)
    for number, day in rows.values_list("agreement", "due_on"):
        found[number].add(day)
    return {number: frozenset(days) for number, days in found.items()}


def _pauses(numbers: Subquery) -> Mapping[int, tuple[Pause, ...]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    rows = AgreementPause.objects.filter(agreement__in=numbers)
    for number, begin, end in rows.values_list("agreement", "valid_from", "valid_until"):
        found[number].append((begin, end))
    return {number: tuple(pauses) for number, pauses in found.items()}
