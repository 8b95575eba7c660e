"""Reading an export column by column: the same as row by row, and the first row that is wrong is named."""

import csv
import random
from collections import Counter
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgeting.core.readers import csv_rows, read
from budgeting.core.readers.csv_chain import MISSING, Chain, cents_of
from budgeting.core.readers.csv_layouts import NAMED, Table
from budgeting.core.readers.written import NotWrittenSo, amount_lines, comma_amount, point_amount
from budgeting.core.statement import Unreadable
from tests.budgeting.core.readers import writing
from tests.budgeting.core.readers.writing import Fact

TABLE = Table(NAMED[0], ";", ("one", "two"), 0, packed=False)


def cell_by_cell(text: str) -> int | None:
    """The number of rows as the csv module cuts them, None when one is not whole."""
    try:
        rows = [row for row in csv.reader(StringIO(text, newline=""), delimiter=";", strict=True) if row]
    except csv.Error:
        return None
    return None if any(len(row) != 2 for row in rows) else len(rows)


def one_text(one: random.Random) -> str:
    """Rows of two cells between quotes, mostly with one or two signs changed, put in or taken out."""
    cells = ("", "a", ";", "\r\n", "\n", '""')
    rows = [f'"{one.choice(cells)}";"{one.choice(cells)}"' for _ in range(one.randrange(1, 4))]
    text = one.choice(("\r\n", "\n")).join(rows) + one.choice(("", "\r\n", "\n"))
    for _ in range(one.randrange(3)):
        place = one.randrange(len(text))
        text = text[:place] + one.choice('"";;\r\na') * one.randrange(3) + text[place + one.randrange(2) :]
    return text


def test_counts_whole_rows_as_the_csv_module_does() -> None:
    one = random.Random(5)
    seen = Counter[bool]()
    for text in (one_text(one) for _ in range(6_000)):
        try:
            counted: int | None = csv_rows.counted(BytesIO(text.encode()), "utf-8", TABLE)
        except Unreadable:
            counted = None
        assert counted == cell_by_cell(text), text
        seen[counted is None] += 1
    assert min(seen.values()) > 500


amounts = st.from_regex(r"[+-]?([0-9]{1,4}|[0-9]{1,3}\.[0-9]{3}),[0-9]{2}", fullmatch=True)
spoilt = st.sampled_from(["", "1,0", "1,00\n2,00", "1.00", "１,00", "1,00\n", " 1,00", "1234567890123,00", "1.23,00"])


@given(texts=st.lists(amounts, min_size=1, max_size=6))
def test_reads_a_column_of_amounts_as_each_alone(texts: list[str]) -> None:
    lines = amount_lines(texts, comma_amount)
    alone = [comma_amount(text) for text in texts]
    assert [Decimal(line) for line in lines.split("\n")] == alone
    assert [Decimal(int(cents)).scaleb(-2) for cents in cents_of(lines, len(texts))] == alone


@given(texts=st.lists(amounts, max_size=3), odd=spoilt, more=st.lists(amounts | spoilt, max_size=3))
def test_names_the_first_amount_of_a_column_that_is_none(texts: list[str], odd: str, more: list[str]) -> None:
    with pytest.raises(NotWrittenSo) as told:
        amount_lines([*texts, odd, *more], comma_amount)
    assert told.value.text == odd


def test_reads_a_column_with_points_before_the_cents() -> None:
    assert amount_lines(["-24.99", "+0.01", "5.00"], point_amount) == "-24.99\n+0.01\n5.00"
    with pytest.raises(NotWrittenSo):
        amount_lines(["24.99", "1,00"], point_amount)


@pytest.mark.parametrize(
    ("row", "old", "new", "code"),
    [
        (2, b'"Bij"', b'"Wie"', "unreadable"),
        (11_999, b'"20260305"', b'"20260230"', "unreadable"),
        (12_000, b'"1,00"', b'""', "amount_missing"),
        (10_001, b'"1,00"', b'"-1,00"', "unreadable"),
        (10_000, writing.OWN.encode(), b"", "account_missing"),
    ],
)
def test_names_the_first_row_that_cannot_be_read_in_a_long_export(row: int, old: bytes, new: bytes, code: str) -> None:
    lines = writing.ing([Fact(Decimal("1.00"))] * 12_001).splitlines(keepends=True)
    assert old in lines[row]
    lines[row] = lines[row].replace(old, new, 1)
    lines[12_001] = lines[12_001].replace(b'"1,00"', b'"1"', 1)
    (problem,) = read(b"".join(lines)).problems
    assert (problem.code, problem.where) == (code, f"row {row}")


@pytest.mark.parametrize("bad", [3, 5, 8])
def test_names_the_first_row_though_a_later_one_is_worse(bad: int) -> None:
    lines = writing.rabobank([Fact(Decimal("1.00"))] * 8).splitlines(keepends=True)
    lines[bad] = lines[bad].replace(b'"+1,00"', b'"1"')
    for later in range(bad + 1, 9):
        lines[later] = lines[later].replace(writing.OWN.encode(), b"<>")
    (problem,) = read(b"".join(lines)).problems
    assert (problem.code, problem.where, problem.values) == ("unreadable", f"row {bad}", {"text": "1"})


def test_counts_every_number_of_a_column() -> None:
    with pytest.raises(ValueError, match="2 numbers of 3"):
        cents_of("1.00\n2.00", 3)


def test_counts_in_whole_cents_however_many() -> None:
    assert cents_of("90071992547409.93\n-90071992547409.91", 2).tolist() == [9007199254740993, -9007199254740991]


def chain(*steps: tuple[int, int, int]) -> tuple[Decimal, Decimal] | None:
    """The ends of rows of (before, moved, after) in cents."""
    before, moved, after = (cents_of("\n".join(map(str, column)), len(steps)) for column in zip(*steps, strict=True))
    return Chain(moved, before, after).ends()


def test_finds_the_ends_of_rows_that_follow_on_each_other_either_way() -> None:
    up = (1000, -250, 750), (750, 100, 850), (850, 1, 851)
    assert chain(*up) == chain(*up[::-1]) == (Decimal("10.00"), Decimal("8.51"))
    assert chain((MISSING, -250, 750), (750, 100, MISSING)) == (Decimal("10.00"), Decimal("8.50"))


def test_finds_no_ends_where_a_row_contradicts_or_lacks_its_balances() -> None:
    assert chain((1000, -250, 751)) is None
    assert chain((1000, -250, 750), (751, 1, 752)) is None
    assert chain((1000, -250, 750), (MISSING, 1, MISSING)) is None
