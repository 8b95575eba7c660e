"""The house stays readable: short files, short functions, short decisions."""

import ast

from tests.house.tree import ROOT, kept_files, python_files, syntax, told

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_DECISION = 60


def test_keeps_its_files_short() -> None:
    by_hand = [path for path in kept_files() if "migrations" not in path.parts]
    files = [path for path in by_hand if path.suffix in {".py", ".html", ".css", ".typ"}]

    assert len(files) > 50
    assert not [told(path) for path in files if len(path.read_text().splitlines()) > LONGEST_FILE]


def test_keeps_its_functions_short() -> None:
    functions = [
        (path, node)
        for path in python_files()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert len(functions) > 100
    assert not [told(path, node) for path, node in functions if _lines(node) > LONGEST_FUNCTION]


def test_keeps_its_decisions_on_one_screen() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert decisions
    assert len({path.name[:4] for path in decisions}) == len(decisions), "two decisions have one number"
    assert not [told(path) for path in decisions if len(path.read_text().splitlines()) > LONGEST_DECISION]


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
