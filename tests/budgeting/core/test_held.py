"""The house books a held file only for reasons that a person can answer for, or that went by themselves."""

from itertools import combinations

import pytest

from budgeting.core.held import WaysOut, ways_out

ANSWERED_FOR = ["control_total", "improbable_value_date", "booking_date_missing", "id_missing", "id_twice"]
GO = ["balance_missing", "gap", "day_differs"]
CLOSED = WaysOut(may_be_taken_up=False, needs_balances=False)


@pytest.mark.parametrize("code", [*ANSWERED_FOR, "gap", "day_differs"])
def test_lets_a_person_take_up_what_can_be_answered_for(code):
    assert ways_out([code]) == WaysOut(may_be_taken_up=True, needs_balances=False)


@pytest.mark.parametrize("code", [None, *ANSWERED_FOR])
def test_asks_for_the_balances_that_a_file_does_not_say(code):
    codes = ["balance_missing", *([code] if code else [])]
    assert ways_out(codes) == ways_out(iter(codes)) == WaysOut(may_be_taken_up=True, needs_balances=True)


@pytest.mark.parametrize("code", ["balance", "does_not_balance", "another_account", "currency", "", "GAP"])
def test_never_books_what_the_bank_does_not_account_for(code):
    assert ways_out([code]) == CLOSED
    assert all(ways_out([code, other]) == CLOSED for other in [*ANSWERED_FOR, *GO])


def test_has_no_way_out_where_no_reason_is_known():
    assert ways_out([]) == CLOSED


def test_takes_known_reasons_together():
    assert ways_out([*ANSWERED_FOR, *GO]) == WaysOut(may_be_taken_up=True, needs_balances=True)
    assert all(ways_out(pair).may_be_taken_up for pair in combinations([*ANSWERED_FOR, *GO], 2))
