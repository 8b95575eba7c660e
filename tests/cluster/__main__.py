"""Payment days on a cluster with trouble: `python -m tests.cluster --runs 10 --seed 1`.

Each day has servers of its own in a temporary folder and, where that is allowed, a network of its own. Then the
negative controls: without synchronous replication, without the lease or without telling servers apart, a day must
turn out wrong.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

from tests.cluster.network import may_make_namespaces
from tests.house.tree import ROOT

CONTROLS = {"synchronous": "acknowledged and not there", "lease": "ran the day at once", "fence": "was used"}


def main() -> int:
    """1 when a day turned out wrong, or a control did not."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--runs", type=int, default=10)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--no-controls", action="store_true")
    given.add_argument("--figures", type=Path, help="where to keep what the hosts of the first day told a watch")
    asked = given.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        dump = dumped(Path(folder))
        for seed in range(asked.seed, asked.seed + asked.runs):
            wrong += _day(Path(folder), dump, seed, figures=asked.figures if seed == asked.seed else None)
        for name in () if asked.no_controls else CONTROLS:
            wrong += _control(Path(folder), dump, asked.seed, name)
    print(f"{asked.runs} days, {wrong} wrong")
    return 1 if wrong else 0


def dumped(folder: Path) -> Path:
    """The migrated tables without anybody in them, as one file; Django must be set up."""
    from django.conf import settings  # noqa: PLC0415 - after Django is set up

    databases, servers = (import_module(name) for name in ("tests.databases", "tests.cluster.servers"))
    folder.chmod(0o711)
    servers.dump(settings.DATABASE_OWNER, databases._template(), folder / "town.dump")
    return folder / "town.dump"


def played(
    home: Path, dump: Path, *, seed: int, without: str = "", figures: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """One day in a process of its own, in a network of its own where that is allowed."""
    home.mkdir(mode=0o711)
    words = [sys.executable, "-m", "tests.cluster.played", str(home), str(dump), "--seed", str(seed)]
    words += ["--without", without] if without else []
    words += ["--figures", str(figures)] if figures else []
    words = ["unshare", "--net", *words] if may_make_namespaces() else [*words, "--loopback"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def _day(folder: Path, dump: Path, seed: int, figures: Path | None) -> int:
    done = played(folder / f"day-{seed}", dump, seed=seed, figures=figures)
    print(f"seed {seed}: {'right' if done.returncode == 0 else 'WRONG'}\n{done.stdout}", flush=True)
    if done.returncode:
        print(done.stderr[-3000:])
    return int(done.returncode != 0)


def _control(folder: Path, dump: Path, seed: int, name: str) -> int:
    done = played(folder / f"without-{name}", dump, seed=seed, without=name)
    red = done.returncode == 1 and CONTROLS[name] in done.stdout
    print(f"without {name}: {'red' if red else 'STAYED GREEN'}\n{done.stdout}", flush=True)
    if not red:
        print(done.stderr[-3000:])
    return int(not red)


if __name__ == "__main__":
    sys.exit(main())
