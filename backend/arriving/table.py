"""Reads and writes the template: one XLSX with three sheets, or a folder with three CSV files."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from backend.arriving.columns import SHEETS, RowProblem, Rows, Sheets

MOST_ROWS = 100_000
MOST_BYTES = 50 * 1024 * 1024
# An XLSX is packed: one that unpacks to far more was made to fill the memory.
MOST_UNPACKED = 500 * 1024 * 1024


class CannotBeRead(ValueError):
    """The file is no table of ours; `problems` says why."""

    def __init__(self, *problems: RowProblem) -> None:
        super().__init__(", ".join(one.code for one in problems))
        self.problems = problems


def read(path: Path) -> Sheets:
    """The cells of every sheet as text, with the numbers of their rows. Raises `CannotBeRead`."""
    if path.is_dir():
        return {name: _csv_rows(name, path / f"{name}.csv") for name in SHEETS if (path / f"{name}.csv").exists()}
    if path.stat().st_size > MOST_BYTES:
        raise CannotBeRead(RowProblem("", 0, "", "too_big"))
    if path.suffix.lower() == ".csv":
        return {path.stem: _csv_rows(path.stem, path)}
    return _workbook(path)


def write_template(path: Path) -> None:
    """An XLSX with the sheets, their columns and an example row; for another name a folder with CSV files."""
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.Workbook()
        for name, columns in SHEETS.items():
            sheet = book.create_sheet(name)
            sheet.append([column.name for column in columns])
            sheet.append([column.example for column in columns])
        book.remove(book.worksheets[0])
        book.save(path)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, columns in SHEETS.items():
        text = io.StringIO(newline="")
        csv.writer(text).writerows([[one.name for one in columns], [one.example for one in columns]])
        (path / f"{name}.csv").write_text(text.getvalue(), newline="")


def _csv_rows(name: str, path: Path) -> Rows:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotBeRead(RowProblem(name, 0, "", "not_utf8")) from None
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    try:
        return _rows(name, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise CannotBeRead(RowProblem(name, 0, "", "not_a_table")) from None


def _workbook(path: Path) -> Sheets:
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise CannotBeRead(RowProblem("", 0, "", "too_big"))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        if isinstance(error, CannotBeRead):
            raise
        raise CannotBeRead(RowProblem("", 0, "", "not_a_table")) from None
    try:
        return {name: _rows(name, book[name].iter_rows(values_only=True)) for name in SHEETS if name in book.sheetnames}
    finally:
        book.close()


def _rows(name: str, lines: Iterable[Iterable[Any]]) -> Rows:
    cells = iter(lines)
    head = [_text(cell) for cell in next(cells, [])]
    known = [column.name for column in SHEETS.get(name, ())]
    wrong = [RowProblem(name, 1, column, "column_unknown") for column in head if column and column not in known]
    wrong += [RowProblem(name, 1, column, "column_missing") for column in known if column not in head]
    if wrong:
        raise CannotBeRead(*wrong)
    return list(_filled(name, head, cells))


def _filled(name: str, head: list[str], lines: Iterator[Iterable[Any]]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(lines, 2):
        if number > MOST_ROWS:
            raise CannotBeRead(RowProblem(name, number, "", "too_many_rows"))
        cells = dict(zip(head, (_text(cell) for cell in line), strict=False))
        if any(cells.values()):
            yield number, cells


def _text(cell: Any) -> str:
    """As a person would type it; an amount that a spreadsheet holds as a number is written with two decimals."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip().removeprefix("'")
