"""Every arrow in the house points down."""

import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOMS, ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def test_keeps_its_import_contracts() -> None:
    done = subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_gives_every_package_a_floor() -> None:
    beside_the_rooms = {"tests", "bench"}

    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert packages - beside_the_rooms == set(ROOMS)
