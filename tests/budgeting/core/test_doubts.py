"""What a person should see first of an MT940: an amount that is also there with the other sign, and a large one."""

from datetime import date
from decimal import Decimal

import pytest

from budgeting.core.doubts import CANCELS, FORMAT, LARGE, doubted
from budgeting.core.statement import Entry, Statement

LIMIT = Decimal("1000.00")


def statement(*amounts: str) -> Statement:
    return Statement("NL91ABNA0417164300", entries=tuple(Entry(Decimal(one), date(2026, 4, 1)) for one in amounts))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], []),
        (["-10.00", "20.00"], []),
        (["-10.00", "-10.00"], []),
        (["-10.00", "20.00", "10.00"], [("-10.00", CANCELS), ("10.00", CANCELS)]),
        (["999.99", "-999.98"], []),
        (["1000.00"], [("1000.00", LARGE)]),
        (["-1000.00", "-1000.01"], [("-1000.00", LARGE), ("-1000.01", LARGE)]),
        (["5.00", "2000.00", "-5.00"], [("5.00", CANCELS), ("2000.00", LARGE), ("-5.00", CANCELS)]),
        (["2000.00", "-2000.00"], [("2000.00", CANCELS), ("-2000.00", CANCELS)]),
    ],
)
def test_doubts_what_cancels_another_and_what_is_large(amounts: list[str], expected: list[tuple[str, str]]) -> None:
    found = doubted(statement(*amounts), large=LIMIT)

    assert [(str(entry.amount), why) for entry, why in found] == expected


def test_keeps_its_codes_for_they_stand_in_what_was_written_down() -> None:
    assert (FORMAT, CANCELS, LARGE) == ("mt940", "cancels_another", "large_in_mt940")
