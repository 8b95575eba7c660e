"""The door for a web server."""

import os
import tempfile
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from backend.overload import Gate

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, which is the point

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
    # Servers put a long request aside before the application sees it; a bank statement must not lie on a disk.
    tempfile.tempdir = str(MEMORY)
application = Gate(get_wsgi_application())
