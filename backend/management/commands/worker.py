"""The worker of background tasks; what another worker left unfinished when it was killed, it takes up again."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from backend.operate.leases import Alive


class Command(db_worker.Command):
    help = "Does background tasks, and takes up those of workers that were killed."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        alive = Alive(worker_id)
        alive.begin()
        try:
            super().handle(worker_id=worker_id, **options)
        finally:
            alive.end()
