"""Places the blocks of a story in a page."""

from collections.abc import Sequence
from functools import cache

from django import template
from django.template.loader import get_template
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe

from accessibility.blocks import Address, Level, html_of_blocks
from accessibility.telling import ToldBlock

register = template.Library()


@register.simple_tag(name="blocks")
def blocks_tag(
    blocks: Sequence[ToldBlock] | SafeString, level: Level | str = "h2", highlight: object = "", read_only: object = ""
) -> SafeString:
    """Blocks under each other, items with the way to their page unless `read_only`; finished ones stay as they are."""
    if isinstance(blocks, SafeString):
        return blocks
    address = None if read_only else _page_of_payment(get_script_prefix())
    first: Level = "h1" if level == "h1" else "h2"
    return html_of_blocks(blocks, draw=drawing, level=first, highlight=bool(highlight), address=address)


@register.simple_tag
def block_alone(block: ToldBlock) -> SafeString:
    """One block in which nothing is a link."""
    return html_of_blocks([block], draw=drawing)


@cache
def drawing(name: str) -> SafeString:
    """One of our pictograms as inline SVG, hidden from screen readers because its word stands beside it."""
    return mark_safe(get_template(f"components/pictograms/{name}.svg").render().strip())  # noqa: S308 - our own drawing


@cache
def _page_of_payment(_below: str) -> Address:
    # Looked up once: looking it up takes longer than writing a list of items.
    before, after = reverse("payment", args=[0]).rsplit("0", 1)
    return lambda reference: f"{before}{reference}{after}"
