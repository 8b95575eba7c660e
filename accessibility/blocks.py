"""The blocks of a story as HTML: the one place that says how a question and its answer are marked.

What is put in is finished by `accessibility.telling`. It is written here and not in a template, because a template
takes several times as long for it, and every page of a resident is made of it.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import Literal

from django.utils.safestring import SafeString

from accessibility.telling import ToldBlock, ToldItem

Level = Literal["h1", "h2"]
Address = Callable[[str], str]
Draw = Callable[[str], str]


def html_of_blocks(
    blocks: Iterable[ToldBlock],
    *,
    draw: Draw,
    level: Level = "h2",
    highlight: bool = False,
    address: Address | None = None,
) -> SafeString:
    """Blocks under each other. `level` is the heading of the first, which `highlight` lifts out; the others have h2.

    `draw` gives the picture of a name; `address` the page of an item's reference, without which nothing is a link.
    """
    written: list[str] = []
    for block in blocks:
        _write(block, written, level=level, highlight=highlight, draw=draw, address=address)
        level, highlight = "h2", False
    # Every part is finished or escaped.
    return SafeString("".join(written))


def _write(
    block: ToldBlock, to: list[str], *, level: Level, highlight: bool, draw: Draw, address: Address | None
) -> None:
    """One block: heading, large amount, number to call, list, sentences; only what it has."""
    key, kind = escape(block.key), _kind(block, highlight=highlight)
    to.append(
        f'<section class="hhb-block{kind}" aria-labelledby="{key}">\n<{level} id="{key}">{block.heading}</{level}>\n'
    )
    if block.figure:
        to.append(f'<p class="hhb-figure">{block.figure}</p>\n')
    if block.phone:
        to.append(f'<a class="hhb-button hhb-button--wide" href="tel:{escape(block.phone)}">{block.call}</a>\n')
    if block.items:
        to.append("<ul>\n")
        to.extend(_item(item, draw, address) for item in block.items)
        to.append("</ul>\n")
    if block.sentences:
        told = " ".join(
            f"<strong>{words}</strong>" if strong else f"<span>{words}</span>" for words, strong in block.sentences
        )
        to.append(f'<p class="hhb-told">{told}</p>\n')
    to.append("</section>\n")


def _kind(block: ToldBlock, *, highlight: bool) -> str:
    if block.tone == "attention":
        return " hhb-block--attention"
    return " hhb-block--next" if highlight else ""


def _item(item: ToldItem, draw: Draw, address: Address | None) -> str:
    name: str = item.name
    if item.reference and address:
        name = f'<a href="{escape(address(item.reference))}">{name}</a>'
    picture = draw(item.pictogram) if item.pictogram else ""
    detail = f'<div class="hhb-muted">{item.detail}</div>\n' if item.detail else ""
    tone = f' class="hhb-{item.tone}"' if item.tone != "plain" else ""
    return (
        f'<li class="hhb-item">{picture}<div class="hhb-item__line"><span class="hhb-item__name">{name}</span> '
        f'<span class="hhb-item__amount">{item.amount}</span></div>\n{detail}<div{tone}>{item.state}</div></li>\n'
    )
