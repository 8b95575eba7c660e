"""The short form of the killed servers, on a server of its own."""

import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

pytestmark = pytest.mark.faults


def test_holds_its_books_when_postgresql_is_killed_in_a_payment_run():
    command = [sys.executable, "-m", "tests.faults", "--only", "servers", "--count", "2", "--seed", "1"]
    environment = {name: value for name, value in os.environ.items() if name != "DATA_DIR"}
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "2 servers killed, 0 faults" in told.stdout
