"""What the site's builder does beside writing pages: pictures in place, states as tables, decisions listed.

A line `*Screen name: sentence.*` (in Dutch `*Scherm name: zin.*`) becomes the picture with that name. A picture that
was not made stops the build, and so does one that no page shows.
"""

import re
import struct
from collections import defaultdict
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PICTURE = re.compile(r"^\*(?:Screen|Scherm|Picture) ([a-z-]+): (.+)\*$", re.MULTILINE)
STATES = re.compile(r"```mermaid\nstateDiagram-v2\n(.*?)```", re.DOTALL)
CHANGE = re.compile(r"^\s*(\S+) --> (\S+)$", re.MULTILINE)
TOKENS = Path("accessibility/static/accessibility/tokens.css")
FOLDER = "screens"
_shown: set[str] = set()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Every decision stands in the list, in order, without anybody keeping a list."""
    _shown.clear()
    decisions = sorted(Path(config.docs_dir, "decisions").glob("*.md"))
    config.nav = [*(config.nav or []), {"Decisions": [f"decisions/{path.name}" for path in decisions]}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pictures and the house's own tokens are on the site as well."""
    for path in _pictures(config).values():
        files.append(File.generated(config, f"{FOLDER}/{path.name}", abs_src_path=str(path)))
    root = Path(config.config_file_path).parent
    files.append(File.generated(config, "tokens.css", abs_src_path=str(root / TOKENS)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Pictures in their place; which state follows which as a table, which needs no script."""
    up = "../" * page.file.src_uri.count("/")
    pictures = _pictures(config)
    shown = PICTURE.sub(lambda found: _figure(found[1], found[2], pictures, up), markdown)
    return STATES.sub(lambda found: _table(found[1]), shown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A table that is wider than the screen scrolls by itself, also by keyboard."""
    box = '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>'
    return html.replace("<table>", box).replace("</table>", "</table></div>")


def on_post_build(config: MkDocsConfig) -> None:
    """No picture is made for nobody."""
    if unused := sorted(_pictures(config).keys() - _shown):
        raise PluginError(f"pictures that no page shows: {', '.join(unused)}")


def _pictures(config: MkDocsConfig) -> dict[str, Path]:
    folder = Path(config.config_file_path).parent / config.extra["pictures"]
    return {path.stem: path for path in sorted(folder.glob("*")) if path.suffix in {".png", ".svg"}}


def _figure(name: str, told: str, pictures: dict[str, Path], up: str) -> str:
    if name not in pictures:
        raise PluginError(f"no picture {name}: run make docs")
    _shown.add(name)
    path = pictures[name]
    size, narrow = _size(path)
    words, kind = told.replace('"', "&quot;"), "phone" if narrow else "wide-screen"
    image = f'<img src="{up}{FOLDER}/{path.name}" alt="{words}"{size}>'
    return f'<figure class="{kind}">{image}<figcaption>{told}</figcaption></figure>'


def _size(path: Path) -> tuple[str, bool]:
    """Width and height for the page to keep room, and whether it is a phone's screen."""
    if path.suffix != ".png":
        return "", False
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return f' width="{width}" height="{height}"', width < 500


def _table(states: str) -> str:
    followed: dict[str, list[str]] = defaultdict(list)
    for before, after in CHANGE.findall(states):
        followed[before].append(after)
    rows = [f"| {_state(before)} | {', '.join(map(_state, after))} |" for before, after in followed.items()]
    return "\n".join(["| State | May be followed by |", "|---|---|", *rows])


def _state(name: Any) -> str:
    return "*(begin or end)*" if name == "[*]" else str(name)
