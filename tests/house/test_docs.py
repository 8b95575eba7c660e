"""What the papers promise is there: tests they name, files they point at, commands they give."""

import re
import subprocess

from tests.house.tree import ROOT, kept_files, told

PAPERS = [path for path in kept_files() if path.suffix == ".md"]
TEST_ID = re.compile(r"\b(tests/[\w/]+\.py)(?:::(\w+))?")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
COMMAND = re.compile(r"`make ([a-z]+)")


def test_names_only_tests_that_exist() -> None:
    missing = []
    for path in PAPERS:
        for file, name in TEST_ID.findall(path.read_text()):
            source = ROOT / file
            if not source.is_file() or (name and f"def {name}(" not in source.read_text()):
                missing.append(f"{told(path)}: {file}::{name}")

    assert not missing


def test_points_only_at_files_that_exist() -> None:
    links = [(path, link) for path in PAPERS for link in LINK.findall(path.read_text())]

    assert links
    assert not [f"{told(path)}: {link}" for path, link in links if not (path.parent / link).exists()]


def test_gives_only_commands_that_exist() -> None:
    given = {command for path in PAPERS for command in COMMAND.findall(path.read_text())}
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {"run", "test"} <= given
    assert given <= set(re.findall(r"make (\w+)", listed))
