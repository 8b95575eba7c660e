"""A town on a server of its own: backed up, then it lets money go and hears its bank, then the backup is restored.

    DATA_DIR=… python -m tests.operate.drill_town FOLDER

Prints what `restore_drill --json` says, after a first line with the ids of the payments that left after the backup.
"""

import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")


def main(folder: Path) -> None:
    """Plays the town up to the approval, backs it up, and plays on."""
    from django.core.management import call_command  # noqa: PLC0415 - after Django is set up
    from django.db import connection  # noqa: PLC0415

    from payments.models import PaymentBatch, PaymentOrder  # noqa: PLC0415
    from tests.faults.scene import STEPS, scene  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    made = scene(7)
    by_name = {step.name: step for step in STEPS}
    for name in ("import", "decide"):
        by_name[name].do(made)
    call_command("backup", str(folder), "--json")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
    time.sleep(0.05)
    for name in ("plan", "assemble", "approve", "release", "answer", "settle"):
        step = by_name[name]
        step.ready(made)
        step.do(made)
    ids = list(PaymentOrder.objects.exclude(batch=None).values_list("end_to_end_id", flat=True))
    print(json.dumps({"released": ids, "content": bytes(PaymentBatch.objects.get().content).decode()[:20]}))
    connection.close()
    call_command("restore_drill", "--backup", str(folder), "--until", moment.isoformat(), "--json")


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]))
