"""One payment day on the cluster, from making the servers to what is then in the books.

    python -m tests.cluster.played FOLDER DUMP --seed N [--without CONTROL] [--loopback] [--figures FILE]

Prints what happened and one last line of JSON; ends with 1 when anything is not as it would be without trouble.
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import django

from backend.engine import APP_ROLE, DATABASE, OWNER_ROLE, PORT
from tests.cluster.network import Loopback, Namespaces, Network
from tests.cluster.servers import Server

BACK_WITHIN = 60.0


def main() -> int:
    """Makes the servers, then the town, then lives its day."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("home", type=Path)
    given.add_argument("dump", type=Path)
    given.add_argument("--seed", type=int, required=True)
    given.add_argument("--without", choices=("synchronous", "lease", "fence"))
    given.add_argument("--loopback", action="store_true")
    given.add_argument("--figures", type=Path, help="where to keep what the hosts told a watch")
    asked = given.parse_args()
    network: Network = Loopback() if asked.loopback else Namespaces()
    primary, standby = (Server(name, asked.home, network) for name in ("db1", "db2"))
    try:
        primary.make(asked.dump)
        _set_up(asked.home, f"{network.address('db1')}:{PORT},{network.address('db2')}:{PORT}")
        return import_module("tests.cluster.lived").live(asked, network, primary, standby)
    finally:
        for server in (primary, standby):
            server.kill()


def _set_up(home: Path, servers: str) -> None:
    """Django, for a database on two servers, on the morning of the payment day."""
    os.environ |= {
        "DATABASE_URL": f"postgresql://{APP_ROLE}@{servers}/{DATABASE}",
        "DATABASE_OWNER_URL": f"postgresql://{OWNER_ROLE}@{servers}/{DATABASE}",
        "DATA_DIR": str(home),
        "ALLOWED_HOSTS": "*",
        "METRICS_TOKEN": "a-watch",
        "DJANGO_SETTINGS_MODULE": "backend.settings",
    }
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
