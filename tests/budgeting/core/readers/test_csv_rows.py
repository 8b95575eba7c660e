"""The rows of an export: counted by their quotes, cut cell by cell, and nothing lost on the way to the columns."""

from io import BytesIO

import pytest

from budgeting.core.readers import csv_rows, read
from budgeting.core.readers.csv_layouts import NAMED, UNNAMED, Table
from budgeting.core.statement import Unreadable

BUNQ = "Date,Interest Date,Amount,Account,Counterparty,Name,Description"
LARGE = {"text": "field larger than field limit (131072)"}
ROW = "2026-11-17,2026-11-18,-1.00,NL37BUNQ2025000111,,Winkel,brood"


def cut(width: int, skip: int = 0, *, bank: str = "ING") -> Table:
    """A table of so many columns, parted by semicolons and quoted as the bank does."""
    layout = next(one for one in (*NAMED, *UNNAMED) if one.bank == bank)
    return Table(layout, ";", tuple(map(str, range(width))), skip, packed=False)


@pytest.fixture
def by_quotes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that must be read cell by cell has minus one row."""
    monkeypatch.setattr(csv_rows, "_read_rows", lambda *_: -1)


@pytest.mark.usefixtures("by_quotes_alone")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n"])
@pytest.mark.parametrize("head", ["", "een;twee\n", "een;twee\r\n", "\r\n\r\n", "\r\neen\n", '"een";"twee\r\n'])
@pytest.mark.parametrize(
    ("width", "rows"),
    [
        (2, ['"a";"b"']),
        (2, ['"a";"b"', '"";""', '"c;";"d\r\ne"']),
        (3, ['"a";"\r";"\n"', '"12";";;";"345678"', '"";"";""', '"a";"b";"c"']),
        (1, ['"a"', '""', '"b"']),
    ],
)
def test_counts_rows_by_their_quotes_alone(head: str, width: int, rows: list[str], end: str, last: str) -> None:
    data = (head + end.join(rows) + last).encode()
    assert csv_rows.counted(BytesIO(data), "utf-8", cut(width, head.count("\n"))) == len(rows)
    assert csv_rows.counted(BytesIO(data), "cp1252", cut(width, head.count("\n"))) == len(rows)


@pytest.mark.usefixtures("by_quotes_alone")
@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a;b;c", 'a;"b";"c"', ' "a";"b";"c"', '"a";"b"', '"a";"b";"c";"d"', '"a";"b";"c"\n"d";"e"',
        '"a","b";"c"', '"a";"b","c"', '"a" ;"b";"c"', '"a";"b"; "c"', '"a"; "b";"c"', '"a";"b";"c"x\n"d";"e";"f"',
        '"a";"b";"c" \n', '"a";"b";"c"\n\n', '"a";"b";"c"\r', '"a";"b";"c"\n\n"d";"e";"f"', '"a";"b";"c" "d";"e";"f"',
        '"a";"b";"c"\r"d";"e";"f"', '"a";"b";"c"\r\r"d";"e";"f"', '"a";"b";"c"\r\n\n"d";"e";"f"',
        '"a";"b";"c"\r\n"d";"e"',
        '"a";"b";"c";"d";"e";"f"', '"a""";"b";"c"', '"a";"b";"c"\n"d";"e";"f"x',
    ],
)  # fmt: skip
def test_counts_by_their_quotes_only_rows_that_are_whole(text: str) -> None:
    assert csv_rows.counted(BytesIO(text.encode()), "utf-8", cut(3)) == -1


@pytest.mark.usefixtures("by_quotes_alone")
@pytest.mark.parametrize(
    ("text", "charset", "table"),
    [
        ("een;twee", "utf-8", cut(2, 1)),
        ('een\n"a";"b"', "utf-8", cut(2, 2)),
        ('\reen;twee\n"a";"b"', "utf-8", cut(2, 1)),
        ('een;twee\r\r\n"a";"b"', "utf-8", cut(2, 1)),
        ('"a";"b"', "utf-16", cut(2)),
        ('"a";"b"', "utf-8", cut(2, bank="ABN AMRO")),
        ("'a';'b'", "utf-8", cut(2)),
    ],
)
def test_reads_cell_by_cell_where_quotes_prove_nothing(text: str, charset: str, table: Table) -> None:
    assert csv_rows.counted(BytesIO(text.encode(charset)), charset, table) == -1


def test_counts_rows_between_apostrophes_by_these() -> None:
    text = "'a';'b;'\n'\"';'d'"
    assert csv_rows.counted(BytesIO(text.encode()), "utf-8", cut(2, bank="SNS")) == 2


@pytest.mark.parametrize(
    ("rows", "code", "where", "values"),
    [
        (["a;b;c", "", "d;e"], "column_count", "line 4", {"expected": "3", "found": "2"}),
        (["a;b;c;d"], "column_count", "line 2", {"expected": "3", "found": "4"}),
        (["a;b;c", 'd;"e"f;g'], "not_well_formed", "line 3", {"text": "';' expected after '\"'"}),
        (["a;b;c", f"d;e;{'x' * 131_073}"], "not_well_formed", "line 3", LARGE),
    ],
)  # fmt: skip
def test_names_the_line_that_is_not_as_wide_as_the_header(
    rows: list[str], code: str, where: str, values: dict[str, str]
) -> None:
    source = BytesIO("\r\n".join(["1;2;3", *rows]).encode())
    with pytest.raises(Unreadable) as told:
        csv_rows.counted(source, "utf-8", cut(3, 1))
    problem = told.value.problem
    assert (problem.code, problem.where, problem.values) == (code, where, values)
    assert not source.closed


@pytest.mark.parametrize("data", [b'1;2\n"a;b\n', b"1;2\na;\xe9\n"])
def test_names_what_pandas_cannot_cut(data: bytes) -> None:
    with pytest.raises(Unreadable) as told:
        list(csv_rows.frames(BytesIO(data), "utf-8", cut(2, 1)))
    problem = told.value.problem
    assert (problem.code, problem.where) == ("not_well_formed", "")
    assert problem.values["text"] in {
        "Error tokenizing data. C error: EOF insi",
        "'utf-8' codec can't decode byte 0xe9 in ",
    }


@pytest.mark.parametrize("count", [1, 9_999, 10_000, 10_001, 20_000])
def test_reads_an_export_of_any_length_to_its_end(count: int) -> None:
    reading = read("\n".join([BUNQ, *([ROW] * count)]).encode())
    (statement,) = reading.statements
    assert (statement.lines, len(statement.entries)) == (count, count)
    assert [entry.line for entry in statement.entries] == list(range(1, count + 1))
    assert [(one.code, one.where) for one in reading.problems] == [
        ("end_unknown", f"row {count}"), ("balance_missing", "NL37BUNQ2025000111"),
    ]  # fmt: skip


def test_holds_an_export_of_which_a_row_went_under_a_title_of_two_lines() -> None:
    reading = read("\n".join(['"Overzicht', 'van november"', BUNQ, ROW, ROW]).encode())
    (problem,) = [one for one in reading.problems if one.code == "lines_lost"]
    assert (problem.values, problem.severity, reading.severity) == ({"counted": "2", "read": "1"}, "hold", "hold")


@pytest.mark.parametrize("above", ["", "\n", "# een opmerking\n", "Overzicht;van\n\n"])
def test_counts_what_stands_above_a_packed_header_when_it_skips_it(above: str) -> None:
    rows = [f'"{BUNQ}"', f'"{ROW}"', "", f'"{ROW.replace("brood", "kaas")}"']
    (statement,) = read((above + "\n".join(rows)).encode()).statements
    assert [entry.remittance for entry in statement.entries] == ["brood", "kaas"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_takes_packed_rows_out_of_their_cell_as_they_are(delimiter: str, end: str) -> None:
    rows = [row.replace(",", delimiter) for row in (BUNQ, ROW, ROW.replace("brood", '"brood\r\nen kaas"'))]
    packed = end.join('"' + row.replace('"', '""') + '"' for row in rows)
    (statement,) = read(packed.encode()).statements
    assert [entry.remittance for entry in statement.entries] == ["brood", "brood\r\nen kaas"]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("more", [1, 2])
def test_names_the_packed_row_that_has_more_than_its_cell(more: int, delimiter: str) -> None:
    text = "\n".join([f'"{BUNQ}"', f'"{ROW}"{",extra" * more}']).replace(",", delimiter)
    (problem,) = read(text.encode()).problems
    assert (problem.code, problem.where) == ("column_count", "line 2")
    assert problem.values == {"expected": "1", "found": str(1 + more)}


def test_names_the_packed_row_that_is_not_whole() -> None:
    rows = ["Overzicht", f'"{BUNQ}"', f'"{ROW}"', "", f'"{ROW}']
    (problem,) = read("\n".join(rows).encode()).problems
    assert (problem.code, problem.where) == ("not_well_formed", "line 5")
    assert problem.values == {"text": "unexpected end of data"}


def test_leaves_a_cell_whole_whose_second_line_looks_like_a_remark() -> None:
    row = ROW.replace("brood", '"brood\n# 12"')
    (statement,) = read(f"{BUNQ}\n{row}".encode()).statements
    assert statement.entries[0].remittance == "brood\n# 12"
