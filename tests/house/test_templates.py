"""No page, letter or part of one lies about unused."""

import re
from pathlib import Path

from tests.house.tree import ROOT, kept_files, told

TEMPLATES = ROOT / "templates"
READERS = {".py", ".html", ".txt", ".svg", ".typ"}
# A name put together while running, as in f"components/pictograms/{name}.svg".
PUT_TOGETHER = re.compile(r"[\w/]+/(?=\{)")


def test_uses_every_template_it_has() -> None:
    templates = [path for path in kept_files() if path.is_relative_to(TEMPLATES)]
    texts = {path: path.read_text() for path in kept_files() if path.suffix in READERS and "house" not in path.parts}

    assert templates
    assert not [told(template) for template in templates if not _is_used(template, texts)]


def _is_used(template: Path, texts: dict[Path, str]) -> bool:
    name, folder = str(template.relative_to(TEMPLATES)), f"{template.parent.relative_to(TEMPLATES)}/"
    others = [text for path, text in texts.items() if path != template]
    if any(name in text for text in others):
        return True
    put_together = any(folder in PUT_TOGETHER.findall(text) for text in others)
    return put_together and any(f'"{template.stem}"' in text for text in others)
