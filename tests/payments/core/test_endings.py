"""The house lets an order of a stopped resident go only where a person decided so."""

import pytest

from payments.core.endings import goes_all_the_same


@pytest.mark.parametrize(
    ("explanation", "goes"),
    [
        ({}, False),
        ({"last": True}, True),
        ({"last": {"on": "2026-11-30"}}, True),
        ({"after_death": 7}, True),
        ({"last": True, "after_death": 7}, True),
        ({"balance": "10.00", "at_last": True, "death": 7}, False),
    ],
)
def test_lets_go_the_last_money_and_what_was_decided_after_a_death(explanation, goes):
    assert goes_all_the_same(explanation) is goes
