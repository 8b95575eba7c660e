"""The door for a web server."""

import gc
import os
import tempfile
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.urls import get_resolver

from backend.overload import Gate

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, which is the point

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
    # Servers put a long request aside before the application sees it; a bank statement must not lie on a disk.
    tempfile.tempdir = str(MEMORY)


@receiver(connection_created)
def one_processor_a_page(connection: BaseDatabaseWrapper, **_: object) -> None:
    """PostgreSQL answers a page by itself: more processes cost more than they bring, and others are asking too."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


application = Gate(get_wsgi_application())
# Every view is loaded before the first page is asked, and what is here for good is never gone through again by the
# search for dead circles: a tenth of a second, of whoever asks a page just then.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
