"""A base backup of the embedded server, from which `restore_drill --backup` restores any later moment."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.engine.cluster import Cluster, EngineDidNotStart
from backend.operate.backup import BackupIsThere, back_up, fetch_wal, forget


class Command(BaseCommand):
    help = "Backs the embedded database up; the server then keeps its WAL for the backup until --forget."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", type=Path, help="the folder of the backup; it must not hold one yet")
        parser.add_argument("--wal", action="store_true", help="bring the WAL written since into an earlier backup")
        parser.add_argument("--forget", action="store_true", help="keep no WAL for this backup any more")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, to: Path, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("DATABASE_URL is set: back that server up by its own means (docs/operating.md)")
        cluster, to = Cluster(Path(settings.DATA_DIR)), to.resolve()
        try:
            done = _do(cluster, to, options)
        except BackupIsThere:
            raise CommandError(f"{to} holds a backup already: choose another folder", returncode=1) from None
        except EngineDidNotStart as refusal:
            raise CommandError(f"{to} could not be backed up. {refusal}", returncode=1) from None
        self.stdout.write(json.dumps(done) if options["json"] else str(done))


def _do(cluster: Cluster, to: Path, options: dict[str, Any]) -> dict[str, object]:
    if options["forget"]:
        return {"forgotten": forget(cluster, to)}
    if options["wal"]:
        return {"wal_files": fetch_wal(cluster, to)}
    back_up(cluster, to)
    return {"backup": str(to)}
