"""Structured references: the Dutch betalingskenmerk and the ISO 11649 creditor reference, with their check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.readers.references import holds, is_creditor_reference, structured_reference

# One for each first digit: of eleven remainders two are written 0 and 1 for want of a digit.
HOLDING = (
    "0100000000000006", "1100000000000001", "2100000000000005", "3100000000000018", "4100000000000004",
    "5100000000000009", "6100000000000003", "7100000000000008", "8100000000000002", "9100000000000007",
)  # fmt: skip


@pytest.mark.parametrize("digits", HOLDING)
def test_knows_a_betalingskenmerk_by_its_first_digit(digits: str) -> None:
    assert holds(digits)
    assert [first for first in "0123456789" if holds(first + digits[1:])] == [digits[0]]


def test_weighs_every_place_of_a_betalingskenmerk() -> None:
    # The weights are 2 4 8 5 10 9 7 3 6 1 from the right, and again; a lone 1 leaves 11 minus its weight (10 is 1).
    for place, check in enumerate("973612485197361"):
        assert holds(check + f"{10**place:015d}"), place
    assert holds("0" + "0" * 15)


@given(st.integers(0, 10**15 - 1), st.integers(0, 14), st.integers(1, 9))
def test_finds_every_single_digit_that_was_typed_wrongly(number: int, place: int, more: int) -> None:
    rest = f"{number:015d}"
    wrong = rest[:place] + str((int(rest[place]) + more) % 10) + rest[place + 1 :]
    # The digit 1 stands for a 1 and for a 10, so that it alone may hold of both.
    assert not any(holds(first + rest) and holds(first + wrong) for first in "023456789")


@pytest.mark.parametrize(
    "text", ["", "1" * 15, "1" * 17, "320012340000002X", "３２００１２３４００００００２０", "3200123400000021"]
)
def test_refuses_what_is_no_betalingskenmerk(text: str) -> None:
    assert not holds(text)


def test_knows_a_creditor_reference_by_its_check_digits() -> None:
    assert is_creditor_reference("RF66HUUR2026NOV")
    for text in ("RF67HUUR2026NOV", "RF66huur2026nov", "RF66", "XF66HUUR2026NOV", "RF66HUUR2026NOV" + "0" * 11):
        assert not is_creditor_reference(text)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("3200 1234 0000 0020", "3200123400000020"),
        ("3 2001234 00000020", "3200123400000020"),
        ("rf66 huur 2026 nov", "RF66HUUR2026NOV"),
        ("3200123400000020" + " " * 24, "3200123400000020"),
        ("3200123400000020" + " " * 25, ""),
        ("3200123400000021", ""),
        (" 3200123400000020", ""),
        ("kenmerk 3200123400000020", ""),
        ("", ""),
    ],
)
def test_takes_a_text_for_a_reference_when_nothing_else_stands_in_it(text: str, reference: str) -> None:
    assert structured_reference(text) == reference


def test_knows_no_reference_by_check_digits_that_nobody_gives_out() -> None:
    given = {"RF97BILL92", "RF98BILL74", "RF02BILL56"}
    assert {text for text in given if is_creditor_reference(text)} == given
    assert not any(is_creditor_reference(text) for text in ("RF00BILL92", "RF01BILL74", "RF99BILL56"))
