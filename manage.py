#!/usr/bin/env python
"""The door for everyone who types: `manage.py help` lists what can be asked."""

import os
import sys


def main() -> None:
    """Run the command on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the settings come first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
