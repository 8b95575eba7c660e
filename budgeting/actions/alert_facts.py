"""Agreed income as the alerts want to know it: when it was due, what came, and how late this payer usually is."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from budgeting.actions.terms import terms_of
from budgeting.core.alerts import LEAST_PATIENCE, Due, Paid
from budgeting.core.backtest import IncomeStream
from budgeting.core.lateness import LATEST, MOST_PATIENCE, Payers, assigned
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

    def unpaid(self) -> list[date]:
        """The due days for which nothing came."""
        came = {due for due, payment in zip(self.for_due, self.paid, strict=True) if payment[2] > 0}
        return [day for day in self.dues if day not in came]


@dataclass(frozen=True, slots=True)
class Incomes:
    """All agreed income of some residents in the look-back, and what was booked for it."""

    streams: Sequence[_Stream]

    def payers(self) -> Payers:
        """How late their payers were, as far as these residents show it."""
        return _told(self.streams, Payers())

    def waiting(self, on: date) -> list[int]:
        """The agreements of which only their payer's habit says whether what did not come is late: it is longer ago
        than anybody may be late, and not so long that nobody may."""
        soon, late = on - timedelta(days=MOST_PATIENCE), on - timedelta(days=LEAST_PATIENCE)
        return [one.terms.number for one in self.streams if any(soon <= day < late for day in one.unpaid())]

    def facts(self, payers: Payers, *, without: Collection[int] = ()) -> tuple[list[Due], list[Paid]]:
        """All due days from the look-back until today, and what came in for them."""
        left_out = frozenset(without)
        streams = [stream for stream in self.streams if stream.terms.number not in left_out]
        ibans = _ibans({stream.terms.counterparty for stream in streams})
        dues: list[Due] = []
        paid: list[Paid] = []
        for stream in streams:
            payer = _payer(stream.terms)
            dues += [_due(stream, day, payers.habit(payer, before=day, turn=stream.turn), ibans) for day in stream.dues]
            paid += _paid(stream)
        return dues, paid

    def in_force(self, on: date) -> list[Terms]:
        """The terms of those that hold on the day."""
        every = (stream.terms for stream in self.streams)
        return [terms for terms in every if terms.valid_until is None or terms.valid_until > on]

    def habits(self) -> Mapping[int, Cautious]:
        """As `habits_of`."""
        return _habits((one.terms.number, _turns(one.for_due, one.paid)) for one in self.streams if one.paid)


def incomes_of(
    *, on: date, expected: Expected, residents: Collection[int] = EVERYONE, only: Collection[int] | None = None
) -> Incomes:
    """The agreed incomes of some residents, or `only` some of their agreements."""
    return Incomes(list(_streams(on, expected, since=on - LOOK_BACK, residents=residents, only=only)))


def habits_of(terms: Sequence[Terms], *, on: date, expected: Expected) -> Mapping[int, Cautious]:
    """How low and how late each of these incomes came in its last six turns; what never came is left out.

    A turn that came in parts counts as their sum, on the last day.
    """
    since = on - LOOK_BACK
    booked = _booked(terms, since)
    found = []
    for one in terms:
        if paid := booked.get(one.number):
            days = [expected(day) for day in one.due_dates(since, on)]
            found.append((one.number, _turns(_for_due(one, days, paid), paid)))
    return _habits(found)


def _habits(turns: Iterable[tuple[int, Sequence[tuple[Decimal, int]]]]) -> dict[int, Cautious]:
    found = {}
    for number, those in turns:
        habit_of = cautious([amount for amount, _ in those], [late for _, late in those])
        if habit_of is not None:
            found[number] = habit_of
    return found


def _for_due(terms: Terms, days: Sequence[date], paid: Sequence[_Payment]) -> tuple[date | None, ...]:
    window = max(terms.window_days, LEAST_PATIENCE)
    return tuple(assigned(days, [payment[1] for payment in paid], window=window))


def _turns(for_due: Sequence[date | None], paid: Sequence[_Payment]) -> list[tuple[Decimal, int]]:
    """Of each due day that was paid: how much in all, and how many days after it the last part came."""
    turns: dict[date, tuple[Decimal, int]] = {}
    for due, (_, day, amount, _) in zip(for_due, paid, strict=True):
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


def _streams(
    on: date,
    expected: Expected,
    *,
    since: date,
    residents: Collection[int] = EVERYONE,
    only: Collection[int] | None = None,
) -> Iterable[_Stream]:
    rows = Agreement.objects.coming_in().filter(valid_from__lte=on).exclude(valid_until__lte=since)
    whose = Resident.objects.taking_part(on).filter(among("pk", residents))
    rows = rows.filter(among("resident", residents), resident__in=whose)
    rows = rows if only is None else rows.filter(among("pk", only))
    listed = terms_of(rows)
    booked = _booked(listed, since)
    for terms in listed:
        days = tuple(expected(day) for day in terms.due_dates(since, on))
        paid = tuple(booked.get(terms.number, ()))
        yield _Stream(terms, days, _turn(terms.recurrence), paid, _for_due(terms, days, paid))


def _turn(recurrence: Recurrence) -> int:
    """How many days lie between two due days at least, roughly; a single one has all the time."""
    length = {"once": 365, "week": 7, "month": 28, "year": 365}[recurrence.unit] * recurrence.every
    times = max(len(recurrence.weekdays), 1) * max(len(recurrence.days), 1) * max(len(recurrence.months), 1)
    return length // times


def _booked(terms: Iterable[Terms], since: date) -> Mapping[int, list[_Payment]]:
    rows = Allocation.objects.standing().filter(among("agreement", [one.number for one in terms]))
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
