"""The house stops paying to an account when the bank's reason says that money sent there comes back again."""

import pytest

from payments.core.returns import AFTER_RECALL, means_death, stops_account


@pytest.mark.parametrize("code", ["AC01", "AC03", "AC04", "AC06", "AC13", "AG01", "MD07"])
def test_stops_an_account_that_cannot_take_money(code):
    assert stops_account(code)


@pytest.mark.parametrize("code", ["", "MS03", "AM04", "AC02", "BE05", "FOCR", "ac04", AFTER_RECALL])
def test_goes_on_paying_where_the_reason_says_nothing_of_the_account(code):
    assert not stops_account(code)


def test_hears_of_a_death_in_one_reason_alone():
    assert means_death("MD07")
    assert not any(means_death(code) for code in ("", "MD01", "MD06", "AC04", "md07", "MS03"))
