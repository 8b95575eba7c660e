"""A new version migrates while the old one still serves: first expand, and contract in a later version.

While both run, the old one's INSERT knows no new column, and its SELECT asks for every old one. What takes something
away is a migration of its own whose name says `contract`, for the version after the one that no longer uses it.
"""

from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

OURS = ("backend", "accessibility", "payments", "budgeting")
# No version before the first was ever served: the numbers of its last migrations.
FIRST_VERSION = {"backend": 3, "accessibility": 2, "payments": 7, "budgeting": 14}
CONTRACTS = (migrations.RemoveField, migrations.DeleteModel, migrations.RenameField, migrations.RenameModel)


def problem(operation: Operation, *, contracts: bool) -> str:
    """What the version before would stumble over, or nothing."""
    if isinstance(operation, CONTRACTS) and not contracts:
        return f"{type(operation).__name__} takes away what the version before uses"
    if isinstance(operation, migrations.AddField) and not _may_be_left_out(operation.field):
        return f"AddField {operation.name}: the version before does not fill it, and the database has nothing for it"
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return next(filter(None, (problem(one, contracts=contracts) for one in operation.database_operations)), "")
    return ""


def _may_be_left_out(field: models.Field) -> bool:
    return field.null or field.many_to_many or field.has_db_default()


def ours() -> Iterator[migrations.Migration]:
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    yield from (migration for (app, _), migration in sorted(disk.items()) if app in OURS)


def test_expands_before_it_contracts() -> None:
    found = [
        f"{migration.app_label} {migration.name}: {what}"
        for migration in ours()
        if int(migration.name[:4]) > FIRST_VERSION[migration.app_label]
        for operation in migration.operations
        if (what := problem(operation, contracts="contract" in migration.name))
    ]

    assert not found


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (migrations.AddField("x", "y", models.IntegerField()), True),
        (migrations.AddField("x", "y", models.IntegerField(default=0)), True),
        (migrations.AddField("x", "y", models.IntegerField(db_default=0)), False),
        (migrations.AddField("x", "y", models.IntegerField(null=True)), False),
        (migrations.RemoveField("x", "y"), True),
        (migrations.RenameField("x", "y", "z"), True),
        (migrations.DeleteModel("x"), True),
        (migrations.CreateModel("x", []), False),
        (migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("x", "y")]), True),
    ],
)
def test_knows_what_the_version_before_stumbles_over(operation: Operation, is_refused: bool) -> None:
    assert bool(problem(operation, contracts=False)) is is_refused


def test_lets_a_migration_take_away_that_says_so() -> None:
    assert not problem(migrations.RemoveField("x", "y"), contracts=True)


def test_would_have_found_what_was_done_before_the_first_version() -> None:
    before = [problem(operation, contracts=False) for migration in ours() for operation in migration.operations]

    assert len(list(filter(None, before))) > 3
