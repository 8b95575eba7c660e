"""Runs every benchmark in a process of its own, prints the figures beside their goals, and keeps them.

All of this run are in bench/results.json; what can be compared with other runs is added to bench/history.jsonl.
"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench import history

PARTS = (
    "readers",
    "matching",
    "recognition",
    "payments",
    "importing",
    "letters",
    "pages",
    "foresight",
    "api",
    "audit",
    "serving",
    "desk",
    "month",
    "peer",
)


def main() -> int:
    """Exit code 1 when a part did not finish; a goal that is missed is printed, not failed: machines differ."""
    results: dict[str, object] = {}
    for part in PARTS:
        print(f"{part} …", file=sys.stderr, flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{part}", "--json"], stdout=subprocess.PIPE, check=False)
        results[part] = json.loads(done.stdout) if done.returncode == 0 else {"failed": done.returncode}
        print(f"\n{part}\n{json.dumps(results[part], indent=2, ensure_ascii=False)}")
    Path("bench/results.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    for line in history.worse(results, history.earlier()):
        print(f"worse than before: {line}")
    history.keep(results, on=date.today())  # noqa: DTZ011 - a day to tell runs apart
    return int(any("failed" in figures for figures in results.values() if isinstance(figures, dict)))


if __name__ == "__main__":
    raise SystemExit(main())
