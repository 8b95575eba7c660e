"""Today is read at a door and handed down: outside backend/ nothing asks for the time."""

import ast
import re
from pathlib import Path

from tests.house.tree import names_used, python_files, syntax, told

ASKS_FOR_THE_TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate|localtime)|time\.(time|time_ns|localtime))$"
)
# With a moment between its brackets this one only says what day that is here.
TRANSLATES_A_MOMENT = re.compile(r"timezone\.(localdate|localtime)$")


def test_reads_the_clock_at_the_door_only() -> None:
    asked = [
        told(path, node)
        for path in python_files("accessibility", "payments", "budgeting")
        for node, name in names_used(path)
        if ASKS_FOR_THE_TIME.search(name) or name in {"localdate", "auto_now", "auto_now_add"}
        if node not in _translations(path)
    ]

    assert not asked


def _translations(path: Path) -> list[ast.expr]:
    calls = [node for node in ast.walk(syntax(path)) if isinstance(node, ast.Call) and node.args]
    return [call.func for call in calls if TRANSLATES_A_MOMENT.search(ast.unparse(call.func))]
