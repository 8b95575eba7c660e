"""The long fault, race and random suites: `python -m tests.faults --seconds N --seed S`.

They run on an embedded server of their own in a temporary folder, so that nobody's data is near, killed servers are
ours, and the disk is not asked after each commit: killed programs do not need that, only a power cut would.
"""

import argparse
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django
import psycopg

NAMES = ("controls", "kills", "races", "servers", "plays", "files", "requests")


def main() -> int:
    """Runs the suites; 1 when any found a fault."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=300)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", choices=NAMES, action="append", help="one suite (may be repeated), given all time")
    arguments.add_argument("--count", type=int, help="stop after so many, instead of the suite's own figure")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "backend.settings"}
        django.setup()
        cluster = import_module("backend.engine.cluster").Cluster(Path(folder))
        _hurry(cluster.start())
        try:
            return _run(given)
        finally:
            cluster.stop()


def _hurry(socket: Path) -> None:
    with psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute("ALTER SYSTEM SET fsync = off")
        server.execute("SELECT pg_reload_conf()")


def _run(given: argparse.Namespace) -> int:
    suites = import_module("tests.faults.suites")
    found = 0
    for name in given.only or NAMES:
        seconds = given.seconds / suites.SUITES[name][3] if given.only else given.seconds
        with suites.reported(name, given.seed, seconds) as report:
            report.wanted = given.count or report.wanted
            suites.SUITES[name][0](report)
        found += len(report.found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
