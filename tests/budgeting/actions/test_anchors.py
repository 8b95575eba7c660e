"""An end cut off the audit chain is found, because its head is kept outside the database."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from backend.engine.rights import as_owner
from budgeting.actions.anchors import anchor_chain
from budgeting.actions.audit import record
from budgeting.actions.books import verify
from tests import factories
from tests.factories import ON


@pytest.fixture
def kept(own_database, tmp_path, settings) -> Path:
    settings.AUDIT_ANCHOR = tmp_path / "anchors"
    for number in range(5):
        record(action="tried", subject=f"try:{number}", by=None)
    return settings.AUDIT_ANCHOR / f"{own_database.name}.jsonl"


def found() -> tuple[bool, str | None]:
    (finding,) = [one for one in verify([]) if one.id == "I-31"]
    return finding.ok, finding.first_violation


def cut_off(count: int) -> None:
    """As someone who owns the tables and takes the guard away."""
    with as_owner(connection, settings.DATABASE_OWNER), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only")
        cursor.execute("DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event ORDER BY id DESC LIMIT %s)",
                       [count])  # fmt: skip
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only")


def test_finds_an_end_that_was_cut_off(kept):
    anchor_chain(on=ON)
    assert found() == (True, None)

    cut_off(2)

    ok, what = found()
    assert not ok
    assert what.startswith("2026-11-02: event")


def test_finds_an_end_that_was_cut_off_and_written_anew(kept):
    anchor_chain(on=ON)
    cut_off(2)

    for number in (3, 4, 5):
        record(action="tried", subject=f"other:{number}", by=None)

    assert not found()[0]


def test_keeps_a_line_for_each_day_and_none_twice(kept):
    first = anchor_chain(on=ON)
    assert anchor_chain(on=ON) == first
    record(action="tried", subject="try:6", by=None)
    second = anchor_chain(on=ON.replace(day=3))

    assert [json.loads(line)["count"] for line in kept.read_text().splitlines()] == [5, 6]
    assert (first.count, second.count) == (5, 6)
    assert found() == (True, None)
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("old", "new"), [('"count": 5', '"count": 4'), ("{", ""), ('"seal": "', '"seal": "0')])
def test_finds_a_line_that_was_changed(kept, old, new):
    anchor_chain(on=ON)
    kept.write_text(kept.read_text().replace(old, new, 1))

    assert not found()[0]


def test_anchors_nothing_while_nothing_happened(own_database, tmp_path, settings):
    settings.AUDIT_ANCHOR = tmp_path

    assert anchor_chain(on=ON) is None
    assert found() == (True, None)


def test_anchors_at_the_end_of_the_daily_run(own_database, tmp_path, settings, capsys):
    settings.AUDIT_ANCHOR = tmp_path
    factories.house()

    call_command("daily_run", "--on", "2026-11-02", "--json")

    events = json.loads(capsys.readouterr().out)["steps"]["anchor_audit"]["events"]
    (line,) = (tmp_path / f"{own_database.name}.jsonl").read_text().splitlines()
    assert json.loads(line)["count"] == events > 0
