"""The application's role cannot rewrite what is append-only, whatever SQL it is made to say."""

import os
import subprocess
import sys

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction

from backend.engine.rights import append_only_tables
from tests.databases import OwnDatabase

ATTACKS = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN more int",
    "CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "SELECT * FROM {table} FOR UPDATE",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
)
ELSEWHERE = (
    "SET session_replication_role = replica",
    "SET ROLE huishoudboekje_owner",
    "CREATE TABLE other (id int)",
    "CREATE SCHEMA other",
    "CREATE TEMPORARY TABLE other (id int)",
    "DELETE FROM django_migrations",
)


def test_knows_which_tables_are_append_only() -> None:
    tables = append_only_tables()

    assert {"posting", "approval"} <= set(tables)
    assert len(tables) == len(set(tables))


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS)
def test_keeps_append_only_rows_from_its_own_application(attack: str) -> None:
    for table in append_only_tables():
        names = {"table": connection.ops.quote_name(table), "column": connection.ops.quote_name(_first_column(table))}
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(attack.format(**names))


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ELSEWHERE)
def test_keeps_the_application_from_the_owner_s_work(attack: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(attack)


@pytest.mark.django_db
def test_enters_as_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_starts_anew_after_a_test_that_commits(turn: int) -> None:
    assert not ContentType.objects.filter(app_label="of-this-test").exists(), turn

    ContentType.objects.create(app_label="of-this-test", model="m")


def test_gives_a_test_and_its_child_processes_a_database_of_their_own(own_database: OwnDatabase) -> None:
    ContentType.objects.create(app_label="of-this-test", model="m")
    told = (
        "import django; django.setup()\n"
        "from django.contrib.contenttypes.models import ContentType\n"
        "print(ContentType.objects.filter(app_label='of-this-test').count())"
    )
    environment = {**own_database.environment, "DJANGO_SETTINGS_MODULE": "backend.settings"}

    child = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)

    assert child.stdout == "1\n"
    assert "DATABASE_URL" not in os.environ


def test_migrates_twice_and_gives_the_same_rights(own_database: OwnDatabase) -> None:
    before = _rights()

    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input"],
        env=own_database.environment,
        capture_output=True,
        check=True,
    )

    assert _rights() == before
    assert not [right for right in before if right[1] == "PUBLIC"]


def _first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return str(connection.introspection.get_table_description(cursor, table)[0].name)


def _rights() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, grantee, privilege_type FROM information_schema.table_privileges"
            " WHERE table_schema = 'public' ORDER BY 1, 2, 3"
        )
        return list(cursor.fetchall())
