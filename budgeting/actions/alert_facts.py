"""Agreed income as the alerts want to know it: when it was due, what came, and how late this payer usually is."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from budgeting.actions.terms import terms_of
from budgeting.core.alerts import LEAST_PATIENCE, Due, Paid
from budgeting.core.backtest import IncomeStream
from budgeting.core.lateness import LATEST, Payers, assigned
from budgeting.core.money import ZERO
from budgeting.core.outlook import Cautious, cautious
from budgeting.core.schedule import Recurrence
from budgeting.core.terms import Terms
from budgeting.models import Account, Agreement, Allocation, Resident
from budgeting.models.among import EVERYONE, among

# Far enough for a quarter that stayed away twice.
LOOK_BACK = timedelta(days=200)
_RANGE_OF = 5  # payments: an amount is held against the last five

# On which day money that is due on a day arrives: the next banking day.
Expected = Callable[[date], date]

# What was booked: the entry, its booking day, the amount, and from which account.
_Payment = tuple[int, date, Decimal, str]


@dataclass(frozen=True, slots=True)
class _Stream:
    """One agreed income: its due days in the look-back, and what was booked for it, with the due day of each."""

    terms: Terms
    dues: tuple[date, ...]
    turn: int
    paid: tuple[_Payment, ...]
    for_due: tuple[date | None, ...]

    def lateness(self) -> list[tuple[date, int]]:
        """Per payment the due day, and how many days later it came."""
        days = zip(self.for_due, self.paid, strict=True)
        return [(due, (payment[1] - due).days) for due, payment in days if due is not None]


def expected_and_paid(
    *, on: date, expected: Expected, residents: Collection[int] = EVERYONE, payers: Payers | None = None
) -> tuple[list[Due], list[Paid]]:
    """All due days of agreed income from the look-back until today, and what came in for them.

    `payers` is what their payers did for everybody (`payers_of`); else what they did for these residents counts.
    """
    streams = list(_streams(on, expected, since=on - LOOK_BACK, residents=residents))
    payers = payers or _told(streams, Payers())
    ibans = _ibans({stream.terms.counterparty for stream in streams})
    dues: list[Due] = []
    paid: list[Paid] = []
    for stream in streams:
        payer = _payer(stream.terms)
        dues += [_due(stream, day, payers.habit(payer, before=day, turn=stream.turn), ibans) for day in stream.dues]
        paid += _paid(stream)
    return dues, paid


def payers_of(*, on: date, expected: Expected, residents: Collection[int] = EVERYONE) -> Payers:
    """How late the payers of these residents were."""
    return _told(_streams(on, expected, since=on - LOOK_BACK, residents=residents), Payers())


def habits_of(
    rows: QuerySet[Agreement], terms: Sequence[Terms], *, on: date, expected: Expected
) -> Mapping[int, Cautious]:
    """How low and how late each of these incomes came in its last six turns; what never came is left out.

    `terms` are those of `rows`. A turn that came in parts counts as their sum, on the last day.
    """
    since = on - LOOK_BACK
    booked = _booked(rows, since)
    found = {}
    for one in terms:
        if one.number not in booked:
            continue
        days = [expected(day) for day in one.due_dates(since, on)]
        turns = _turns(days, booked[one.number], window=max(one.window_days, LEAST_PATIENCE))
        habit_of = cautious([amount for amount, _ in turns], [late for _, late in turns])
        if habit_of is not None:
            found[one.number] = habit_of
    return found


def _turns(days: Sequence[date], paid: Sequence[_Payment], *, window: int) -> list[tuple[Decimal, int]]:
    """Of each due day that was paid: how much in all, and how many days after it the last part came."""
    turns: dict[date, tuple[Decimal, int]] = {}
    for due, (_, day, amount, _) in zip(assigned(days, [one[1] for one in paid], window=window), paid, strict=True):
        if due is not None:
            before, late = turns.get(due, (ZERO, 0))
            turns[due] = before + amount, max(late, (day - due).days)
    return [turn for _, turn in sorted(turns.items()) if turn[0] > ZERO]


def streams_until(until: date, *, expected: Expected) -> Mapping[int, list[IncomeStream]]:
    """Per resident all agreed incomes and what came in for them, for the backtest.

    The last weeks have no due days: their money may still come.
    """
    found: dict[int, list[IncomeStream]] = defaultdict(list)
    for stream in _streams(until - LATEST, expected, since=date.min):
        terms = stream.terms
        found[terms.resident].append(
            IncomeStream(
                key=str(terms.number),
                payer=" ".join(map(str, _payer(terms))),
                dues=stream.dues,
                paid=tuple(payment[1] for payment in stream.paid),
                turn=stream.turn,
                window=max(terms.window_days, LEAST_PATIENCE),
            )
        )
    return found


def _payer(terms: Terms) -> tuple[int, str]:
    """A payer has one habit for all whom it pays the same kind of money."""
    return terms.counterparty, terms.category


def _told(streams: Iterable[_Stream], payers: Payers) -> Payers:
    for stream in streams:
        payers.tell(_payer(stream.terms), stream.lateness())
    return payers


def _streams(on: date, expected: Expected, *, since: date, residents: Collection[int] = EVERYONE) -> Iterable[_Stream]:
    rows = Agreement.objects.coming_in().filter(valid_from__lte=on).exclude(valid_until__lte=since)
    rows = rows.filter(among("resident", residents), resident__in=Resident.objects.taking_part(on))
    listed = terms_of(rows)
    booked = _booked(rows, since)
    for terms in listed:
        days = tuple(expected(day) for day in terms.due_dates(since, on))
        paid = tuple(booked.get(terms.number, ()))
        window = max(terms.window_days, LEAST_PATIENCE)
        for_due = tuple(assigned(days, [payment[1] for payment in paid], window=window))
        yield _Stream(terms, days, _turn(terms.recurrence), paid, for_due)


def _turn(recurrence: Recurrence) -> int:
    """How many days lie between two due days at least, roughly; a single one has all the time."""
    length = {"once": 365, "week": 7, "month": 28, "year": 365}[recurrence.unit] * recurrence.every
    times = max(len(recurrence.weekdays), 1) * max(len(recurrence.days), 1) * max(len(recurrence.months), 1)
    return length // times


def _booked(agreements: QuerySet[Agreement], since: date) -> Mapping[int, list[_Payment]]:
    rows = Allocation.objects.standing().filter(agreement__in=agreements.order_by().values("pk"))
    rows = rows.filter(entry__booking_date__gte=since).order_by("entry__booking_date", "pk")
    fields = ("agreement", "entry", "entry__booking_date", "amount", "entry__counterparty_iban")
    found: dict[int, list[_Payment]] = {}
    for number, *payment in rows.values_list(*fields):
        found.setdefault(int(number or 0), []).append((payment[0], payment[1], payment[2], payment[3]))
    return found


def _due(stream: _Stream, day: date, spread: int, ibans: Mapping[int, frozenset[str]]) -> Due:
    terms = stream.terms
    agreed = terms.amount_on(day)
    before = [
        payment[2]
        for due, payment in zip(stream.for_due, stream.paid, strict=True)
        if due is not None and due < day and payment[2] > 0
    ][-_RANGE_OF:]
    return Due(
        agreement_id=terms.number,
        direction="in",
        day=day,
        amount=agreed,
        amount_low=min([terms.amount_low or agreed, agreed, *before]),
        amount_high=max([terms.amount_high or agreed, agreed, *before]),
        ibans=ibans[terms.counterparty],
        category=terms.category,
        window=0,
        spread=spread,
    )


def _paid(stream: _Stream) -> Iterable[Paid]:
    """Each payment on the due day it was for, so that a late one counts for the month it is late for."""
    for due, (entry, _, amount, iban) in zip(stream.for_due, stream.paid, strict=True):
        if due is not None and amount > 0:
            yield Paid(entry, stream.terms.number, due, amount, iban)


def _ibans(counterparties: set[int]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Account.objects.filter(counterparty__in=counterparties).values_list("counterparty", "iban")
    for counterparty, iban in rows:
        found[int(counterparty or 0)].add(iban)
    return defaultdict(frozenset, {number: frozenset(ibans) for number, ibans in found.items()})
