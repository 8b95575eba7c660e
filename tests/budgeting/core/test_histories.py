"""Files of one household become one history; what all lines of an income share tells it apart; a first budget."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.budget import Regular, a_month, budget_of
from budgeting.core.histories import merged
from budgeting.core.intake import read_history
from budgeting.core.readers import read
from budgeting.core.recognition import untaught
from budgeting.core.statement import Entry, Reading, Statement
from budgeting.core.telling_words import shared_words
from tests import histories

ON = date(2026, 11, 2)
EURO = Entry(Decimal("10.00"), date(2026, 4, 1), counterparty_name="A", counterparty_iban="NL00BANK0123456789")
entries = st.lists(
    st.builds(
        Entry,
        amount=st.decimals("-99", "99", places=2).filter(bool),
        booking_date=st.dates(date(2026, 1, 1), date(2026, 1, 5)),
        remittance=st.sampled_from(["", "huur", "loon"]),
    ),
    max_size=12,
)


def reading(*lines: Entry, account: str = "NL91ABNA0417164300") -> Reading:
    return Reading("camt.053", "08", (Statement(account, "EUR", entries=lines),), ())


def found(*names: str):
    readings = [read(histories.WRITERS[name](histories.household()), on=ON) for name in names]
    return read_history(merged(readings)[0], untaught())


@given(entries)
def test_counts_a_file_chosen_twice_once(lines: list[Entry]) -> None:
    once, _ = merged([reading(*lines)])

    assert merged([reading(*lines), reading(*lines)])[0] == once
    assert sorted(once, key=str) == sorted(lines, key=str)


@given(entries, st.integers(0, 12), st.integers(0, 12))
def test_puts_overlapping_files_together_to_the_whole(lines: list[Entry], one: int, other: int) -> None:
    first, second = lines[: max(one, other)], lines[min(one, other) :]

    together, _ = merged([reading(*first), reading(*second)])

    assert len(together) <= len(first) + len(second)
    assert {str(entry) for entry in (*first, *second)} >= {str(entry) for entry in together}


def test_keeps_two_equal_payments_of_one_day() -> None:
    assert len(merged([reading(EURO, EURO), reading(EURO)])[0]) == 2
    assert len(merged([reading(EURO), reading(EURO, EURO)])[0]) == 2
    assert len(merged([reading(EURO), reading(EURO, EURO, EURO), reading(EURO, EURO)])[0]) == 3


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        (EURO, 1),
        (replace(EURO, remittance="huur"), 1),
        (replace(EURO, counterparty_name="B"), 1),
        (replace(EURO, amount=Decimal("10.01")), 2),
        (replace(EURO, amount=Decimal("-10.00")), 2),
        (replace(EURO, booking_date=date(2026, 4, 2)), 2),
        (replace(EURO, counterparty_iban="NL00BANK0987654321"), 2),
    ],
)
def test_takes_for_one_what_two_files_both_tell(other: Entry, kept: int) -> None:
    together, strange = merged([reading(EURO), reading(other), reading(EURO), reading(other)])

    assert together == [EURO, other][:kept]
    assert strange == 0


def test_keeps_the_same_payment_of_two_accounts_of_one_household() -> None:
    assert merged([reading(EURO), reading(EURO, account="NL02ABNA0123456789")]) == ([EURO, EURO], 0)


def test_puts_entries_in_order_of_day_and_leaves_those_of_one_day_as_they_stand() -> None:
    late, first, second = (
        replace(EURO, booking_date=date(2026, 4, day), remittance=text) for day, text in ((9, ""), (2, "b"), (2, "a"))
    )

    assert merged([reading(late, first), reading(replace(second, amount=Decimal("7.00")))])[0] == [
        first,
        replace(second, amount=Decimal("7.00")),
        late,
    ]
    assert merged([]) == ([], 0)


def test_counts_the_same_days_in_another_format_once() -> None:
    assert len(merged([read(write(histories.household()), on=ON) for write in histories.WRITERS.values()])[0]) == 42


def test_leaves_out_other_money_and_nothing_and_says_how_much() -> None:
    odd = [replace(EURO, currency="GBP"), replace(EURO, amount=Decimal("0.00"))]

    assert merged([reading(EURO, *odd)]) == ([EURO], 2)


@pytest.mark.parametrize("name", histories.WRITERS)
def test_finds_the_same_in_every_format(name: str) -> None:
    intake = found(name)
    rhythms = {one.stream.category: (one.stream.rhythm.unit, one.stream.rhythm.every) for one in intake.proposals}

    assert rhythms == {
        "wages": ("week", 4),
        "healthcare_allowance": ("month", 1),
        "rent_allowance": ("month", 1),
        "rent": ("month", 1),
        "energy": ("month", 1),
        "health_insurance": ("month", 1),
        "groceries": ("month", 1),
    }
    assert intake.missing == ("water",)


def test_tells_two_allowances_of_one_account_apart_by_what_they_say() -> None:
    words = {one.stream.category: (one.words, one.marks) for one in found("camt").proposals}

    assert words["healthcare_allowance"] == (("zorgtoeslag", "voorschot"), ("330055",))
    assert words["rent_allowance"] == (("huurtoeslag", "voorschot"), ("330055",))
    assert words["rent"] == ((), ())


def test_asks_for_allowances_only_where_the_income_is_low() -> None:
    facts = [fact for fact in histories.household() if "toeslag" not in fact.text]
    rich = [replace(fact, amount=fact.amount * 3) if "salaris" in fact.text else fact for fact in facts]

    def missing(some) -> tuple[str, ...]:
        entries, _ = merged([read(histories.WRITERS["camt"](some), on=ON)])
        return read_history(entries, untaught()).missing

    assert missing(facts) == ("water", "healthcare_allowance", "rent_allowance")
    assert missing(rich) == ("water",)


def test_needs_two_lines_to_say_what_they_share() -> None:
    line = replace(EURO, remittance="huur contract 44711 mei")

    assert shared_words([line]) == ((), ())
    assert shared_words([line, replace(line, remittance="huur contract 44711 juni")]) == (
        ("contract", "huur"),
        ("44711",),
    )


@pytest.mark.parametrize(
    ("direction", "unit", "every", "expected"),
    [
        ("in", "week", 1, "433.33"),
        ("out", "week", 1, "433.34"),
        ("in", "week", 4, "108.33"),
        ("in", "month", 1, "100.00"),
        ("out", "month", 3, "33.34"),
        ("out", "year", 1, "8.34"),
        ("in", "once", 1, "0.00"),
    ],
)
def test_counts_an_average_month_carefully(direction: str, unit: str, every: int, expected: str) -> None:
    assert a_month(Regular(direction, Decimal("100.00"), unit, every)) == Decimal(expected)


@given(st.lists(st.tuples(st.sampled_from(["in", "out"]), st.decimals("0.01", "9999", places=2)), max_size=8))
def test_makes_a_budget_that_adds_up(lines: list[tuple[str, Decimal]]) -> None:
    budget = budget_of(Regular(way, amount, "month", 1) for way, amount in lines)

    assert budget.left == sum((a if way == "in" else -a for way, a in lines), Decimal("0.00"))
    assert budget.left_a_week * 52 <= budget.left * 12
    assert -budget.left_a_week.as_tuple().exponent == 2
