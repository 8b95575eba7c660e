"""Tables for a spreadsheet, as XLSX and as CSV: text stays text, whatever a bank or a person wrote in it."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import openpyxl
from django.http import HttpResponse
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.styles import Font
from openpyxl.utils.cell import get_column_letter

from backend.journal import harmless

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Spreadsheets take a file for UTF-8 when it says so at the very beginning.
_MARK = "\ufeff"
_WIDEST = 40


def as_csv(rows: Sequence[Row]) -> bytes:
    """Semicolons and a decimal comma, as a Dutch spreadsheet opens it by itself; nothing is ever a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([[_written(cell) for cell in row] for row in rows])
    return (_MARK + text.getvalue()).encode()


def as_xlsx(rows: Sequence[Row], *, title: str) -> bytes:
    """One sheet, the first row its heading; amounts and days are amounts and days, text is marked as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            cell.value = harmless(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = TYPE_STRING
            elif isinstance(value, Decimal):
                cell.number_format = "#,##0.00"
            if at == 1:
                cell.font = Font(bold=True)
    for column in range(1, len(rows[0]) + 1):
        longest = max(len(_written(row[column - 1])) for row in rows)
        sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, _WIDEST)
    sheet.freeze_panes = "B2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def as_file(rows: Sequence[Row], *, form: str, name: str, title: str) -> HttpResponse:
    """The answer to somebody who asks for a table as a file; `form` is one of `TYPES`."""
    data = as_csv(rows) if form == "csv" else as_xlsx(rows, title=title)
    response = HttpResponse(data, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else "" if cell is None else str(cell)
