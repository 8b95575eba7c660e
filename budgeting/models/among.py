"""Rows of some residents: their numbers go to the database as one value, for a thousand are asked about many times."""

from collections.abc import Collection
from typing import Any

from django.db.models import Field, Lookup, Q

# Whoever there is.
EVERYONE = range(2**62)


@Field.register_lookup
class Among(Lookup[Any]):
    """`pk__among=numbers`: as `pk__in`, but of one value, which costs the same for one number as for a thousand."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The column, and the numbers as an array, which we write ourselves: a call for each number would cost more
        than the question does."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*parameters, "{" + ",".join([str(int(one)) for one in self.rhs]) + "}")


def among(field: str, numbers: Collection[int]) -> Q:
    """That a relation (or `pk`) is one of these numbers; of a range only its ends are asked."""
    name = field if field == "pk" else f"{field}__pk"
    if isinstance(numbers, range):
        return Q(**{f"{name}__gte": numbers.start, f"{name}__lt": numbers.stop})
    return Q(**{f"{name}__among": list(numbers)})
