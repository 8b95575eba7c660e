"""The house keeps the purposes of a participation in their own order, and none that nobody knows."""

import pytest

from budgeting.core.participation import PURPOSES, NoPurpose, checked


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["pay"], ["pay"]),
        (["tell", "receive"], ["receive", "tell"]),
        (["pay", "pay", "receive", "pay"], ["receive", "pay"]),
        (("ahead", "payout"), ["payout", "ahead"]),
        ({"tell", "pay"}, ["pay", "tell"]),
        (frozenset({"receive"}), ["receive"]),
        (list(reversed(PURPOSES)), ["receive", "pay", "payout", "ahead", "tell"]),
    ],
)
def test_keeps_each_purpose_once_and_in_order(given, kept):
    assert checked(given) == kept


@pytest.mark.parametrize(
    "given",
    [[], (), set(), None, "pay", {"pay": True}, 1, ["pay", "spy"], ["PAY"], [""], [None], [["pay"]], [{}]],
)
def test_refuses_a_sheet_without_a_purpose_or_with_an_unknown_one(given):
    with pytest.raises(NoPurpose):
        checked(given)
