"""The house says by when an advance is paid back, or that it is not in sight."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.core.affordability import affordability
from payments.core.scenario import Charge, Income

ON = date(2026, 11, 25)
cents = st.integers(0, 200_000).map(lambda number: Decimal(number).scaleb(-2))
days = st.integers(-3, 30).map(lambda number: ON + timedelta(number))


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


def asked(*, owed=100, money=0, income=(), charges=()):
    return affordability(
        on=ON,
        owed=euro(owed),
        money=euro(money),
        income=[Income(ON + timedelta(day), euro(amount)) for day, amount in income],
        charges=[Charge(ON + timedelta(day), euro(amount), "rent") for day, amount in charges],
    )


def test_adds_up_what_is_owed_and_what_comes_and_goes():
    found = asked(owed=100, money=20, income=[(3, 500), (9, "0.50")], charges=[(1, 30), (5, 300)])

    assert (found.owed, found.money) == (euro(100), euro(20))
    assert (found.income, found.charges) == (euro("500.50"), euro(330))
    assert found.spare == euro("90.50")
    assert found.to_dict() == {
        "owed": "100.00",
        "money": "20.00",
        "income": "500.50",
        "charges": "330.00",
        "spare": "90.50",
    }


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({"money": 100}, 0),
        ({"money": "99.99"}, None),
        ({"income": [(4, 100)]}, 4),
        ({"income": [(4, "99.99")]}, None),
        ({"income": [(4, 60), (9, 40)]}, 9),
        ({"income": [(4, 150)], "charges": [(2, 60), (8, 500)]}, None),
        ({"income": [(4, 160)], "charges": [(2, 60), (8, 500)]}, 4),
        ({"income": [(4, 150)], "charges": [(4, 60)]}, None),
        ({"income": [(-2, 100)]}, 0),
        ({"money": 100, "charges": [(-2, 1)]}, None),
        ({"money": 100, "charges": [(0, 1)], "income": [(6, 1)]}, 6),
        ({"owed": 0}, 0),
    ],
)
def test_names_the_first_day_that_covers_charges_and_all_that_is_owed(facts, day):
    assert asked(**facts).back_by == (None if day is None else ON + timedelta(day))


@given(cents, cents, st.lists(st.tuples(days, cents), max_size=6), st.lists(st.tuples(days, cents), max_size=6))
def test_counts_as_somebody_would_with_pencil_and_paper(owed, money, coming, going):
    found = affordability(
        on=ON,
        owed=owed,
        money=money,
        income=iter([Income(day, amount) for day, amount in coming]),
        charges=iter([Charge(day, amount, "rent") for day, amount in going]),
    )

    def left(until):
        came = sum(amount for day, amount in coming if day <= until)
        return money - owed + came - sum(amount for day, amount in going if day <= until)

    covered = [day for number in range(31) if left(day := ON + timedelta(number)) >= 0]
    assert found.back_by == (covered[0] if covered else None)
    assert found.spare == left(date.max)
