"""The house calls things by their names (docs/glossary.md) and speaks only of itself and its users."""

import re

from tests.house.tree import ROOT, kept_files, python_files, told

WITHOUT_A_NAME = {
    "utils",
    "util",
    "helpers",
    "services",
    "selectors",
    "managers",
    "constants",
    "signals",
    "common",
    "misc",
}
# `base` has no place either, but Django asks a database engine to live in a module of that name.
ASKED_BY_DJANGO = {ROOT / "backend" / "engine" / "base.py", ROOT / "backend" / "engine" / "several" / "base.py"}
NEVER = re.compile(r"\b(citizen|(?<!verification of )payee|(?<!user.)agent|assistant)s?\b", re.IGNORECASE)
MACHINE = re.compile(r"(?<![\w.<}/-])/(work|tmp|root|home|Users)/")
# The glossary lists what we never say; a reader meets the words of its format.
HERE = {"glossary.md", "test_words.py", "ofx.py", "test_ofx.py"}
TEXT = {".py", ".md", ".html", ".css", ".js", ".po", ".toml", ".yml", ".yaml", ".json", ".typ", ".txt", ".lock", ""}


def test_gives_every_module_a_name_that_says_something() -> None:
    nameless = [path for path in python_files() if {path.stem, *path.relative_to(ROOT).parts} & WITHOUT_A_NAME]
    bases = [path for path in python_files() if path.stem == "base" and path not in ASKED_BY_DJANGO]

    assert not [told(path) for path in nameless + bases]


def test_says_resident_case_worker_and_helper() -> None:
    assert not [
        f"{told(path)}: {found.group()}"
        for path in kept_files()
        if path.suffix in TEXT and path.name not in HERE
        for found in NEVER.finditer(path.read_text(errors="replace"))
    ]


def test_names_no_folder_of_anyones_computer() -> None:
    assert not [
        f"{told(path)}: {found.group()}"
        for path in kept_files()
        if path.suffix in TEXT and path.name not in HERE
        for found in MACHINE.finditer(path.read_text(errors="replace"))
    ]
