"""How an export is known: by the names of its columns, else by what stands in its first row."""

import pytest

from budgeting.core.readers.csv_layouts import NAMED, UNNAMED, Table, table
from budgeting.core.statement import Unreadable

BUNQ = "Date,Interest Date,Amount,Account,Counterparty,Name,Description"
KNAB = next(layout for layout in NAMED if layout.bank == "Knab")
SNS = "1-9-2026,NL68SNSB0901234567,,winkel,,,,EUR,10.00,EUR,-2.50,1-9-2026,2-9-2026,7903,BEA,7,,brood,9"
ABN = "502001122\tEUR\t20261117\t10,00\t9,00\t20261117\t-1,00\tpasbetaling"
TRIODOS = '17-11-2026,NL12TRIO0201234567,"85,00",Debet,Energie,NL78ABNA0502001122,IC,Termijn'


def found(text: str) -> Table:
    """The table that a text is."""
    read = table(text)
    assert read is not None
    return read


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("above", range(5))
def test_finds_the_names_of_columns_in_the_first_five_lines(above: int, end: str) -> None:
    read = found(end.join([*(["Overzicht"] * above), BUNQ.replace("Amount", " AMOUNT "), "x"]))
    assert (read.layout.bank, read.delimiter, read.skip, read.packed) == ("bunq", ",", above + 1, False)
    assert read.names == tuple(BUNQ.lower().split(","))


def test_looks_no_further_than_the_fifth_line_for_names() -> None:
    assert table("\n".join([*(["Overzicht"] * 5), BUNQ])) is None


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_knows_names_between_any_delimiter_quoted_or_packed(delimiter: str) -> None:
    names = BUNQ.split(",")
    quoted = delimiter.join(f'"{name}"' for name in names)
    packed = '"' + quoted.replace('"', '""') + '"'
    told = [found(text) for text in (delimiter.join(names), quoted, packed)]
    assert [(one.delimiter, one.names == tuple(map(str.lower, names)), one.packed) for one in told] == [
        (delimiter, True, False), (delimiter, True, False), (delimiter, True, True),
    ]  # fmt: skip


@pytest.mark.parametrize("line", [f'"{BUNQ}', BUNQ.replace("Name", '"Na"me'), f'"""{BUNQ}"', BUNQ.replace(",", "|")])
def test_knows_no_names_in_a_line_that_is_not_whole(line: str) -> None:
    assert table(line) is None


@pytest.mark.parametrize("more", [92, 93, 94])
def test_knows_no_names_in_a_line_of_more_than_a_hundred(more: int) -> None:
    line = ",".join([*BUNQ.split(","), *(f"c{number}" for number in range(more))])
    assert (table(line) is None) is (more == 94)


def test_lets_columns_without_a_name_stand_twice() -> None:
    line = ";".join([*KNAB.columns.values(), "", "", "adres"])
    assert found(line).layout is KNAB


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_names_the_first_column_that_a_known_export_lacks(missing: int) -> None:
    """A quarter of the columns may lack (of thirteen, three); with more gone it is nobody's."""
    names = sorted(KNAB.columns.values())
    line = ";".join(names[missing:])
    if missing > len(names) // 4:
        assert table(line) is None
        return
    with pytest.raises(Unreadable) as told:
        table(f"Overzicht\n{line}")
    problem = told.value.problem
    assert (problem.code, problem.where, problem.values) == (
        "column_missing", "line 2", {"column": names[0], "bank": "Knab"},
    )  # fmt: skip


def test_takes_a_quarter_of_the_columns_missing_for_the_same_export() -> None:
    savings = next(layout for layout in NAMED if len(layout.columns) == 10)
    rabobank = sorted(next(layout for layout in NAMED if layout.bank == "Rabobank").columns.values())
    assert len(rabobank) == 19
    assert table(";".join(rabobank[5:])) is None
    with pytest.raises(Unreadable):
        table(";".join(sorted(savings.columns.values())[2:]))


@pytest.mark.parametrize("missing", [0, 1])
def test_names_the_first_column_that_stands_twice(missing: int) -> None:
    names = [*sorted(KNAB.columns.values())[missing:], "valutacode", "omschrijving", "adres", "adres"]
    with pytest.raises(Unreadable) as told:
        table(";".join(names))
    problem = told.value.problem
    assert (problem.code, problem.where, problem.values) == (
        "column_twice", "line 1", {"column": "adres", "bank": "Knab"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "old", "new"),
    [
        (TRIODOS, "17-11-2026", "2026-11-17"),
        (TRIODOS, "Debet", "Af"),
        (SNS, "1-9-2026,NL68", "1/9/2026,NL68"),
        (SNS, "NL68SNSB0901234567", "901234567"),
        (SNS, ",,,,EUR", ",,,,EURO"),
        (SNS, "EUR,-2.50", "EURO,-2.50"),
        (SNS, ",9", ",9,"),
        (ABN, "502001122", "NL78ABNA0502001122"),
        (ABN, "EUR", "EURO"),
        (ABN, "\t20261117\t10", "\t17-11-2026\t10"),
        (ABN, "\t20261117\t10", "\t17nov26.\t10"),
        (ABN, "9,00\t20261117", "9,00\t17-11-2026"),
        (ABN, "\t", ";"),
    ],
)
def test_knows_a_row_without_names_only_when_all_of_it_fits(row: str, old: str, new: str) -> None:
    assert old in row
    assert found(row).layout in UNNAMED
    assert table(row.replace(old, new)) is None


@pytest.mark.parametrize(("row", "bank", "width"), [(SNS, "SNS", 19), (ABN, "ABN AMRO", 8), (TRIODOS, "Triodos", 8)])
def test_calls_columns_without_names_by_their_number(row: str, bank: str, width: int) -> None:
    read = found(f"# een opmerking\n\n  \n{row}\n")
    assert (read.layout.bank, read.names, read.skip) == (bank, tuple(map(str, range(width))), 0)
    assert read.delimiter == ("\t" if row is ABN else ",")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_knows_triodos_with_and_without_a_balance_between_any_delimiter(delimiter: str) -> None:
    row = delimiter.join(f'"{cell}"' for cell in TRIODOS.replace('"85,00"', "85").split(","))
    read, more = found(row), found(f'{row}{delimiter}"1,00"')
    assert (read.delimiter, read.layout.width, more.delimiter, more.layout.width) == (delimiter, 8, delimiter, 9)


@pytest.mark.parametrize("sign", ["Debet", "Credit", "debet", "CREDIT"])
def test_knows_triodos_by_either_sign(sign: str) -> None:
    assert found(TRIODOS.replace("Debet", sign)).layout.bank == "Triodos"


@pytest.mark.parametrize(("cell", "quote"), [("winkel", "'"), ("'winkel, markt'", "'"), ('"winkel, markt"', '"')])
def test_takes_the_quote_that_leaves_most_rows_of_sns_whole(cell: str, quote: str) -> None:
    for rows in ([SNS, SNS.replace("winkel", cell), SNS], [SNS.replace("winkel", cell), SNS]):
        assert found("\n".join(rows)).layout.quote == quote


@pytest.mark.parametrize("text", ["", "\n\n", "# een opmerking\n", "a;b;c", "tekst"])
def test_knows_nothing_in_a_text_without_rows(text: str) -> None:
    assert table(text) is None
