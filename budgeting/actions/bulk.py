"""Writing many rows at once with COPY, in the caller's transaction."""

from collections.abc import Iterable, Sequence

from django.db import connection


def next_ids(table: str, count: int) -> list[int]:
    """Draws `count` primary keys of the table, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
        )
        return sorted(row[0] for row in cursor.fetchall())


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes the rows with COPY: constraints and triggers hold as for any insert."""
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
