"""Agreed income as the alerts want to know it: when it was due, what came, and how late this payer usually is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from budgeting.core.alerts import LEAST_PATIENCE, Due, Paid
from budgeting.core.backtest import IncomeStream
from budgeting.core.lateness import LATEST, assigned, habit
from budgeting.core.money import ZERO
from budgeting.core.outlook import Cautious, cautious
from budgeting.core.schedule import Recurrence, due_dates
from budgeting.models import Account, Agreement, Allocation, Resident

# Far enough for a quarter that stayed away twice.
LOOK_BACK = timedelta(days=200)
_RANGE_OF = 5  # payments: an amount is held against the last five

# On which day money that is due on a day arrives: the next banking day.
Expected = Callable[[date], date]


@dataclass(frozen=True, slots=True)
class _Stream:
    """One agreed income: its due days in the look-back, and what was booked for it, with the due day of each."""

    agreement: Agreement
    dues: tuple[date, ...]
    turn: int
    paid: tuple[tuple[int, date, Decimal, str], ...]
    for_due: tuple[date | None, ...]

    def lateness(self) -> list[tuple[date, int]]:
        """Per payment the due day, and how many days later it came."""
        days = zip(self.for_due, self.paid, strict=True)
        return [(due, (payment[1] - due).days) for due, payment in days if due is not None]


def expected_and_paid(*, on: date, expected: Expected) -> tuple[list[Due], list[Paid]]:
    """All due days of agreed income from the look-back until today, and what came in for them."""
    streams = list(_streams(on, expected, since=on - LOOK_BACK))
    late = _late_by_payer(streams)
    ibans = _ibans({stream.agreement.counterparty_id for stream in streams})
    dues: list[Due] = []
    paid: list[Paid] = []
    for stream in streams:
        mine = late[_payer(stream.agreement)]
        dues += [
            _due(stream, day, habit((days for due, days in mine if due < day), turn=stream.turn), ibans)
            for day in stream.dues
        ]
        paid += _paid(stream)
    return dues, paid


def habits_of(agreements: Sequence[Agreement], *, on: date, expected: Expected) -> Mapping[int, Cautious]:
    """How low and how late each of these incomes came in its last six turns; what never came is left out.

    Fetch `pauses` and `exceptions` with the agreements. A turn that came in parts counts as their sum, on the last day.
    """
    since = on - LOOK_BACK
    booked = _booked([row.pk for row in agreements], since)
    found = {}
    for agreement in agreements:
        days = [expected(day) for day in _due_days(agreement, since, on)]
        turns = _turns(days, booked[agreement.pk], window=max(agreement.window_days, LEAST_PATIENCE))
        habit_of = cautious([amount for amount, _ in turns], [late for _, late in turns])
        if habit_of is not None:
            found[agreement.pk] = habit_of
    return found


def _turns(
    days: Sequence[date], paid: Sequence[tuple[int, date, Decimal, str]], *, window: int
) -> list[tuple[Decimal, int]]:
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
        agreement = stream.agreement
        found[agreement.resident_id].append(
            IncomeStream(
                key=str(agreement.pk),
                payer=" ".join(map(str, _payer(agreement))),
                dues=stream.dues,
                paid=tuple(payment[1] for payment in stream.paid),
                turn=stream.turn,
                window=max(agreement.window_days, LEAST_PATIENCE),
            )
        )
    return found


def _payer(agreement: Agreement) -> tuple[int, str]:
    """A payer has one habit for all whom it pays the same kind of money."""
    return agreement.counterparty_id, agreement.category


def _late_by_payer(streams: Iterable[_Stream]) -> Mapping[tuple[int, str], list[tuple[date, int]]]:
    found: dict[tuple[int, str], list[tuple[date, int]]] = defaultdict(list)
    for stream in streams:
        found[_payer(stream.agreement)] += stream.lateness()
    return found


def _streams(on: date, expected: Expected, *, since: date) -> Iterable[_Stream]:
    rows = Agreement.objects.coming_in().filter(valid_from__lte=on).exclude(valid_until__lte=since)
    rows = rows.filter(resident__in=Resident.objects.taking_part(on))
    agreements = list(rows.prefetch_related("amounts", "pauses", "exceptions"))
    booked = _booked([row.pk for row in agreements], since)
    for agreement in agreements:
        days = tuple(expected(day) for day in _due_days(agreement, since, on))
        paid = tuple(booked[agreement.pk])
        window = max(agreement.window_days, LEAST_PATIENCE)
        for_due = tuple(assigned(days, [payment[1] for payment in paid], window=window))
        yield _Stream(agreement, days, _turn(agreement), paid, for_due)


def _due_days(agreement: Agreement, since: date, on: date) -> tuple[date, ...]:
    return due_dates(
        Recurrence.from_dict(agreement.recurrence),
        since=since,
        until=on,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        exceptions={exception.due_on for exception in agreement.exceptions.all()},
        pauses=[(pause.valid_from, pause.valid_until) for pause in agreement.pauses.all()],
    )


def _turn(agreement: Agreement) -> int:
    """How many days lie between two due days at least, roughly; a single one has all the time."""
    recurrence = Recurrence.from_dict(agreement.recurrence)
    length = {"once": 365, "week": 7, "month": 28, "year": 365}[recurrence.unit] * recurrence.every
    times = max(len(recurrence.weekdays), 1) * max(len(recurrence.days), 1) * max(len(recurrence.months), 1)
    return length // times


def _booked(agreements: Sequence[int], since: date) -> Mapping[int, list[tuple[int, date, Decimal, str]]]:
    rows = Allocation.objects.standing().filter(agreement__in=agreements, entry__booking_date__gte=since)
    fields = ("agreement", "entry", "entry__booking_date", "amount", "entry__counterparty_iban")
    found: dict[int, list[tuple[int, date, Decimal, str]]] = defaultdict(list)
    for number, *payment in rows.order_by("entry__booking_date", "pk").values_list(*fields):
        found[int(number or 0)].append((payment[0], payment[1], payment[2], payment[3]))
    return found


def _due(stream: _Stream, day: date, spread: int, ibans: Mapping[int, frozenset[str]]) -> Due:
    agreement = stream.agreement
    agreed = _agreed(agreement, day)
    before = [
        payment[2]
        for due, payment in zip(stream.for_due, stream.paid, strict=True)
        if due is not None and due < day and payment[2] > 0
    ][-_RANGE_OF:]
    return Due(
        agreement_id=agreement.pk,
        direction="in",
        day=day,
        amount=agreed,
        amount_low=min([agreement.amount_low or agreed, agreed, *before]),
        amount_high=max([agreement.amount_high or agreed, agreed, *before]),
        ibans=ibans[agreement.counterparty_id],
        category=agreement.category,
        window=0,
        spread=spread,
    )


def _paid(stream: _Stream) -> Iterable[Paid]:
    """Each payment on the due day it was for, so that a late one counts for the month it is late for."""
    for due, (entry, _, amount, iban) in zip(stream.for_due, stream.paid, strict=True):
        if due is not None and amount > 0:
            yield Paid(entry, stream.agreement.pk, due, amount, iban)


def _agreed(agreement: Agreement, day: date) -> Decimal:
    """The amount agreed for the day; before the first agreed day, the first amount."""
    terms = sorted(agreement.amounts.all(), key=lambda term: term.valid_from)
    return ([term.amount for term in terms if term.valid_from <= day] or [terms[0].amount])[-1]


def _ibans(counterparties: set[int]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Account.objects.filter(counterparty__in=counterparties).values_list("counterparty", "iban")
    for counterparty, iban in rows:
        found[int(counterparty or 0)].add(iban)
    return defaultdict(frozenset, {number: frozenset(ibans) for number, ibans in found.items()})
