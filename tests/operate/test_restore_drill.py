"""A backup is only worth what its restore gives: a town is backed up, lets money go, and is restored from before."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.engine.cluster import Cluster
from tests.house.tree import ROOT

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, object]]:
    """The ids of the payments that left after the backup, and what the drill said."""
    home = tmp_path_factory.mktemp("drill")
    words = [sys.executable, "-m", "tests.operate.drill_town", str(home / "backup")]
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "AUDIT_ANCHOR"}}
    environment["DATA_DIR"] = str(home)
    try:
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert not list(home.glob("drill-*")), "the restored server was thrown away"
        return lines[1]["released"], lines[2]
    finally:
        Cluster(home).stop()


def test_restores_the_books_of_a_moment_whole(drill) -> None:
    _, told = drill

    assert told["ok"] is True
    assert told["books"]["ok"] is True
    assert {row["id"]: row["checked"] for row in told["books"]["invariants"]}["I-19"] == 0, (
        "no payment file existed yet"
    )
    assert {row["id"]: row["checked"] for row in told["books"]["invariants"]}["I-11"] > 0


def test_recognises_every_payment_that_left_after_the_backup_and_keeps_it_back(drill) -> None:
    released, told = drill

    assert released
    assert sorted(one["id"] for one in told["payments"]) == sorted(released)
    assert {(one["known_as"], one["state"]) for one in told["payments"]} == {("recognised", "held")}


def test_ties_out_with_the_next_statement(drill) -> None:
    _, told = drill

    assert [one["status"] for one in told["statements"]] == ["imported"]
    assert [row["difference"] for row in told["tie_out"]] == ["0.00"]
    assert told["books_after"]["ok"] is True


def test_refuses_a_folder_without_a_backup(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    words = [sys.executable, "manage.py", "restore_drill", "--backup", str(tmp_path)]

    refused = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert refused.returncode == 1
    assert "no whole backup" in refused.stderr
