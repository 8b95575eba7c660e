"""What the coming weeks bring residents: their own history replayed against the charges that are coming."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Q

from budgeting.actions.alert_facts import streams_until
from budgeting.actions.recognition import OWN_ID_RULE
from budgeting.actions.terms import terms_of
from budgeting.core.backtest import Household
from budgeting.core.collecting import many_objects
from budgeting.core.outlook import Due, Outlook, may_want_a_look, outlook
from budgeting.core.replay import Coming, Received
from budgeting.core.terms import Terms
from budgeting.models import Agreement, Allocation, Resident, StatementDay
from budgeting.models.among import among
from payments.actions.foreseen import incomes_ahead
from payments.actions.holdings import holdings
from payments.core.banking_days import charge_day, income_day
from payments.models import PaymentOrder

_OPEN = ("planned", "held")
# Days an outlook remembers: two turns of who pays once a year, and how late such a payer may be.
REMEMBERED = timedelta(days=800)
# A town's list: an outlook this far says who needs a call this week.
WEEKS = 8


def outlook_of(resident: Resident, *, weeks: int, on: date) -> Outlook:
    """The outlook of one resident. Raises `NoSuchHorizon`."""
    return outlooks([resident], weeks=weeks, on=on)[resident.pk]


@many_objects()
def outlooks(residents: Iterable[Resident], *, weeks: int, on: date) -> dict[int, Outlook]:
    """The outlook of each, by the resident's key. The balance is own money less what was lent."""
    found = {row.pk: row for row in residents}
    return _outlooks(found, _ahead(found, weeks=weeks, on=on), weeks=weeks, on=on)


@many_objects()
def who_needs_a_call(residents: Iterable[Resident], *, on: date, weeks: int = WEEKS) -> list[tuple[Resident, Outlook]]:
    """Residents whose outlook wants a look, the one who lacks most first.

    Of who has enough without any income, no history is asked.
    """
    listed = {row.pk: row for row in residents}
    ahead = _ahead(listed, weeks=weeks, on=on)
    short = {number: row for number, row in listed.items() if ahead.may_want_a_look(number, weeks=weeks, on=on)}
    found = _outlooks(short, ahead, weeks=weeks, on=on)
    asked = [(row, found[number]) for number, row in short.items() if found[number].wants_a_look]
    return sorted(asked, key=lambda pair: (-pair[1].weight, pair[0].pk))


class _Ahead(NamedTuple):
    """What is known of the weeks ahead without any history; `incomes` are the terms of those in force."""

    balances: Mapping[int, Decimal]
    charges: Mapping[int, list[Due]]
    incomes: Sequence[Terms]

    def may_want_a_look(self, number: int, *, weeks: int, on: date) -> bool:
        return may_want_a_look(on=on, weeks=weeks, balance=self.balances[number], charges=self.charges[number])


def _ahead(residents: Collection[int], *, weeks: int, on: date) -> _Ahead:
    money, terms = holdings(residents), agreed_both_ways(residents, on=on)
    charges = charges_until(residents, on=on, until=on + timedelta(7 * weeks), agreed=terms["out"])
    return _Ahead({number: money[number].own - money[number].lent for number in residents}, charges, terms["in"])


def _outlooks(found: Mapping[int, Resident], ahead: _Ahead, *, weeks: int, on: date) -> dict[int, Outlook]:
    until = on + timedelta(7 * weeks)
    history = income_before(found, on, since=on - REMEMBERED)
    incomes = [terms for terms in ahead.incomes if terms.resident in found]
    agreed = incomes_ahead(found, on, until=until, agreed=incomes)
    since = known_since(found.values(), on)
    return {
        number: outlook(
            on=on,
            weeks=weeks,
            balance=ahead.balances[number],
            charges=ahead.charges[number],
            history=history[number],
            known_since=since[number],
            agreed=[Coming(line.on, line.amount) for line in agreed[number]],
        )
        for number in found
    }


def agreed_both_ways(residents: Collection[int], *, on: date) -> Mapping[str, list[Terms]]:
    """`in`: the terms of the incomes in force that day; `out`: of all charges, asked together."""
    theirs = Agreement.objects.filter(among("resident", list(residents)))
    rows = theirs.coming_in().in_force(on) | theirs.going_out()
    found: dict[str, list[Terms]] = {"in": [], "out": []}
    for terms in terms_of(rows):
        found[terms.direction].append(terms)
    return found


def charges_until(
    residents: Iterable[int], *, on: date, until: date, agreed: Iterable[Terms]
) -> Mapping[int, list[Due]]:
    """Charges that have to leave from `on` until before `until`: orders as they stand, and agreements beyond them.

    What is late leaves today; what left, or was cancelled for its due date, does not come once more. `agreed` are the
    terms of all their charges (`agreed_both_ways`).
    """
    orders = PaymentOrder.objects.filter(among("resident", list(residents)), kind="charge")
    orders = orders.filter(Q(state__in=_OPEN) | Q(due_on__gte=on))
    fields = ("resident", "state", "execute_on", "amount", "category", "agreement", "due_on")
    found: dict[int, list[Due]] = defaultdict(list)
    ordered = set()
    for number, state, day, amount, name, agreement, due_on in orders.values_list(*fields):
        if state in _OPEN:
            found[number].append(Due(max(day, on), amount, name))
        if due_on >= on:
            ordered.add((agreement, due_on))
    for terms in agreed:
        for day in terms.due_dates(on, until):
            if (terms.number, day) not in ordered:
                found[terms.resident].append(Due(max(charge_day(day), on), terms.amount_on(day), terms.category))
    return found


def income_before(residents: Iterable[int], on: date, *, since: date = date.min) -> Mapping[int, list[Received]]:
    """Money that came in for each since a day and before `on`, by agreement or else by account; not our own that came
    back.

    In no order within a source: the database gathers each source into one row, for a hundred residents have thousands.
    """
    rows = Allocation.objects.standing().filter(among("resident", list(residents)), amount__gt=0)
    rows = rows.filter(entry__booking_date__gte=since, entry__booking_date__lt=on).exclude(rule_version=OWN_ID_RULE)
    sources = rows.order_by().values("resident", "agreement", "entry__counterparty_iban")
    gathered = sources.annotate(days=ArrayAgg("entry__booking_date"), amounts=ArrayAgg("amount"))
    found: dict[int, list[Received]] = defaultdict(list)
    for row in gathered:
        source = f"agreement {row['agreement']}" if row["agreement"] else row["entry__counterparty_iban"]
        lines = zip(row["days"], row["amounts"], strict=True)
        found[int(row["resident"] or 0)] += [Received(day, amount, source) for day, amount in lines]
    return found


def known_since(residents: Iterable[Resident], on: date) -> Mapping[int, date]:
    """From when on all income of each is known: since they take part, as far back as statements go."""
    first = StatementDay.objects.aggregate(first=Min("day"))["first"] or on
    return {row.pk: max(row.starts_on, first) for row in residents}


def histories() -> list[Household]:
    """Every resident's history in this database, for the backtest: income as booked, charges as agreed and executed."""
    days = StatementDay.objects.order_by("-day").values_list("day", flat=True)[:1]
    residents = list(Resident.objects.order_by("pk"))
    until = days[0] + timedelta(days=1) if days else date.min
    income, since = income_before([row.pk for row in residents], until), known_since(residents, until)
    charges, streams = _agreed_charges(residents, since, until), streams_until(until, expected=income_day)
    return [
        Household(
            str(row.number),
            since[row.pk],
            until,
            tuple(income[row.pk]),
            tuple(charges[row.pk]),
            tuple(streams.get(row.pk, ())),
        )
        for row in residents
        if since[row.pk] < until
    ]


def _agreed_charges(residents: Sequence[Resident], since: Mapping[int, date], until: date) -> Mapping[int, list[Due]]:
    found: dict[int, list[Due]] = defaultdict(list)
    rows = Agreement.objects.going_out().filter(resident__in=[row.pk for row in residents])
    for terms in terms_of(rows):
        for day in terms.due_dates(since[terms.resident], until):
            found[terms.resident].append(Due(charge_day(day), terms.amount_on(day), terms.category))
    return found
