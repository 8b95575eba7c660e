"""The collection of bank files beside the project: as many transactions as its list says, balances judged rightly.

Where we count otherwise, the decision record says why, file by file; this test reads it from there.
"""

import csv
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path

import pytest

from budgeting.core.readers import read
from budgeting.core.statement import Reading
from tests.shared import SHARED, needs_shared

FILES = SHARED / "statements"
RECORD = Path(__file__).parents[4] / "docs" / "decisions" / "0015-corpus-counts.md"
ON = date(2026, 11, 22)
FOLDERS = ("camt052/", "camt053/", "camt054/", "mt940/", "mt942/", "ofx1/", "ofx2/", "qfx/", "csv/", "tab/")


def rows() -> list[dict[str, str]]:
    """The third-party files of formats that we read, with their line of the list."""
    if not (FILES / "MANIFEST.tsv").exists():
        return []
    with (FILES / "MANIFEST.tsv").open(encoding="utf-8") as lines:
        listed = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in listed if row["path"].startswith((*FOLDERS, "synthetic/camt053", "synthetic/mt940"))]


def decided() -> list[tuple[str, str]]:
    """The exceptions of the decision record: pattern and what we give."""
    table = [line.split("|") for line in RECORD.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [(pattern, cells[2].strip()) for cells in table for pattern in re.findall(r"`([^`]+)`", cells[1])]


def exception(path: str) -> str | None:
    return next((given for pattern, given in decided() if fnmatch(path, pattern)), None)


def lines(reading: Reading) -> int:
    return sum(statement.lines for statement in reading.statements)


def read_file(row: dict[str, str]) -> Reading:
    return read((FILES / row["path"]).read_bytes(), on=ON)


@needs_shared
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"])
def test_reads_as_many_transactions_as_were_counted(row: dict[str, str]) -> None:
    reading, given = read_file(row), exception(row["path"])
    if given == "refused":
        assert (reading.severity, reading.statements) == ("refuse", ())
    else:
        assert lines(reading) == int(given or row["n_transactions"])
        assert {"lines_lost", "readers_disagree"}.isdisjoint(problem.code for problem in reading.problems)


@needs_shared
@pytest.mark.parametrize(
    "row", [row for row in rows() if row["reconciles"] not in {"", "?"}], ids=lambda row: row["path"]
)
def test_judges_the_balance_of_every_statement(row: dict[str, str]) -> None:
    reading = read_file(row)
    if exception(row["path"]) == "refused":
        assert reading.statements == ()
        return
    found = {
        "-" if one.difference is None else "ok" if one.balances else f"DIFF {(-one.difference).normalize():f}"
        for one in reading.statements
    }
    # The list is cut at 80 characters, and a file cut off has one statement more than it counts.
    wanted = {plain(one) for one in row["reconciles"].split(";")[: 4 if len(row["reconciles"]) >= 80 else None]}
    if not reading.statements:
        assert wanted == {"-"}
    elif len(row["reconciles"]) >= 80:
        assert wanted <= found
    else:
        assert found - {"-"} == wanted - {"-"}
    held = {problem.code for problem in reading.problems}
    assert ("does_not_balance" in held) is any(one.balances is False for one in reading.statements)


def plain(judged: str) -> str:
    return f"DIFF {Decimal(judged[5:]).normalize():f}" if judged.startswith("DIFF ") else judged


@needs_shared
def test_reads_all_real_files_of_every_class_but_for_the_exceptions() -> None:
    classes: Counter[str] = Counter()
    read_whole: Counter[str] = Counter()
    for row in rows():
        if exception(row["path"]) is None:
            classes[row["realism"]] += 1
            read_whole[row["realism"]] += lines(read_file(row)) == int(row["n_transactions"])
    assert classes == read_whole
    assert sum(classes.values()) > 200


@needs_shared
def test_knows_no_exception_that_is_no_longer_one() -> None:
    for pattern, _ in decided():
        matched = [row for row in rows() if fnmatch(row["path"], pattern)]
        assert matched, pattern
        assert all(lines(read_file(row)) != int(row["n_transactions"]) for row in matched), pattern


@needs_shared
@pytest.mark.parametrize("folder", ["hostile", "malformed", "unsupported", "fragments", "synthetic/encodings"])
def test_answers_every_hostile_file(folder: str) -> None:
    for path in sorted((FILES / folder).iterdir()):
        reading = read(path.read_bytes(), on=ON)
        assert reading.statements or reading.problems, path.name
        assert "lines_lost" not in {problem.code for problem in reading.problems}, path.name


REFUSED = """
bom_only camt_amount_25digits camt_amount_arabic camt_amount_empty camt_amount_exp2 camt_amount_fullwidth
camt_amount_inf camt_amount_neg camt_date_compact camt_date_feb30 camt_date_slash camt_date_zero camt_is_052
camt_is_054 camt_no_indicator camt_no_ns camt_ns053_but_052_body camt_nul_bytes camt_truncated_mid_tag
camt_two_documents camt_version_99 csv_100k_columns csv_duplicate_headers csv_english_amounts csv_excel_resaved
csv_html_login_page csv_negative_with_af csv_only_header csv_renamed_header csv_unbalanced_quote exe_as_csv
gzip_as_xml json mt940_currency_switch mt940_is_mt942 mt940_nul mt940_only_header mt940_truncated ofx2_billion_laughs
ofx2_xxe ofx_deep ofx_truncated pain001_uploaded pain002_uploaded pdf_as_940 pdf_as_xml random_64k whitespace
xml_billion_laughs xml_external_dtd xml_harmless_doctype xml_huge_attr xml_quadratic_blowup xml_ten_thousand_attrs
xml_xxe_file xml_xxe_http_loopback xml_xxe_param_dtd zip_bomb_500MB zip_nested_bomb zip_slip
"""
HELD = """
camt_amount_18digits camt_closing_mismatch camt_date_1899 camt_date_9999 camt_duplicate_entry_same_ref
camt_foreign_ccy camt_pending mt940_closing_mismatch mt940_tag_in_86
"""


@needs_shared
def test_judges_every_hostile_file_as_it_deserves() -> None:
    judged = {"refuse": set(REFUSED.split()), "hold": set(HELD.split())}
    for path in sorted((FILES / "hostile").iterdir()):
        name = path.stem.removeprefix("own__")
        expected = next((severity for severity, names in judged.items() if name in names), "passes")
        severity = read(path.read_bytes(), on=ON).severity
        assert ("passes" if severity in {"", "note"} else severity) == expected, path.name


@needs_shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mt940_25_account_plus_currency.940", "NL91ABNA0417164300"),
        ("camt_iban_spaced_lower.xml", "NL91ABNA0417164300"),
    ],
)
def test_brings_the_account_into_its_normal_form(name: str, expected: str) -> None:
    assert read((FILES / "hostile" / f"own__{name}").read_bytes()).statements[0].account == expected


@needs_shared
def test_reads_the_same_file_alike_in_every_encoding_and_version() -> None:
    encodings = FILES / "synthetic" / "encodings"
    plain_one = read((encodings / "own__camt053_utf8.xml").read_bytes()).statements
    for name in ("latin1", "nodecl", "prefixed_ns", "utf16"):
        other = read((encodings / f"own__camt053_{name}.xml").read_bytes()).statements
        assert [one.total for one in other] == [one.total for one in plain_one], name
        assert [one.lines for one in other] == [2], name
    versions = {
        tuple(entry.amount for one in read(path.read_bytes()).statements for entry in one.entries)
        for path in (FILES / "synthetic" / "camt053_synthetic").iterdir()
    }
    assert len(versions) == 1
