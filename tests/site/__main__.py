"""`python -m tests.site`: the example's pictures, then the whole site in build/site; every warning is an error."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.serving import served

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "pictures"
EXAMPLE = ROOT / "build" / "example"
MANAGE = [sys.executable, "manage.py"]


def main() -> int:
    """Exit code 0 when the site stands."""
    asked = argparse.ArgumentParser(prog="tests.site", description=__doc__)
    asked.add_argument("--same-pictures", action="store_true", help="build with the pictures made before")
    chosen = asked.parse_args()
    if not chosen.same_pictures:
        subprocess.run([ROOT / ".ci" / "debian-packages", "chromium:chromium"], check=True)
        _make_pictures()
    return build(ROOT / "build" / "site", PICTURES)


def build(site: Path, pictures: Path) -> int:
    """Writes the pages; the builder's exit code."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"DOCS_PICTURES": str(pictures)}, check=False).returncode


def _make_pictures() -> None:
    """Plays the example municipality in a place of its own, which a second time goes on from where it was."""
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DATA_DIR", str(EXAMPLE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    try:
        _manage("migrate", "--no-input", "--verbosity", "0")
        told = json.loads(_manage("demo", "--codes", "--json"))
        with served(os.environ) as address:
            _photograph(address, told)
    finally:
        _manage("database", "stop")


def _photograph(address: str, told: dict[str, Any]) -> None:
    import django  # noqa: PLC0415 - after the place is known

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's loop runs in this thread
    django.setup()
    from tests.site.flow import drawn, flows  # noqa: PLC0415
    from tests.site.screens import photograph  # noqa: PLC0415

    (PICTURES / "flow.svg").write_text(drawn(flows()), encoding="utf-8")
    photograph(address, told, PICTURES)


def _manage(*words: str) -> str:
    return subprocess.run([*MANAGE, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
