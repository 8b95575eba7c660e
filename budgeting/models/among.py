"""Rows of many: their numbers or texts go to the database as one value, for thousands are asked about many times."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Field, Lookup, Q

# Whoever there is.
EVERYONE = range(2**62)
# Of which the database need not be asked.
NOBODY = Q(pk__in=())


@Field.register_lookup
class Among(Lookup[Any]):
    """As `in`, but of one value, which costs the same for one as for a thousand: see `among` and `among_texts`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The column, and the array it is held against: numbers as they are written in SQL, or a set of texts."""
        column, parameters = self.process_lhs(compiler, connection)
        kind, values = ("bigint", self.rhs) if isinstance(self.rhs, str) else ("text", list(self.rhs))
        return f"{column} = ANY(%s::{kind}[])", (*parameters, values)


def among(field: str, numbers: Collection[int]) -> Q:
    """That a relation (or `pk`) is one of these numbers; of a range only its ends are asked.

    The array is written here: a call for each number, by Django and by the driver, would cost more than the question.
    """
    name = field if field == "pk" else f"{field}__pk"
    if isinstance(numbers, range):
        return Q(**{f"{name}__gte": numbers.start, f"{name}__lt": numbers.stop})
    return Q(**{f"{name}__among": "{" + ",".join([str(int(one)) for one in numbers]) + "}"}) if numbers else NOBODY


def among_texts(field: str, texts: Iterable[str]) -> Q:
    """That a text is one of these."""
    wanted = frozenset(texts)
    return Q(**{f"{field}__among": wanted}) if wanted else NOBODY
