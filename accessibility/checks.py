"""Reads finished pages and letters as a machine can: what a screen reader, a voice or bad eyes would stumble over.

A floor, not a proof: an empty answer means that none of these faults was found. Each fault is a code with its place.
The rules for pages are of WCAG 2.2, those for letters of PDF/UA-1 (ISO 14289-1) and of our own look (16 points).
"""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import html

from accessibility.languages import LANGUAGES

_VAGUE = {"hier", "klik hier", "lees meer", "meer", "link", "here", "click here", "more", "read more"}
_NEEDS_LABEL = "//input[not(@type='hidden' or @type='submit' or @type='button')] | //select | //textarea"


class Fault(NamedTuple):
    """What is wrong, and where: an element's path or a page of a letter with what stands there."""

    code: str
    where: str


def faults_of_page(page: str) -> list[Fault]:
    """All faults of an HTML page."""
    tree = html.document_fromstring(page)
    checks = (_language, _title, _headings, _labels, _names, _pictures, _tables, _references, _focus)
    return [fault for check in checks for fault in check(tree)]


def _language(tree: html.HtmlElement) -> Iterator[Fault]:
    known = tree.get("lang") or ""
    if known not in LANGUAGES:
        yield Fault("page_without_known_language", known)
    elif tree.get("dir") != LANGUAGES[known].direction:
        yield Fault("direction_is_not_of_the_language", known)
    for element in tree.xpath("//*[@lang]"):
        if element.get("lang") not in LANGUAGES:
            yield Fault("unknown_language", _place(element))


def _title(tree: html.HtmlElement) -> Iterator[Fault]:
    titles = tree.xpath("//head/title")
    if len(titles) != 1 or not titles[0].text_content().strip():
        yield Fault("page_without_title", "head")


def _headings(tree: html.HtmlElement) -> Iterator[Fault]:
    levels = [(int(element.tag[1]), element) for element in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    if sum(level == 1 for level, _ in levels) != 1:
        yield Fault("not_one_main_heading", str([_place(element) for level, element in levels if level == 1]))
    before = 0
    for level, element in levels:
        if level > before + 1:
            yield Fault("heading_level_skipped", _place(element))
        if not _said(element):
            yield Fault("empty_heading", _place(element))
        before = level


def _labels(tree: html.HtmlElement) -> Iterator[Fault]:
    labelled = {label.get("for") for label in tree.xpath("//label[@for]") if _said(label)}
    for field in tree.xpath(_NEEDS_LABEL):
        wrapped = any(_said(label) for label in field.iterancestors("label"))
        if not (wrapped or field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")):
            yield Fault("field_without_label", _place(field))


def _names(tree: html.HtmlElement) -> Iterator[Fault]:
    for element in tree.xpath("//a[@href] | //button | //summary"):
        said = _said(element)
        if not said:
            yield Fault("link_or_button_without_words", _place(element))
        elif said.lower().strip(" .") in _VAGUE:
            yield Fault("link_that_says_nothing", f"{_place(element)}: {said}")


def _pictures(tree: html.HtmlElement) -> Iterator[Fault]:
    for element in tree.xpath("//img[not(@alt)]"):
        yield Fault("picture_without_words", _place(element))
    for element in tree.xpath("//svg"):
        if element.get("aria-hidden") != "true" and not (element.get("aria-label") or element.xpath("./title[text()]")):
            yield Fault("picture_without_words", _place(element))


def _tables(tree: html.HtmlElement) -> Iterator[Fault]:
    for table in tree.xpath("//table"):
        if not table.xpath(".//th"):
            yield Fault("table_without_headers", _place(table))
        for header in table.xpath(".//th[not(@scope)]"):
            yield Fault("header_without_scope", _place(header))
        if not (table.xpath("./caption") or table.get("aria-labelledby") or table.get("aria-label")):
            yield Fault("table_without_caption", _place(table))


def _references(tree: html.HtmlElement) -> Iterator[Fault]:
    names = [element.get("id") for element in tree.xpath("//*[@id]")]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault("name_used_twice", name)
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for element in tree.xpath(f"//*[@{attribute}]"):
            for wanted in set(element.get(attribute).split()) - set(names):
                yield Fault("points_at_nothing", f"{_place(element)}: {wanted}")
    for element in tree.xpath("//a[starts-with(@href, '#')]"):
        if element.get("href")[1:] not in names:
            yield Fault("points_at_nothing", f"{_place(element)}: {element.get('href')}")


def _focus(tree: html.HtmlElement) -> Iterator[Fault]:
    for element in tree.xpath("//*[@tabindex]"):
        if element.get("tabindex") not in {"0", "-1"}:
            yield Fault("own_order_of_focus", _place(element))


def _said(element: html.HtmlElement) -> str:
    """What a screen reader says of it: its label, else its words and the words of its pictures."""
    if label := element.get("aria-label"):
        return str(label).strip()
    pictures = " ".join(element.xpath(".//img/@alt"))
    return " ".join(f"{element.text_content()} {pictures}".split())


def _place(element: html.HtmlElement) -> str:
    return str(element.getroottree().getpath(element))
