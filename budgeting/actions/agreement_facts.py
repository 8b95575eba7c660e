"""Agreements as matching wants to know them, around the days of some entries."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q
from django.db.models.expressions import RawSQL

from budgeting.core.agreement_index import is_long_number
from budgeting.core.match_reasons import text_of
from budgeting.core.matching import AgreementFacts, Index
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.core.statement import Entry
from budgeting.core.words import word_list
from budgeting.models import Account, Agreement

# A due date this far from an entry can still be the one it pays: late income, a quarterly charge paid early.
AROUND = timedelta(days=45)
_NO_DIGIT = re.compile("[^0-9]")


def index_around(entries: Collection[Entry]) -> Index:
    """The agreements that may explain these entries: by an account they name, or by a reference or number in them.

    Of an account all agreements are there, because what only one resident has tells who it is.
    """
    if not entries:
        return Index(())
    days = [entry.booking_date for entry in entries]
    first, last = min(days) - AROUND, max(days) + AROUND
    rows = Agreement.objects.filter(valid_from__lte=last).exclude(valid_until__lte=first).filter(_may_explain(entries))
    agreements = list(rows.select_related("resident", "counterparty").prefetch_related("amounts").only(*_ASKED))
    ibans = _ibans({agreement.counterparty_id for agreement in agreements})
    facts = (facts_of(agreement, ibans[agreement.counterparty_id], first, last) for agreement in agreements)
    return Index(fact for fact in facts if fact is not None)


# What `facts_of` reads; a large payer has an agreement with everybody, and a resident's row is long.
_ASKED = (
    "direction", "category", "amount_low", "amount_high", "words", "marks", "reference", "recurrence", "window_days",
    "valid_from", "valid_until", "resident__household", "resident__last_name", "resident__ends_on",
    "counterparty__name",
)  # fmt: skip


# Rather too many than too few: the index itself looks whether the words are the same, and these only whether the digits
# are. What is written in other than plain letters and digits is always there, for its digits may read as plain ones.
_WITH_DIGITS = r"""
    SELECT id FROM agreement
    WHERE (reference <> '' AND regexp_replace(reference, '[^0-9]', '', 'g') = ANY(%s))
       OR EXISTS (SELECT FROM unnest(marks) AS mark
                  WHERE regexp_replace(mark, '[^0-9]', '', 'g') = ANY(%s) OR mark ~ '[^\x01-\x7f]')
"""


def _may_explain(entries: Iterable[Entry]) -> Q:
    """With an account that an entry names, the digits of its structured reference, or those of a long number in it."""
    named: set[str] = set()
    references: set[str] = set()
    numbers: set[str] = set()
    for entry in entries:
        named.add(entry.counterparty_iban)
        if entry.structured_reference:
            references.add(_digits(entry.structured_reference))
        numbers.update(_digits(word.decode()) for word in word_list(text_of(entry)) if is_long_number(word))
    payers = Account.objects.filter(iban__in=named, counterparty__isnull=False).values("counterparty")
    with_digits = RawSQL(_WITH_DIGITS, [sorted(references), sorted(numbers)])  # noqa: S611 - every value is a parameter
    return Q(counterparty__in=payers) | Q(pk__in=with_digits)


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


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
