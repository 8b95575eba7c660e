"""Agreements as matching wants to know them, around the days of some entries."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar

from django.db.models import BooleanField, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from budgeting.actions.bulk import some_at_a_time
from budgeting.core.agreement_index import is_long_number
from budgeting.core.match_reasons import text_of
from budgeting.core.matching import AgreementFacts, Index
from budgeting.core.schedule import due_dates
from budgeting.core.statement import Entry
from budgeting.core.terms import recurrence_of
from budgeting.core.words import word_list
from budgeting.models import Account, Agreement, AgreementAmount
from budgeting.models.among import among

# A due date this far from an entry can still be the one it pays: late income, a quarterly charge paid early.
AROUND = timedelta(days=45)
_NO_DIGIT = re.compile("[^0-9]")
_Same = TypeVar("_Same")


def index_around(entries: Collection[Entry]) -> Index:
    """The agreements that may explain these entries: by an account they name, or by a reference or number in them.

    Of an account all agreements are there, because what only one resident has tells who it is.
    """
    if not entries:
        return Index(())
    days = [entry.booking_date for entry in entries]
    return Index(facts_of(Agreement.objects.filter(_may_explain(entries)), min(days) - AROUND, max(days) + AROUND))


def facts_of(agreements: QuerySet[Agreement], first: date, last: date) -> Iterator[AgreementFacts]:
    """Those of the agreements that are in force between two days, and of which an amount was agreed by then.

    Plain rows, some at a time: a large payer has an agreement with everybody.
    """
    in_force = agreements.filter(valid_from__lte=last).exclude(valid_until__lte=first).order_by("pk")
    # Which they are is asked once: it may take a look at all agreements there are.
    for numbers in some_at_a_time(list(in_force.values_list("pk", flat=True))):
        near = Agreement.objects.filter(among("pk", numbers)).order_by("pk")
        amounts, ibans = _amounts(numbers, first, last), _ibans(near)
        rows = near.annotate(rhythm=Cast("recurrence", TextField())).values_list(*_Row._fields[:-1], "rhythm")
        for row in map(_Row._make, rows):
            if row.id in amounts:
                yield _facts(row, amounts[row.id], ibans[row.counterparty_id], first, last)


class _Row(NamedTuple):
    """What is asked of an agreement."""

    id: int
    resident_id: int
    resident__household: int | None
    resident__last_name: str
    resident__ends_on: date | None
    counterparty_id: int
    counterparty__name: str
    direction: Literal["in", "out"]
    category: str
    amount_low: Decimal | None
    amount_high: Decimal | None
    words: list[str]
    marks: list[str]
    reference: str
    window_days: int
    valid_from: date
    valid_until: date | None
    rhythm: str


# Rather too many than too few: the index itself looks whether the words are the same, and these only whether the digits
# are. What is written in other than plain letters and digits is always there, for its digits may read as plain ones.
# A condition of each row, and no list of rows to look each up in: that would be searched as often as it is long.
_WITH_DIGITS = r"""(
    ("agreement".reference <> '' AND regexp_replace("agreement".reference, '[^0-9]', '', 'g') = ANY(%s))
    OR EXISTS (SELECT FROM unnest("agreement".marks) AS mark
               WHERE regexp_replace(mark, '[^0-9]', '', 'g') = ANY(%s) OR mark ~ '[^\x01-\x7f]')
)"""


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
    values = [sorted(references), sorted(numbers)]
    with_digits = RawSQL(_WITH_DIGITS, values, output_field=BooleanField())  # noqa: S611 - every value is a parameter
    return Q(counterparty__in=payers) | Q(with_digits)


def _digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


def _facts(row: _Row, amounts: Sequence[Decimal], ibans: frozenset[str], first: date, last: date) -> AgreementFacts:
    until = _until(row)
    rhythm = recurrence_of(row.rhythm)
    return AgreementFacts(
        id=row.id,
        resident=row.resident_id,
        household=row.resident__household,
        direction=row.direction,
        amount=amounts[-1],
        amount_low=min(row.amount_low or amounts[-1], *amounts, amounts[-1]),
        amount_high=max(row.amount_high or amounts[-1], *amounts, amounts[-1]),
        ibans=ibans,
        words=_once(tuple(row.words)),
        marks=tuple(row.marks),
        name_words=_name(row.resident__last_name),
        reference=row.reference,
        expected=due_dates(rhythm, since=first, until=last, valid_from=row.valid_from, valid_until=until),
        window=row.window_days,
        category=row.category,
        counterparty_name=_once(row.counterparty__name),
        valid_from=row.valid_from,
        valid_until=until,
    )


@lru_cache(maxsize=4096)
def _once(value: _Same) -> _Same:
    """The same object for equal values: thousands of agreements have the words and the name of their payer."""
    return value


@lru_cache(maxsize=16_384)
def _name(last_name: str) -> tuple[str, ...]:
    return tuple(last_name.split())


def _until(row: _Row) -> date | None:
    """An agreement holds no longer than its resident takes part: what comes later waits for a person."""
    ends = [day for day in (row.valid_until, row.resident__ends_on) if day is not None]
    return min(ends, default=None)


def _amounts(agreements: Collection[int], first: date, last: date) -> dict[int, tuple[Decimal, ...]]:
    """The amounts agreed for any day between the two, the latest last, by agreement."""
    terms = AgreementAmount.objects.filter(among("agreement", agreements), valid_from__lte=last)
    rows = terms.order_by("valid_from").values_list("agreement", "valid_from", "amount")
    found: dict[int, tuple[Decimal, ...]] = {}
    for number, day, amount in rows:
        # What holds on the first day takes the place of what held before.
        found[number] = (amount,) if day <= first else (*found.get(number, ()), amount)
    return found


def _ibans(agreements: QuerySet[Agreement]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    accounts = Account.objects.filter(counterparty__in=agreements.order_by().values("counterparty"))
    for counterparty, iban in accounts.values_list("counterparty", "iban"):
        found[counterparty].add(iban)
    return defaultdict(frozenset, {number: frozenset(ibans) for number, ibans in found.items()})
