"""Changes rules one at a time and counts the changes no test notices: `python -m tests.mutants [PART …]`.

Each part is a few modules with the tests that must notice: a mutant is tried with those alone, so that a part is done
in minutes on two processors. It happens in a copy of the tree; nothing of the checkout is touched. Exit code 1 when a
part kills less than it should. The survivors are named: `mutmut show NAME` in the kept copy (`--keep`) shows each.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
CORE, PAYING = "tests/budgeting/core", "tests/payments/core"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".data", "node_modules", "look", "bench", "__pycache__", ".*_cache")
WANTED = 90.0  # per cent killed
# Those that hold a stopwatch are slower with every change watched; the corpus is not ours to change rules by.
DESELECTED = "not memory and not corpus and not quick and not seconds"


@dataclass(frozen=True)
class Part:
    """Modules (files or folders) and the tests that must notice a change in them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def _core(*names: str) -> tuple[str, ...]:
    return tuple(f"budgeting/core/{name}.py" for name in names)


def _paying(*names: str) -> tuple[str, ...]:
    return tuple(f"payments/core/{name}.py" for name in names)


PARTS = {
    "access": Part(("budgeting/access.py",), ("tests/budgeting/test_access.py",)),
    "lifecycle": Part(_paying("lifecycle"), (f"{PAYING}/test_lifecycle.py",)),
    "ledger": Part(_core("ledger", "money"), (f"{CORE}/test_money.py", f"{CORE}/test_ledger.py")),
    "names": Part(_core("names", "words"), (f"{CORE}/test_names.py", f"{CORE}/test_words.py")),
    "files": Part(
        _paying("pain001", "pain002", "payment_file", "payment_reference", "sepa_text"),
        tuple(f"{PAYING}/test_{name}.py" for name in
              ("pain001", "pain002", "payment_file", "payment_reference", "sepa_text")),
    ),
    "remainder": Part(
        _paying("remainder", "scenario", "banking_days", "affordability", "what_if", "shortage"), (PAYING,)
    ),
    "calendar": Part(
        _core("schedule", "calendar_days", "recurrence"),
        tuple(f"{CORE}/test_{name}.py" for name in ("schedule", "calendar_days", "recurrence")),
    ),
    "matching": Part(
        _core("matching", "agreement_index", "clues", "match_reasons"),
        tuple(f"{CORE}/test_{name}.py" for name in ("matching", "match_reasons", "clues")),
    ),
    "statements": Part(_core("statement", "days"), (f"{CORE}/test_statement.py", f"{CORE}/test_days.py")),
    "readers": Part(("budgeting/core/readers",), (f"{CORE}/readers",)),
    "replay": Part(
        _core("replay", "backtest"), tuple(f"{CORE}/test_{name}.py" for name in ("replay", "backtest", "outlook"))
    ),
    "recognition": Part(
        (*_core("recognition", "lines", "confidence", "telling_words", "taught", "measured"),
         "budgeting/core/knowledge"),
        tuple(f"{CORE}/{name}" for name in
              ("test_recognition.py", "test_lines.py", "test_taught.py", "test_measured.py", "test_confidence.py",
               "test_telling_words.py", "test_made_up_knowledge.py", "test_left_out.py", "knowledge")),
    ),
    "histories": Part(
        _core("intake", "budget", "histories", "learning", "labelled", "collection", "evaluation", "doubts"),
        tuple(f"{CORE}/test_{name}.py" for name in
              ("histories", "evaluation", "labelled", "recognition", "intake", "budget", "learning", "collection",
               "doubts")),
    ),
    "small": Part(
        (*_core("bsn", "iban", "closing", "creditor_identifier", "debits", "endings", "held", "ledger_codes",
                "participation", "sequences", "small_numbers", "usual_days", "terms", "collecting"),
         *_paying("endings", "returns")),
        (*(f"{CORE}/test_{name}.py" for name in
           ("bsn", "iban", "closing", "creditor_identifier", "debits", "endings", "held", "ledger_codes",
            "participation", "sequences", "small_numbers", "usual_days", "terms", "collecting")),
         *(f"{PAYING}/test_{name}.py" for name in ("endings", "returns"))),
    ),
    "foresight": Part(
        _core("outlook", "alerts", "lateness"), tuple(f"{CORE}/test_{name}.py" for name in
                                                      ("outlook", "alerts", "lateness", "backtest")),
    ),
}  # fmt: skip


def main() -> int:
    """Tries every part asked for, or all of them; 1 when one kills too little."""
    asked = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    asked.add_argument("parts", nargs="*", choices=[[], *PARTS], default=list(PARTS), metavar="PART")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--keep", type=Path, help="keeps the copy of the tree in this folder")
    given = asked.parse_args()
    return max(_tried(name, given.processes, given.keep) for name in given.parts)


def _tried(name: str, processes: int, keep: Path | None) -> int:
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        folder = (keep / name) if keep else Path(scratch) / "tree"
        _copy(folder, PARTS[name])
        environment = {"DATA_DIR": str(ROOT / ".data"), **os.environ}
        mutmut = [str(Path(sys.executable).with_name("mutmut"))]
        run = [*mutmut, "run", "--max-children", str(processes)]
        told = subprocess.run(run, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        subprocess.run([*mutmut, "export-cicd-stats"], cwd=folder, env=environment, capture_output=True, check=False)
        counted = folder / "mutants" / "mutmut-cicd-stats.json"
        if told.returncode or not counted.exists():
            print(f"{name}: did not run\n{(told.stdout + told.stderr)[-3000:]}")
            return 1
        left = subprocess.run(
            [*mutmut, "results"], cwd=folder, env=environment, capture_output=True, text=True, check=False
        ).stdout
        return _judged(name, json.loads(counted.read_text()), left, monotonic() - began)


def _copy(folder: Path, part: Part) -> None:
    """The tree with a configuration for this part alone."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.mutmut]")[0]
    arguments = ["-p", "no:randomly", "-p", "no:cacheprovider", "-k", DESELECTED]
    said = {
        "source_paths": list(part.modules),
        "pytest_add_cli_args_test_selection": list(part.tests),
        "pytest_add_cli_args": arguments,
        "also_copy": ["accessibility", "backend", "budgeting", "payments", "docs", "locale", "templates", "manage.py"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in said.items()]
    (folder / "pyproject.toml").write_text("\n".join([settings, "[tool.mutmut]", *lines]), encoding="utf-8")


def _judged(name: str, counted: dict[str, int], left: str, seconds: float) -> int:
    """Killed or broken off counts as noticed; what no test reaches does not."""
    noticed = counted["killed"] + counted["timeout"] + counted["segfault"]
    tried = counted["total"] - counted["skipped"]
    share = 100 * noticed / tried if tried else 0.0
    print(f"{name:11} {noticed}/{tried} killed, {share:.1f} %, {seconds:.0f} s", flush=True)
    for line in left.splitlines():
        if line.strip().endswith(("survived", "no tests")):
            print(f"    {line.strip()}")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
