#!/usr/bin/env python
"""The door for everyone who types: `manage.py help` lists what can be asked."""

import os
import sys

# What PostgreSQL says of a table or a column that is not there.
_NOT_THERE = {"42P01", "42703"}


def main() -> None:
    """Run the command on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the settings come first
    from django.db import ProgrammingError  # noqa: PLC0415 - the settings come first

    try:
        execute_from_command_line(sys.argv)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") not in _NOT_THERE or "--traceback" in sys.argv:
            raise
        said = str(error).splitlines()[0]
        sys.exit(f"The database is empty or of another version: run `manage.py migrate` first. ({said})")


if __name__ == "__main__":
    main()
