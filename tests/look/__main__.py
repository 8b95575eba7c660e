"""`python -m tests.look`: looks at everything, leaves pictures and `summary.json` in look/, exit code 1 on findings."""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import django

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("chromium:chromium", "default-jre-headless:java", "poppler-utils:pdftoppm")


def main(arguments: list[str]) -> int:
    """Looks, tells, and says whether anything is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    from accessibility.languages import LANGUAGES  # noqa: PLC0415 - after django
    from tests import catalogues  # noqa: PLC0415
    from tests.look.pretend import PRETENDED  # noqa: PLC0415
    from tests.look.screens import WIDTHS  # noqa: PLC0415

    every_language = [*LANGUAGES, *PRETENDED]
    asked = argparse.ArgumentParser(prog="tests.look", description=__doc__)
    asked.add_argument("--languages", nargs="*", choices=every_language, default=every_language)
    asked.add_argument("--widths", nargs="*", type=int, default=list(WIDTHS))
    asked.add_argument("--pages", default="", help="only pages with this in their name")
    asked.add_argument("--out", type=Path, default=ROOT / "look")
    chosen = asked.parse_args(arguments)
    subprocess.run([ROOT / ".ci" / "debian-packages", *PROGRAMS], check=True)
    catalogues.compile_stale()
    return _look(chosen)


def _look(chosen: argparse.Namespace) -> int:
    from tests.accessibility.browser import browser  # noqa: PLC0415
    from tests.look.markup import wrong_markup  # noqa: PLC0415
    from tests.look.screens import Finding, Seen, look_at_desk  # noqa: PLC0415
    from tests.look.sheet import contact_sheets  # noqa: PLC0415

    began, pictures = perf_counter(), chosen.out / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    markup: dict[tuple[str, str], str] = {}
    desk = _desk_pages(chosen)  # before the browser: its loop and a database do not go together in one thread
    markup |= {("nl", f"desk: {name}"): html for name, html in desk.items()}
    with browser() as chromium:
        found = [*look_at_desk(chromium, desk, pictures), *_everything(chromium, chosen, pictures, markup)]
        seen = [one for one in found if isinstance(one, Seen)]
        sheets = contact_sheets(chromium, seen, chosen.out)
    findings = [one for one in found if isinstance(one, Finding)]
    findings += wrong_markup(markup, chosen.out / "markup")
    _tell(findings, seen, markup, sheets, chosen, perf_counter() - began)
    return 1 if findings else 0


def _desk_pages(chosen: argparse.Namespace) -> dict[str, str]:
    """The desk speaks Dutch only."""
    from tests.look.desk import a_town, every_desk_page  # noqa: PLC0415

    if "nl" not in chosen.languages:
        return {}
    with a_town() as home:
        return {name: html for name, html in every_desk_page(home).items() if chosen.pages in f"desk: {name}"}


def _everything(chromium: object, chosen: argparse.Namespace, folder: Path, markup: dict) -> Iterator[object]:
    from tests.accessibility.pages import every_page  # noqa: PLC0415
    from tests.look.letters import letters  # noqa: PLC0415
    from tests.look.pretend import PRETENDED, speaking  # noqa: PLC0415
    from tests.look.screens import look  # noqa: PLC0415

    for name in chosen.languages:
        with speaking(name) as code:
            pages = {page: html for page, html in every_page(code).items() if chosen.pages in page}
            markup.update({(name, page): html for page, html in pages.items()})
            yield from look(chromium, pages, language=name, folder=folder, widths=chosen.widths)
        if name not in PRETENDED and chosen.pages in "letter":
            yield from letters(name, folder)
        print(f"looked at {name}", file=sys.stderr, flush=True)


def _tell(findings: list, seen: list, markup: dict, sheets: Iterable[Path], chosen: object, seconds: float) -> None:
    summary = {
        "languages": chosen.languages,
        "widths": chosen.widths,
        "pages": len(markup),
        "pictures": len(seen),
        "letters": sum(one.screen == "paper" for one in seen),
        "seconds": round(seconds, 1),
        "findings": dict(Counter(finding.by for finding in findings)),
        "list": [asdict(finding) for finding in findings],
    }
    (chosen.out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    for finding in findings[:40]:
        print(f"{finding.by}: {finding.language}, {finding.page}, {finding.screen}: {finding.what}")
    print(f"{len(markup)} pages, {len(seen)} pictures in {seconds:.0f} seconds: {len(findings)} findings")
    print("\n".join(str(sheet) for sheet in sheets))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
