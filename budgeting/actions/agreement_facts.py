"""Agreements as matching wants to know them, around the days of some entries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from budgeting.core.matching import AgreementFacts, Index
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Account, Agreement

# A due date this far from an entry can still be the one it pays: late income, a quarterly charge paid early.
AROUND = timedelta(days=45)


def index_around(days: Iterable[date]) -> Index:
    """All agreements that may explain entries booked on these days."""
    found = sorted(days)
    first, last = found[0] - AROUND, found[-1] + AROUND
    rows = Agreement.objects.filter(valid_from__lte=last).exclude(valid_until__lte=first)
    agreements = list(rows.select_related("resident", "counterparty").prefetch_related("amounts"))
    ibans = _ibans({agreement.counterparty_id for agreement in agreements})
    facts = (facts_of(agreement, ibans[agreement.counterparty_id], first, last) for agreement in agreements)
    return Index(fact for fact in facts if fact is not None)


def facts_of(agreement: Agreement, ibans: frozenset[str], first: date, last: date) -> AgreementFacts | None:
    """One agreement between two days; None when no amount was agreed yet."""
    amounts = _amounts(agreement, first, last)
    if not amounts:
        return None
    until = _until(agreement)
    recurrence = Recurrence.from_dict(agreement.recurrence)
    return AgreementFacts(
        id=agreement.pk,
        resident=agreement.resident_id,
        household=agreement.resident.household_id,
        direction="in" if agreement.direction == "in" else "out",
        amount=amounts[-1],
        amount_low=min(agreement.amount_low or amounts[-1], *amounts, amounts[-1]),
        amount_high=max(agreement.amount_high or amounts[-1], *amounts, amounts[-1]),
        ibans=ibans,
        words=tuple(agreement.words),
        marks=tuple(agreement.marks),
        name_words=tuple(agreement.resident.last_name.split()),
        reference=agreement.reference,
        expected=due_dates(recurrence, since=first, until=last, valid_from=agreement.valid_from, valid_until=until),
        window=agreement.window_days,
        category=agreement.category,
        counterparty_name=agreement.counterparty.name,
        valid_from=agreement.valid_from,
        valid_until=until,
    )


def _until(agreement: Agreement) -> date | None:
    """An agreement holds no longer than its resident takes part: what comes later waits for a person."""
    ends = [day for day in (agreement.valid_until, agreement.resident.ends_on) if day is not None]
    return min(ends, default=None)


def _amounts(agreement: Agreement, first: date, last: date) -> list[Decimal]:
    """The amounts agreed for any day between the two, the latest last."""
    terms = sorted(
        (term for term in agreement.amounts.all() if term.valid_from <= last), key=lambda term: term.valid_from
    )
    before = [term.amount for term in terms if term.valid_from <= first][-1:]
    return before + [term.amount for term in terms if term.valid_from > first]


def _ibans(counterparties: set[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for counterparty, iban in Account.objects.filter(counterparty__in=counterparties).values_list(
        "counterparty", "iban"
    ):
        found[counterparty].add(iban)
    return defaultdict(frozenset, {number: frozenset(ibans) for number, ibans in found.items()})
