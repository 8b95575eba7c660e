"""Writing many rows at once with COPY, in the caller's transaction."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, ForeignKey, JSONField, Model

# Rows of a large file that are made, written and let go together, so that memory is not that of all its rows.
TOGETHER = 5000

_Row = TypeVar("_Row")
_NULL = r"\N"
# What COPY's text format reads as something else than itself.
_WRITTEN = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"}
_SPECIAL = re.compile(r"[\\\t\n\r\b\f\v]")


def some_at_a_time(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """The rows in their order, at most `TOGETHER` at a time."""
    return (rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER))


def next_ids(table: str, count: int) -> list[int]:
    """Draws `count` primary keys of the table, ascending."""
    with connection.cursor() as cursor:
        # The name of the sequence is looked up once, not for each number.
        cursor.execute(
            """WITH keys AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS of_table)
               SELECT nextval(of_table) FROM keys, generate_series(1, %s)""",
            [f'"{table}"', count],
        )
        return sorted(row[0] for row in cursor.fetchall())


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes the rows with COPY; see `copy_columns`."""
    values = list(zip(*rows, strict=True))
    if values:
        copy_columns(table, dict(zip(columns, values, strict=True)))


def copy_columns(table: str, columns: Mapping[str, Collection[object]]) -> None:
    """Writes rows, given as columns of equal length, with COPY: constraints and triggers hold as for any insert.

    Cells are text, numbers, dates, booleans or None; JSON is given as text. We write the text format ourselves, and a
    column at a time, because a call for each cell would cost more than the database does.
    """
    rows = zip(*(_written(values) for values in columns.values()), strict=True)
    lines = "\n".join(map("\t".join, rows))
    if not lines:
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        copy.write(lines + "\n")


def write_new(rows: Sequence[Model]) -> None:
    """Writes new rows of one table with COPY; the database gives them numbers, and they here stay without."""
    if not rows:
        return
    fields = [
        field
        for field in type(rows[0])._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's columns
        if not (field.primary_key or field.has_db_default())
    ]
    copy_columns(type(rows[0])._meta.db_table, {field.attname: _saved(field, rows) for field in fields})  # noqa: SLF001


def _saved(field: Field[Any, Any], rows: Sequence[Model]) -> list[object]:
    """What a field saves of each row; JSON as text."""
    values = [getattr(row, field.attname) for row in rows]
    if isinstance(field, JSONField):
        return [json.dumps(value, cls=field.encoder) for value in values]
    return [field.get_db_prep_save(value, connection) for value in values]


def write_changes(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Saves these fields of rows of one table, each row its own values, in one statement however many they are."""
    if not rows:
        return
    meta = type(rows[0])._meta  # noqa: SLF001 - Django's documented way to a model's columns
    known = {name: field for field in meta.concrete_fields for name in (field.name, field.attname)}
    changed = list(dict.fromkeys(known[name] for name in fields))
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in changed]
    names = [f'"{field.attname}"' for field in changed]
    sets = ", ".join(f"{name} = given.{name}" for name in names)
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{_kind(field)}[]" for field in changed)])
    # The names are the model's; every value is a parameter.
    statement = (
        f'UPDATE "{meta.db_table}" AS old SET {sets} '  # noqa: S608
        f"FROM unnest({arrays}) AS given (number, {', '.join(names)}) WHERE old.id = given.number"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[row.pk for row in rows], *values])


def _kind(field: Field[Any, Any]) -> str:
    """PostgreSQL's type of a column, of a relation that of what it points at; without its size, for what is made to be
    of a size is cut to it in silence, and what is assigned is refused."""
    if isinstance(field, ForeignKey):
        return str(field.target_field.rel_db_type(connection))
    return str(field.db_type(connection)).partition("(")[0]


def _written(values: Collection[object]) -> Iterable[str]:
    """The cells of a column in COPY's text format."""
    kinds = set(map(type, values))
    if kinds <= {date, type(None)}:  # many rows, few days
        days = {value: _NULL if value is None else str(value) for value in set(values)}
        return [days[value] for value in values]
    texts = list(map(str, values))
    if str in kinds:
        whole = "".join(texts)
        if any(sign in whole for sign in _WRITTEN):
            texts = [_SPECIAL.sub(_escaped, text) if _SPECIAL.search(text) else text for text in texts]
    if type(None) in kinds:
        return [_NULL if value is None else text for value, text in zip(values, texts, strict=True)]
    return texts


def _escaped(found: re.Match[str]) -> str:
    return _WRITTEN[found[0]]
