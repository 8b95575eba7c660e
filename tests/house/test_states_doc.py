"""docs/states.md shows by which table orders, batches and endings change, and the database keeps the very same."""

import re

import pytest
from django.db import connection

from payments.core import lifecycle
from tests.house.tree import ROOT

KINDS = (("An order", lifecycle.ORDER), ("A batch", lifecycle.BATCH), ("A participation that ends", lifecycle.ENDING))
FUNCTIONS = {
    lifecycle.ORDER: "keep_order",
    lifecycle.BATCH: "keep_batch",
    lifecycle.ENDING: "keep_participation_end",
}
INTRODUCTION = """# Which state follows which

Drawn from `payments/core/lifecycle.py`, which the code asks; triggers in the database refuse the rest. A test compares
all three. A returned or rejected order stays so: paying again is a new order, with an end-to-end id of its own. A
participation that has ended ends once more when money still comes.
"""


def picture() -> str:
    """The page as it should be."""
    parts = [f"## {title}\n\n```mermaid\n{lifecycle.diagram(kind)}```\n" for title, kind in KINDS]
    return "\n".join([INTRODUCTION, *parts])


def test_shows_the_table_that_is_asked() -> None:
    assert (ROOT / "docs" / "states.md").read_text() == picture()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FUNCTIONS)
def test_keeps_the_same_table_in_the_database(kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [FUNCTIONS[kind]])
        source = " ".join(str(cursor.fetchone()[0]).split())
    table = source[source.index("NOT IN (") : source.index("THEN", source.index("NEW.state) NOT IN ("))]
    kept = set(re.findall(r"\('(\w+)', '(\w+)'\)", table)) or set(re.findall(r"\('(\w+)', '(\w+)'\)", source))

    assert kept == {(change.from_, change.to) for change in lifecycle.TRANSITIONS if change.kind == kind}
