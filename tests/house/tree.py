"""What lies in the house: its files, and its code as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("backend", "accessibility", "payments", "budgeting")


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep; without git (an unpacked archive) every file outside hidden folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and not _hidden(path))
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def python_files(*rooms: str) -> tuple[Path, ...]:
    """Python files of these rooms (or of the whole house), migrations aside: those are written by Django."""
    tops = rooms or (*ROOMS, "tests", "bench", "manage.py")
    found = [path for path in kept_files() if path.suffix == ".py" and "migrations" not in path.parts]
    return tuple(path for path in found if path.relative_to(ROOT).parts[0] in tops)


@cache
def syntax(path: Path) -> ast.Module:
    """The file as a syntax tree."""
    return ast.parse(path.read_text(), str(path))


def told(path: Path, node: ast.stmt | ast.expr | None = None) -> str:
    """Where something is, as a person would click it."""
    place = str(path.relative_to(ROOT))
    return f"{place}:{node.lineno}" if node else place


def names_used(path: Path) -> Iterator[tuple[ast.expr, str]]:
    """Every name and dotted name in the file, with its place."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Attribute):
            yield node, ast.unparse(node)
        elif isinstance(node, ast.Name):
            yield node, node.id


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in {"node_modules", "__pycache__"} for part in path.relative_to(ROOT).parts)
