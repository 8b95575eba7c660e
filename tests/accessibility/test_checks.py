"""The checks of pages and letters find what they are for, and nothing on our own pages."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest

from accessibility.checks import faults_of_page
from accessibility.letters.check import faults_of_letter
from tests.accessibility.households import facts
from tests.accessibility.pages import every_page
from tests.accessibility.papers import PAGE, made

GOOD = """<!doctype html><html lang="nl" dir="ltr"><head><title>Uw geld</title></head><body><main id="text">
<h1>Uw geld</h1><h2>Hulp</h2><a href="#text">Ga naar de tekst</a><a href="tel:140199">Bel 14 0199</a>
<label for="code">Code</label><input id="code"><button>Verder</button>
<img src="x.png" alt="Een huis"><svg aria-hidden="true"></svg>
<table><caption>Betaald</caption><tr><th scope="col">Wat</th></tr><tr><td>Huur</td></tr></table>
<p lang="ar" dir="rtl">مرحبا</p></main></body></html>"""

BROKEN = {
    "page_without_known_language": ('lang="nl" dir', 'lang="xx" dir'),
    "direction_is_not_of_the_language": ('dir="ltr"', 'dir="rtl"'),
    "unknown_language": ('<p lang="ar"', '<p lang="arabic"'),
    "page_without_title": ("<title>Uw geld</title>", "<title> </title>"),
    "not_one_main_heading": ("<h2>Hulp</h2>", "<h1>Hulp</h1>"),
    "heading_level_skipped": ("<h2>Hulp</h2>", "<h3>Hulp</h3>"),
    "empty_heading": ("<h2>Hulp</h2>", "<h2> </h2>"),
    "field_without_label": ('<label for="code">Code</label>', ""),
    "link_or_button_without_words": ("<button>Verder</button>", '<button><svg aria-hidden="true"></svg></button>'),
    "link_that_says_nothing": ("Bel 14 0199", "Klik hier"),
    "picture_without_words": (' alt="Een huis"', ""),
    "table_without_headers": ('<th scope="col">Wat</th>', "<td>Wat</td>"),
    "header_without_scope": ('<th scope="col">', "<th>"),
    "table_without_caption": ("<caption>Betaald</caption>", ""),
    "name_used_twice": ("<h2>", '<h2 id="code">'),
    "points_at_nothing": ('href="#text"', 'href="#boven"'),
    "own_order_of_focus": ("<button>", '<button tabindex="3">'),
}


def codes(page: str) -> set[str]:
    return {fault.code for fault in faults_of_page(page)}


def test_finds_nothing_wrong_with_a_good_page() -> None:
    assert faults_of_page(GOOD) == []


@pytest.mark.parametrize("code", BROKEN)
def test_finds_each_fault_of_a_page(code: str) -> None:
    good, bad = BROKEN[code]
    assert GOOD.count(good) >= 1
    assert code in codes(GOOD.replace(good, bad, 1))


@pytest.mark.parametrize("language", ["nl", "ar", "ti"])
def test_finds_no_fault_on_the_pages_of_a_resident(language: str) -> None:
    faults = {name: faults_of_page(page) for name, page in every_page(language).items()}
    assert {name: found for name, found in faults.items() if found} == {}


def spoiled(spoil: Any) -> bytes:
    """A good letter in Arabic and Dutch, after something was done to it."""
    written = BytesIO()
    with pikepdf.open(BytesIO(made(facts(), "ar", page=PAGE).pdf)) as letter:
        spoil(letter)
        letter.save(written)
    return written.getvalue()


def first(letter: pikepdf.Pdf, kind: str) -> Any:
    """The first element of this kind."""
    rest = [letter.Root.StructTreeRoot]
    while rest:
        one = rest.pop(0)
        if one.get("/S") == kind:
            return one
        inside = one.get("/K", [])
        rest += [
            child for child in (inside if isinstance(inside, pikepdf.Array) else [inside]) if hasattr(child, "keys")
        ]
    raise AssertionError(kind)


def without_language(letter: pikepdf.Pdf) -> None:
    del letter.Root.Lang


def without_tags(letter: pikepdf.Pdf) -> None:
    del letter.Root.MarkInfo


def with_hidden_title(letter: pikepdf.Pdf) -> None:
    letter.Root.ViewerPreferences.DisplayDocTitle = False


def without_declaration(letter: pikepdf.Pdf) -> None:
    with letter.open_metadata() as told:
        del told["pdfuaid:part"]


def without_title(letter: pikepdf.Pdf) -> None:
    with letter.open_metadata() as told:
        del told["dc:title"]


def without_words_for_a_picture(letter: pikepdf.Pdf) -> None:
    del first(letter, "/Figure").Alt


def with_a_strange_language(letter: pikepdf.Pdf) -> None:
    first(letter, "/P").Lang = "klingon"


def with_a_skipped_heading(letter: pikepdf.Pdf) -> None:
    first(letter, "/H2").S = pikepdf.Name("/H4")


def with_a_list_of_paragraphs(letter: pikepdf.Pdf) -> None:
    first(letter, "/LI").S = pikepdf.Name("/P")


def without_headings(letter: pikepdf.Pdf) -> None:
    letter.Root.StructTreeRoot.K = pikepdf.Array([])


def without_fonts(letter: pikepdf.Pdf) -> None:
    for font in letter.pages[0].resources.Font.values():
        del font.DescendantFonts[0].FontDescriptor.FontFile2


def without_meaning(letter: pikepdf.Pdf) -> None:
    for font in letter.pages[0].resources.Font.values():
        del font.ToUnicode


def with_small_print(letter: pikepdf.Pdf) -> None:
    name = next(iter(letter.pages[1].resources.Font.keys()))
    letter.pages[1].contents_add(f"/P <</MCID 999>> BDC BT {name} 8 Tf 50 50 Td <0001> Tj ET EMC".encode())


def with_loose_words(letter: pikepdf.Pdf) -> None:
    name = next(iter(letter.pages[1].resources.Font.keys()))
    letter.pages[1].contents_add(f"q BT {name} 16 Tf 1 0 0 1 50 50 Tm <0001> Tj ET Q".encode())


SPOILED = {
    "letter_without_known_language": without_language,
    "letter_without_tags": without_tags,
    "title_not_shown": with_hidden_title,
    "not_declared_pdf_ua_1": without_declaration,
    "letter_without_title": without_title,
    "picture_without_words": without_words_for_a_picture,
    "unknown_language": with_a_strange_language,
    "heading_level_skipped": with_a_skipped_heading,
    "list_or_table_of_other_parts": with_a_list_of_paragraphs,
    "letter_without_headings": without_headings,
    "font_not_inside": without_fonts,
    "letters_without_meaning": without_meaning,
    "letters_too_small": with_small_print,
    "words_without_tag": with_loose_words,
}


@pytest.mark.parametrize("code", SPOILED)
def test_finds_each_fault_of_a_letter(code: str) -> None:
    assert code in {fault.code for fault in faults_of_letter(spoiled(SPOILED[code]))}


def test_finds_nothing_in_a_letter_that_was_only_opened() -> None:
    assert faults_of_letter(spoiled(lambda letter: None)) == []


def test_does_not_read_what_is_no_letter() -> None:
    with pytest.raises(pikepdf.PdfError):
        faults_of_letter(b"%PDF-1.7 and no more")
