"""The house knows when what was agreed is due, and which amount holds on that day."""

import json
from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.schedule import NotARecurrence, Recurrence
from budgeting.core.terms import Terms, recurrence_of

RENT = Terms(
    number=1,
    resident=2,
    counterparty=3,
    account=4,
    category="rent",
    description="Rent",
    reference="",
    recurrence=Recurrence("month", date(2026, 1, 15)),
    window_days=5,
    amount_low=None,
    amount_high=None,
    valid_from=date(2026, 2, 1),
    valid_until=date(2026, 8, 1),
    ends_on=None,
    amounts=((date(2026, 2, 1), Decimal("600.00")), (date(2026, 4, 1), Decimal("612.50"))),
)


def day(text):
    return date.fromisoformat(text)


def due(since="2026-01-01", until="2027-01-01", **changes):
    return [one.isoformat() for one in RENT._replace(**changes).due_dates(day(since), day(until))]


def test_is_due_within_the_window_asked_for_and_the_period_agreed():
    assert due() == [f"2026-0{month}-15" for month in range(2, 8)]
    assert due("2026-03-15", "2026-05-15") == ["2026-03-15", "2026-04-15"]
    assert due(valid_from=day("2026-06-15"), valid_until=day("2026-07-15")) == ["2026-06-15"]
    assert due(until="2026-10-01", valid_from=day("2026-08-01"), valid_until=None) == ["2026-08-15", "2026-09-15"]


def test_is_not_due_on_an_exception_or_in_a_pause():
    exceptions = frozenset({day("2026-03-15")})
    pauses = ((day("2026-05-15"), day("2026-06-15")),)

    assert due(exceptions=exceptions) == ["2026-02-15", "2026-04-15", "2026-05-15", "2026-06-15", "2026-07-15"]
    assert due(exceptions=exceptions, pauses=pauses) == ["2026-02-15", "2026-04-15", "2026-06-15", "2026-07-15"]


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        ("2025-12-31", "600.00"),
        ("2026-02-01", "600.00"),
        ("2026-03-31", "600.00"),
        ("2026-04-01", "612.50"),
        ("2026-04-02", "612.50"),
        ("2030-01-01", "612.50"),
    ],
)
def test_takes_the_amount_that_holds_on_a_day_and_before_all_the_first(on, amount):
    assert RENT.amount_on(day(on)) == Decimal(amount)
    assert RENT._replace(amounts=RENT.amounts[:1]).amount_on(day(on)) == Decimal("600.00")


def test_reads_a_recurrence_as_it_is_stored():
    often = Recurrence("week", date(2026, 1, 5), 2, weekdays=(1, 4))
    text = json.dumps(often.to_dict())

    assert recurrence_of(text) == often
    assert recurrence_of(text) is recurrence_of(text)


def test_refuses_a_stored_text_that_is_no_recurrence():
    with pytest.raises(NotARecurrence) as refused:
        recurrence_of('{"unit": "week"}')
    assert (refused.value.field, refused.value.reason) == ("starts_on", "missing")
