"""The rows of an export: how many it has and that each is as wide as the header; then, with pandas, its cells as text.

pandas alone would guess types, fill short rows up and cut long ones. So every row is measured first: where all cells
stand between quotes by the places of these (numpy, over all bytes at once), else by a strict `csv.reader`. pandas gets
bytes that were measured, never a path or a URL, and what it then gives must be as many rows.
"""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper
from itertools import islice
from typing import BinaryIO

import numpy as np
import pandas as pd

from budgeting.core.readers.csv_layouts import Table
from budgeting.core.statement import Unreadable

CHUNK = 10_000
# In these a byte below 128 is that character and nothing else.
_BYTE_BY_BYTE = {"utf-8", "cp1252"}


def plain(source: BinaryIO, charset: str, found: Table) -> BinaryIO:
    """The file without remarks (no bank's row begins with #), and with packed rows taken out of their cell.

    Every line keeps its number: what is taken out leaves an empty one.
    """
    source.seek(0)
    text = StringIO(source.read().decode(charset), newline="")
    lines = _unpacked(text, found) if found.packed else ["\n" if line.startswith("#") else line for line in text]
    return BytesIO("".join(lines).encode("utf-8"))


def _unpacked(text: StringIO, found: Table) -> Iterator[str]:
    """Empty lines down to the header, then each row out of its one cell; raises `Unreadable` for a row of more."""
    yield "\n" * found.skip
    rows = csv.reader(islice(text, found.skip, None), delimiter=found.delimiter, strict=True)
    try:
        for row in rows:
            if len(row) > 1:  # left out, it would be money lost
                where = f"line {found.skip + rows.line_num}"
                raise Unreadable("column_count", where, expected="1", found=str(len(row)))
            yield "".join([*row, "\n"])
    except csv.Error as fault:
        where = f"line {found.skip + rows.line_num}"
        raise Unreadable("not_well_formed", where, text=str(fault)[:40]) from fault


def counted(source: BinaryIO, charset: str, found: Table) -> int:
    """How many rows the file has behind its header, each as wide as the header; raises `Unreadable` at the first other.

    A quote that is never closed, or closed within a cell, is an error here and not a row that swallows the next.
    """
    if charset in _BYTE_BY_BYTE and found.layout.quote:
        source.seek(0)
        rows = _quoted_rows(source.read(), found)
        if rows:
            return rows
    return _read_rows(source, charset, found)


def _quoted_rows(data: bytes, found: Table) -> int:
    """The number of rows when all of them are whole: each cell between quotes, and no quote in any; 0 otherwise.

    It is so when the quotes come in pairs with nothing but a delimiter between the pairs of one row, nothing but a line
    end between rows, and nothing before the first and behind the last.
    """
    start = 0
    for _ in range(found.skip):
        start = data.find(b"\n", start) + 1
        if not start:
            return 0
    if data.count(b"\r", 0, start) != data.count(b"\r\n", 0, start):
        return 0  # behind a lone carriage return pandas begins a row that was not measured
    signs = np.frombuffer(data, np.uint8)[start:]
    places = np.flatnonzero(signs == ord(found.layout.quote))
    width = len(found.names)
    if not len(places) or len(places) % (2 * width) or places[0]:
        return 0
    quotes = places.reshape(-1, 2 * width)
    closed, opened = quotes[:, 1:-1:2], quotes[:, 2::2]
    if np.any(opened - closed != 2) or np.any(signs[closed + 1] != ord(found.delimiter)):
        return 0
    ends, begins = quotes[:-1, -1], quotes[1:, 0]
    returned = signs[ends + 1] == ord("\r")  # the row ends with two signs, else with one
    if np.any(begins - ends != np.where(returned, 3, 2)) or np.any(signs[begins - 1] != ord("\n")):
        return 0
    return len(quotes) if data[start + int(places[-1]) + 1 :] in {b"", b"\n", b"\r\n"} else 0


def _read_rows(source: BinaryIO, charset: str, found: Table) -> int:
    """The number of rows of any file, read cell by cell."""
    source.seek(0)
    text = TextIOWrapper(source, encoding=charset, newline="")
    width = len(found.names)
    quote = found.layout.quote
    rows = csv.reader(
        text,
        delimiter=found.delimiter,
        quotechar=quote or '"',
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    count = 0
    try:
        for row in rows:
            if not row or rows.line_num <= found.skip:
                continue
            if len(row) != width:
                values = {"expected": str(width), "found": str(len(row))}
                raise Unreadable("column_count", f"line {rows.line_num}", **values)
            count += 1
    except csv.Error as fault:
        raise Unreadable("not_well_formed", f"line {rows.line_num}", text=str(fault)[:40]) from fault
    finally:
        text.detach()
    return count


def frames(source: BinaryIO, charset: str, found: Table) -> Iterator[pd.DataFrame]:
    """The rows as frames of text: nothing is guessed, filled in, unpacked, or left out."""
    source.seek(0)
    quote = found.layout.quote
    try:
        with pd.read_csv(
            source,
            sep=found.delimiter,
            names=list(range(len(found.names))),
            skiprows=found.skip,
            dtype=object,  # the text as it is; a column of pandas' own texts would be made of it once more
            na_filter=False,
            index_col=False,
            compression=None,
            encoding=charset,
            encoding_errors="strict",
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            quotechar=quote or '"',
            on_bad_lines="error",
            engine="c",
            chunksize=CHUNK,
        ) as found_frames:
            yield from found_frames
    except (pd.errors.ParserError, UnicodeError) as fault:
        raise Unreadable("not_well_formed", text=str(fault)[:40]) from fault
