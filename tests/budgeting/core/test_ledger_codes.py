"""The house takes the codes by which Dutch administrations name a ledger account, and no others."""

import pytest

from budgeting.core.ledger_codes import NotACode, checked


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("BLim", "BLim"),
        ("BLimBanRba", "BLimBanRba"),
        (" WBedAdlOal\n", "WBedAdlOal"),
        ("BLimBanRbaAb1C23", "BLimBanRbaAb1C23"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_takes_a_code_without_the_spaces_around_it(typed, code):
    assert checked("bank", typed) == code


@pytest.mark.parametrize(
    "typed",
    ["B", "W", "bLim", "ALim", "Blim", "BLIM", "BLi", "BLimB", "BLim Ban", "BLimé", "BLimBanRbaAbcDefGhi", "1100"],
)
def test_refuses_any_other_text_and_says_for_which_account(typed):
    with pytest.raises(NotACode) as refused:
        checked("in_transit", typed)
    assert refused.value.key == "in_transit"
    assert str(refused.value) == "not a ledger code: in_transit"
