"""Faults of a letter: tags, language, title, words for pictures, fonts inside, and the size of every letter printed."""

import math
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf

from accessibility.checks import Fault
from accessibility.languages import LANGUAGES

SMALLEST = 16.0
SMALLEST_IN_WINDOW = 12.0
_A_HAIR = 0.05
_WINDOW_FROM = 110 * 72 / 25.4  # points from the left edge of the first page
_TABLES = {"/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"}, "/L": {"/LI", "/Caption", "/L"}}


def faults_of_letter(pdf: bytes) -> list[Fault]:
    """All faults of a PDF; an unreadable one raises `pikepdf.PdfError`."""
    with pikepdf.open(BytesIO(pdf)) as letter:
        checks = (_document, _structure, _fonts, _content)
        return [fault for check in checks for fault in check(letter)]


def sizes_of_letter(pdf: bytes) -> Counter[float]:
    """How many pieces of text are printed in each size, in points."""
    with pikepdf.open(BytesIO(pdf)) as letter:
        return Counter(round(piece.size, 1) for page in letter.pages for piece in _shown(page))


def _document(letter: pikepdf.Pdf) -> Iterator[Fault]:
    root: Any = letter.Root
    if str(root.get("/Lang", "")) not in LANGUAGES:
        yield Fault("letter_without_known_language", str(root.get("/Lang", "")))
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)) or "/StructTreeRoot" not in root:
        yield Fault("letter_without_tags", "catalog")
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        yield Fault("title_not_shown", "catalog")
    with letter.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        if told.get("pdfuaid:part") != "1":
            yield Fault("not_declared_pdf_ua_1", "metadata")
        if not str(told.get("dc:title") or "").strip():
            yield Fault("letter_without_title", "metadata")


def _structure(letter: pikepdf.Pdf) -> Iterator[Fault]:
    level = 0
    for kind, element in _elements(letter.Root.get("/StructTreeRoot")):
        language = str(element.get("/Lang", "")) or "nl"
        if language not in LANGUAGES:
            yield Fault("unknown_language", f"{kind} {language}")
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
            yield Fault("picture_without_words", kind)
        if kind in _TABLES and (odd := {inside for inside, _ in _children(element)} - _TABLES[kind]):
            yield Fault("list_or_table_of_other_parts", f"{kind} {sorted(odd)}")
        if kind[:2] == "/H" and kind[2:].isdigit():
            if int(kind[2:]) > level + 1:
                yield Fault("heading_level_skipped", f"{kind} after {level}")
            level = int(kind[2:])
    if level == 0:
        yield Fault("letter_without_headings", "tags")


def _fonts(letter: pikepdf.Pdf) -> Iterator[Fault]:
    for number, page in enumerate(letter.pages, 1):
        fonts: Any = page.resources.get("/Font", {})
        for font in fonts.values():
            inside = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor", {})
            if not any(name in inside for name in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield Fault("font_not_inside", f"page {number} {font.get('/BaseFont')}")
            if "/ToUnicode" not in font:
                yield Fault("letters_without_meaning", f"page {number} {font.get('/BaseFont')}")


def _content(letter: pikepdf.Pdf) -> Iterator[Fault]:
    for number, page in enumerate(letter.pages, 1):
        for piece in _shown(page):
            where = f"page {number} {piece.size:.1f} pt at {piece.x:.0f},{piece.y:.0f}"
            in_window = number == 1 and piece.x >= _WINDOW_FROM
            if piece.size < (SMALLEST_IN_WINDOW if in_window else SMALLEST) - _A_HAIR:
                yield Fault("letters_too_small", where)
            if not piece.marked:
                yield Fault("words_without_tag", where)


class _Piece(NamedTuple):
    """Text shown at once: its size and place in points from the lower left, and whether a tag holds it."""

    size: float
    x: float
    y: float
    marked: bool


def _shown(page: pikepdf.Page) -> Iterator[_Piece]:
    pen = _Pen()
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in {"Tj", "TJ", "'", '"'}:
            yield pen.piece()
        elif operator in _Pen.MOVES:
            _Pen.MOVES[operator](pen, list(instruction.operands))


class _Pen:
    """Where and how large text would be shown, followed through the operators of a page (ISO 32000-1, 8.4 and 9.4)."""

    def __init__(self) -> None:
        self.transform, self.text = pikepdf.Matrix(), pikepdf.Matrix()
        self.size, self.marks = 0.0, 0
        self.kept: list[tuple[pikepdf.Matrix, float]] = []

    def piece(self) -> _Piece:
        """What is shown now."""
        at = self.text @ self.transform
        return _Piece(self.size * math.hypot(at.c, at.d), at.e, at.f, self.marks > 0)

    def keep(self, _: list[Any]) -> None:
        self.kept.append((self.transform, self.size))

    def give_back(self, _: list[Any]) -> None:
        self.transform, self.size = self.kept.pop()

    def turn(self, by: list[Any]) -> None:
        self.transform = pikepdf.Matrix(*map(float, by)) @ self.transform

    def take_font(self, font: list[Any]) -> None:
        self.size = float(font[1])

    def begin(self, _: list[Any]) -> None:
        self.text = pikepdf.Matrix()

    def place(self, at: list[Any]) -> None:
        self.text = pikepdf.Matrix(*map(float, at))

    def move(self, by: list[Any]) -> None:
        self.text = pikepdf.Matrix(1, 0, 0, 1, *map(float, by)) @ self.text

    def mark(self, _: list[Any]) -> None:
        self.marks += 1

    def unmark(self, _: list[Any]) -> None:
        self.marks -= 1

    MOVES = {
        "q": keep, "Q": give_back, "cm": turn, "Tf": take_font, "BT": begin, "Tm": place, "Td": move, "TD": move,
        "BDC": mark, "BMC": mark, "EMC": unmark,
    }  # fmt: skip


def _elements(root: Any) -> Iterator[tuple[str, Any]]:
    """Every element of the tag tree in the order of reading, with its kind."""
    rest = [] if root is None else list(reversed(_children(root)))
    while rest:
        kind, element = rest.pop()
        yield kind, element
        rest.extend(reversed(_children(element)))


def _children(element: Any) -> list[tuple[str, Any]]:
    inside = element.get("/K", [])
    inside = list(inside) if isinstance(inside, pikepdf.Array) else [inside]
    return [(str(one.S), one) for one in inside if isinstance(one, pikepdf.Dictionary) and "/S" in one]
