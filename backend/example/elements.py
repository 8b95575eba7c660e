"""Two words for writing XML: a new document, and a new element at the end of a path."""

from collections.abc import Mapping

from lxml import etree


def document(space: str) -> etree._Element:
    """An empty `Document` in a namespace that needs no prefix."""
    return etree.Element(f"{{{space}}}Document", nsmap={None: space})  # type: ignore[dict-item]  # None: no prefix


def add(
    into: etree._Element, path: str, text: str | None = None, attributes: Mapping[str, str] | None = None
) -> etree._Element:
    """Adds every element of a path such as `Dt/Dt`, each in the one before it; gives back the last."""
    space = etree.QName(into).namespace
    for name in path.split("/"):
        into = etree.SubElement(into, f"{{{space}}}{name}")
    into.text = text
    for name, value in (attributes or {}).items():
        into.set(name, value)
    return into
