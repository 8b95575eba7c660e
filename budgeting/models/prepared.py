"""Questions whose SQL is written once a process and planned once a connection, with some values left open.

Django writes the SQL of a query anew each time, and PostgreSQL plans it anew: for a resident's page both take longer
than the answer. What is asked still stands in one place, in the words of the tables themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, Expression, Field, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler


class Later(Expression):
    """A value that is given when the question is asked, by its name; `kind` is the field that would hold it."""

    def __init__(self, name: str, kind: Field[Any, Any]) -> None:
        super().__init__(output_field=kind)
        self.name = name

    def as_sql(self, *_: object, **__: object) -> tuple[str, tuple[Any, ...]]:
        """A place for a value, held by this very expression until then."""
        return "%s", (self,)


class IsOneOf(Func):
    """Whether the first is one of the second, a list that is given later."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Question:
    """A query with values left open (`Later`). `write` makes it and is called once, when it is first asked.

    Every open value is given by its name.
    """

    def __init__(self, write: Callable[[], QuerySet[Any, Any]]) -> None:
        self._write = write

    def ask(self, **values: object) -> list[tuple[Any, ...]]:
        """The rows, as the database's driver gives them: JSON stays text."""
        _, sql, places = self._written
        given: list[Any] = [values[place.name] if isinstance(place, Later) else place for place in places]
        with _planned_once() as cursor:
            cursor.execute(sql, given)
            return list(cursor.fetchall())

    def find(self, **values: object) -> list[Any]:
        """The rows as objects of their table, with what they were annotated with."""
        rows = self.ask(**values)
        compiler, _, _ = self._written
        return [self._made(row) for row in compiler.apply_converters(rows, self._converters)]

    def find_beside(self, **values: object) -> list[tuple[Any, tuple[Any, ...]]]:
        """The rows as objects of their table, each beside its annotations as the database's driver gives them."""
        _, fields, _ = self._fields
        return [(self._object(row[: len(fields)]), row[len(fields) :]) for row in self.ask(**values)]

    @cached_property
    def _written(self) -> tuple[SQLCompiler, str, Sequence[object]]:
        compiler = self._write().query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        return compiler, sql % tuple(f"${number}" for number in range(1, len(places) + 1)), places

    @cached_property
    def _converters(self) -> Any:
        compiler, _, _ = self._written
        return compiler.get_converters([selected for selected, _, _ in compiler.select or ()])

    @cached_property
    def _fields(self) -> tuple[Any, list[str], dict[str, int]]:
        compiler, _, _ = self._written
        fields = [compiler.select[place][0].target.attname for place in compiler.klass_info["select_fields"]]
        return compiler.query.model, fields, compiler.annotation_col_map

    @cached_property
    def _converters_of_fields(self) -> Any:
        _, fields, _ = self._fields
        return {place: found for place, found in self._converters.items() if place < len(fields)}

    def _object(self, row: Sequence[Any]) -> Any:
        compiler, _, _ = self._written
        model, fields, _ = self._fields
        [converted] = compiler.apply_converters([row], self._converters_of_fields)
        return model.from_db(connection.alias, fields, converted)

    def _made(self, row: Sequence[Any]) -> Any:
        model, fields, more = self._fields
        made = model.from_db(connection.alias, fields, row[: len(fields)])
        for name, place in more.items():
            setattr(made, name, row[place])
        return made


@contextmanager
def _planned_once() -> Iterator[CursorWrapper]:
    """A cursor whose SQL the server plans once and keeps as long as the connection stays.

    Wrapped as Django wraps its own, so that the questions of a page are counted and its faults are known. Django's own
    cursors never keep a plan; nor does this one for who told Django that a pooler stands between. The SQL is the
    server's own (`$1`): the driver would read through a long one again for each request.
    """
    connection.ensure_connection()
    if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        connection.connection.prepare_threshold = 0
    cursor: Any = psycopg.RawCursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(cursor) as wrapped:
        yield wrapped
