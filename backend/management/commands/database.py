"""Start, stop or look at the embedded database; commands start it by themselves when they need it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.engine.cluster import Cluster


class Command(BaseCommand):
    help = "The embedded PostgreSQL of this checkout: start, stop, status."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["start", "stop", "status"])
        parser.add_argument("--json", action="store_true")

    def handle(self, *, what: str, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("DATABASE_URL is set: that server is not ours to start or stop")
        cluster = Cluster(Path(settings.DATA_DIR))
        if what == "start":
            cluster.start()
        elif what == "stop":
            cluster.stop()
        self.stdout.write(_told(cluster, as_json=options["json"]))


def _told(cluster: Cluster, *, as_json: bool) -> str:
    running = cluster.is_running()
    if as_json:
        return json.dumps({"running": running, "pid": cluster.pid() if running else None, "data": str(cluster.data)})
    return f"running, process {cluster.pid()}" if running else "not running"
