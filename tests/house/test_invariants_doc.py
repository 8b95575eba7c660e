"""docs/invariants.md says what is so: every number, guard and test exists, and `verify_books` checks what it says."""

import re

import pytest
from django.db import connection

from payments.actions import books
from tests.house.tree import ROOT

NUMBERS = [*range(1, 27), 30, 31, 34, 35, 36]
ROWS = {
    cells[1].strip(): [cell.strip() for cell in cells[2:-1]]
    for line in (ROOT / "docs" / "invariants.md").read_text().splitlines()
    if line.startswith("| I-") and (cells := line.split("|"))
}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
GUARD = re.compile(r"`([a-z]+(?:_[a-z0-9]+)+)`")


def test_says_something_of_every_invariant() -> None:
    assert list(ROWS) == [f"I-{number}" for number in NUMBERS]
    assert all(len(cells) == 5 and TEST.search(cells[3]) for cells in ROWS.values())


@pytest.mark.parametrize("number", ROWS)
def test_names_a_test_that_is_there(number: str) -> None:
    for file, name in TEST.findall(ROWS[number][3]):
        assert f"def {name}(" in (ROOT / file).read_text(), f"{file}::{name}"


@pytest.mark.django_db
def test_names_guards_that_the_database_has() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger UNION SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class"
        )
        there = {str(row[0]) for row in cursor.fetchall()}
    named = {name for cells in ROWS.values() for name in GUARD.findall(cells[1])}

    assert len(named) > 20
    assert not named - there


@pytest.mark.django_db
def test_checks_live_data_for_what_it_says() -> None:
    said = {number for number, cells in ROWS.items() if cells[4] == "yes"}

    assert {finding.id for finding in books.verify()} == said
