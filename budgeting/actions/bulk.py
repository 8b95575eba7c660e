"""Writing many rows at once with COPY, in the caller's transaction."""

import re
from collections.abc import Iterable, Sequence

from django.db import connection

# What COPY's text format reads as something else than itself.
_SPECIAL = re.compile(r"[\\\t\n\r\b\f\v]")
_WRITTEN = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"}


def next_ids(table: str, count: int) -> list[int]:
    """Draws `count` primary keys of the table, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
        )
        return sorted(row[0] for row in cursor.fetchall())


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes the rows with COPY: constraints and triggers hold as for any insert.

    Cells are text, numbers, dates, booleans or None; JSON is given as text. We write the text format ourselves, because
    a call for each cell would cost more than the database does.
    """
    lines = ["\t".join([_cell(value) for value in row]) for row in rows]
    if not lines:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n")


def _cell(value: object) -> str:
    if value is None:
        return r"\N"
    text = str(value)
    return _SPECIAL.sub(_escaped, text) if _SPECIAL.search(text) else text


def _escaped(found: re.Match[str]) -> str:
    return _WRITTEN[found[0]]
