"""The house sets ways a budget could go side by side."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from payments.core.remainder import Lowest, remainder
from payments.core.scenario import Charge, Income, Scenario
from payments.core.what_if import side_by_side

ON = date(2026, 11, 25)
WEEKS = tuple(ON + timedelta(7 * number) for number in range(4))


def euro(text):
    return Decimal(text).quantize(Decimal("0.01"))


def way(balance, *charges):
    return Scenario(
        ON,
        euro(balance),
        WEEKS,
        charges=tuple(Charge(ON + timedelta(day), euro(amount), "rent") for day, amount in charges),
    )


def test_puts_the_present_first_and_the_others_as_they_came():
    found = side_by_side({"less": way(200), "now": way(400), "more": way(600)}, days=28)

    assert [one.code for one in found] == ["now", "less", "more"]
    assert [one.a_week for one in found] == [euro(100), euro(50), euro(150)]
    assert [one.difference for one in found] == [euro(0), euro(-50), euro(50)]


def test_tells_of_each_way_what_the_rule_says_of_it():
    scenario = way(400, (3, 900), (10, 50))

    now, short = side_by_side({"now": way(400), "short": scenario}, days=28)

    assert short.answer == remainder(scenario)
    assert (short.missing, short.short) == (euro(550), remainder(scenario).short)
    assert short.lowest == Lowest(ON + timedelta(10), euro(-550))
    assert (short.a_week, short.difference) == (euro(0), euro(-100))
    assert (now.missing, now.short) == (euro(0), ())


@pytest.mark.parametrize(
    ("balance", "days", "a_week"),
    [("100.00", 30, "23.33"), ("0.15", 30, "0.04"), ("0.30", 28, "0.08"), ("0.10", 28, "0.02"), ("0.00", 28, "0.00")],
)
def test_rounds_a_week_to_the_cent_and_half_a_cent_to_even(balance, days, a_week):
    (now,) = side_by_side({"now": way(balance)}, days=days)

    assert str(now.a_week) == a_week


def test_compares_cents_that_are_shown():
    scenarios = {"now": way("100.00"), "more": Scenario(ON, euro(100), WEEKS, income=(Income(ON, euro("0.05")),))}

    now, more = side_by_side(scenarios, days=30)

    assert (now.a_week, more.a_week, more.difference) == (euro("23.33"), euro("23.34"), euro("0.01"))


def test_asks_for_the_present():
    with pytest.raises(KeyError, match="now"):
        side_by_side({"more": way(1)}, days=28)
