"""Today is read at a door and handed down: outside backend/ nothing asks for the time."""

import re

from tests.house.tree import names_used, python_files, told

ASKS_FOR_THE_TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate|localtime)|time\.(time|time_ns|localtime))$"
)


def test_reads_the_clock_at_the_door_only() -> None:
    asked = [
        told(path, node)
        for path in python_files("accessibility", "payments", "budgeting")
        for node, name in names_used(path)
        if ASKS_FOR_THE_TIME.search(name) or name in {"localdate", "auto_now", "auto_now_add"}
    ]

    assert not asked
