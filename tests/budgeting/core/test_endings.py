"""The house says what keeps a participation from having ended, and why the orders of who was stopped are held."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.endings import Left, ends_after_death, held_because, what_is_left

ENDS = date(2026, 12, 1)
NOTHING = Left(purse=Decimal("0.00"), lent=Decimal("0.00"), to_send=0, sent=0)


def left(on=ENDS, **some):
    return what_is_left(replace(NOTHING, **some), ends_on=ENDS, on=on)


@pytest.mark.parametrize(
    ("some", "codes"),
    [
        ({}, ()),
        ({"on": date(2026, 12, 2)}, ()),
        ({"on": date(2026, 11, 30)}, ("day_to_come",)),
        ({"to_send": 1}, ("orders_to_send",)),
        ({"sent": 1}, ("orders_sent",)),
        ({"lent": Decimal("0.01")}, ("lent",)),
        ({"purse": Decimal("0.01")}, ("money",)),
        ({"purse": Decimal("-0.01"), "lent": Decimal("-0.01")}, ()),
    ],
)
def test_says_what_is_still_to_do_before_a_participation_has_ended(some, codes):
    assert left(**some) == codes


def test_says_all_that_is_left_in_the_order_in_which_it_is_dealt_with():
    found = left(date(2026, 11, 30), purse=Decimal("12.00"), lent=Decimal("3.00"), to_send=2, sent=4)
    assert found == ("day_to_come", "orders_to_send", "orders_sent", "lent", "money")


@pytest.mark.parametrize(
    ("died_on", "ends_on"),
    [
        ("2026-11-30", "2026-12-01"),
        ("2026-03-01", "2026-03-02"),
        ("2026-02-28", "2026-03-02"),
        ("2025-01-01", "2026-03-02"),
    ],
)
def test_ends_the_day_after_a_death_and_never_before_it_began(died_on, ends_on):
    ended = ends_after_death(date.fromisoformat(died_on), starts_on=date(2026, 3, 1))
    assert ended == date.fromisoformat(ends_on)


@pytest.mark.parametrize(
    ("stopped", "held"),
    [
        ("", ""),
        ("died", "resident_died"),
        ("perhaps_died", "perhaps_died"),
        ("asked", "resident_stopped"),
        ("fraud", "resident_stopped"),
    ],
)
def test_holds_orders_for_the_reason_their_resident_was_stopped(stopped, held):
    assert held_because(stopped) == held
