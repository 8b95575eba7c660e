"""A payment day on three hosts and two database servers, while a host, the primary and a cable fail."""

import json
from pathlib import Path

import pytest

from tests.cluster.__main__ import dumped, played

pytestmark = pytest.mark.faults
BACK_WITHIN = 60


@pytest.fixture
def dump(django_db_setup: None, django_db_blocker, tmp_path: Path) -> Path:
    for folder in (tmp_path, *tmp_path.parents[:2]):  # the servers run as a user of their own
        folder.chmod(folder.stat().st_mode | 0o011)
    with django_db_blocker.unblock():
        return dumped(tmp_path)


def test_loses_and_doubles_nothing_while_a_host_the_primary_and_a_cable_fail(dump: Path, tmp_path: Path) -> None:
    done = played(tmp_path / "day", dump, seed=1)

    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["found"] == []
    assert told["acknowledged"] == 6
    assert set(told["back_in_service"]) == {"host", "primary", "network"}
    assert max(told["back_in_service"].values()) <= BACK_WITHIN
    assert any("came back as primary" in line for line in told["said"])
    assert any("follows again" in line for line in told["said"])
