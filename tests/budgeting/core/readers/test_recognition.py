"""Telling a format from the first bytes of a file: what else it may be, its characters, and pieces of any size."""

import codecs
from decimal import Decimal
from io import BytesIO

import pytest

from budgeting.core.readers import read, recognition
from budgeting.core.readers.recognition import recognised
from budgeting.core.statement import Entry, Problem, Unreadable
from tests.budgeting.core.readers.writing import Fact, camt053, ing, mt940, ofx

FACTS = [Fact(Decimal("1.00"), text="één Zoë"), Fact(Decimal("-2.00"), text="€ 5,00 für")] * 2


class Watched(BytesIO):
    """A file that is never read in bigger pieces than it should."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= recognition.HEAD
        return super().read(size)


def stopped(data: bytes) -> Problem:
    with pytest.raises(Unreadable) as stop:
        list(recognised(BytesIO(data)).items(BytesIO(data)))
    return stop.value.problem


@pytest.mark.parametrize(
    ("start", "code", "kind"),
    [
        (b"%PDF-1.7", "not_a_statement", "pdf"),
        (b"\x89PNG\r\n", "not_a_statement", "picture"),
        (b"\xff\xd8\xff\xe0", "not_a_statement", "picture"),
        (b"GIF89a", "not_a_statement", "picture"),
        (b"MZ\x90\0", "not_a_statement", "program"),
        (b"\x7fELF", "not_a_statement", "program"),
        (b"\xd0\xcf\x11\xe0", "not_a_statement", "spreadsheet"),
        (b"{\\rtf1", "not_a_statement", "document"),
        (b"<HTML>", "not_a_statement", "html"),
        (b"\xef\xbb\xbf\n<!DOCTYPE  html>", "not_a_statement", "html"),
        (b"\x1f\x8b\x08", "packed", "gzip"),
        (b"BZh9", "packed", "bzip2"),
        (b"\xfd7zXZ\0", "packed", "xz"),
        (b"7z\xbc\xaf", "packed", "7z"),
        (b"Rar!\x1a", "packed", "rar"),
    ],
)
def test_names_what_a_file_is_by_how_it_begins(start: bytes, code: str, kind: str) -> None:
    assert stopped(start + b" and more") == Problem(code, "", {"kind": kind})


@pytest.mark.parametrize("data", [b"", b"\xfe\xff", b" \t\r\n\0", b"PK\x05\x06" + b"\0" * 18])
def test_says_that_nothing_is_in_it(data: bytes) -> None:
    assert stopped(data) == Problem("empty")


@pytest.mark.parametrize(
    "data", [b"X", b"XX", b"X" + camt053(FACTS), b"X:20:1", b"XOFXHEADER:100", b"pk\x05\x06", b"O, no"]
)
def test_does_not_know_what_only_looks_like_something(data: bytes) -> None:
    assert stopped(data) == Problem("not_recognised")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_reads_the_same_text_whatever_its_characters_and_line_ends(charset: str, end: str) -> None:
    written = mt940(FACTS).decode().replace("\r\n", end)
    reading = read(written.encode(charset))
    assert (reading.format, reading.problems) == ("mt940", ())
    assert reading.statements == read(mt940(FACTS)).statements
    assert reading.statements[0].entries[1].remittance == "€ 5,00 für"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"X\0", b"\0X"])
def test_takes_a_wide_file_for_nothing_else(mark: bytes) -> None:
    charset = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", b"X\0": "utf-16-le", b"\0X": "utf-16-be"}
    assert stopped(mark + b"\xdf\xdf" * 2) == Problem("charset", "byte 2", {"charset": charset[mark]})


WRITTEN = {
    "mt940": mt940(FACTS),
    "ofx1": ofx(FACTS).replace(b"STMTTRN>", b"stmttrn>"),
    "ofx2": ofx(FACTS, xml=True),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_reads_the_same_whatever_the_pieces(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(WRITTEN[kind])
    assert (whole.format, len(whole.statements[0].entries)) == (kind, 4)
    for size in [*range(400, 460), 601, 999]:
        monkeypatch.setattr(recognition, "HEAD", size)
        pieces = list(recognised(Watched(WRITTEN[kind])).items(Watched(WRITTEN[kind])))
        assert tuple(one for one in pieces if type(one) is Entry) == whole.statements[0].entries, size
        assert not [one for one in pieces if type(one) is Problem and one.severity != "note"], size


def test_knows_an_export_whose_first_piece_ends_within_a_character(monkeypatch: pytest.MonkeyPatch) -> None:
    data = ing([Fact(Decimal("1.00"), text="é" * 90)])
    for size in (330, 331):
        monkeypatch.setattr(recognition, "HEAD", size)
        assert recognised(Watched(data)).version == "ING"
    assert b"\xc3" in {data[329:330], data[330:331]}


@pytest.mark.parametrize("word", ["<!DOCTYPE OFX>", '<!ENTITY a "b">'])
def test_refuses_a_dtd_anywhere_in_ofx(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head, tail = ofx(FACTS).decode("cp1252").split("<OFX>")
    assert stopped(f"{head}{word}<OFX>{tail}".encode()) == Problem("dtd_forbidden")
    monkeypatch.setattr(recognition, "HEAD", 200)
    for length in range(200, 240):
        data = f"{head}<OFX>{'x' * length}{word}{tail}".encode()
        assert stopped(data) == Problem("dtd_forbidden"), length


@pytest.mark.parametrize(
    ("declared", "read_as"),
    [
        ("1252", "cp1252"),
        ("NONE", "cp1252"),
        ("", "cp1252"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "iso8859-1"),
        ("iso-8859-15", "iso8859-15"),
        ("8859-15", "iso8859-15"),
        ("UTF-8", "utf-8"),
    ],
)
def test_reads_ofx_in_the_characters_it_declares(declared: str, read_as: str) -> None:
    text = ofx([Fact(Decimal("1.00"), name="Zoë")]).decode("cp1252").replace("CHARSET:1252", f"CHARSET:{declared}")
    for charset in (read_as, "utf-8"):
        (statement,) = read(text.encode(charset)).statements
        assert statement.entries[0].counterparty_name == "Zoë", charset


def test_reads_the_euro_sign_of_ofx_as_its_characters_have_it() -> None:
    text = ofx([Fact(Decimal("1.00"), name="€ 1")]).decode("cp1252").replace("CHARSET:1252", "CHARSET:8859-15")
    assert read(text.encode("iso8859-15")).statements[0].entries[0].counterparty_name == "€ 1"


def test_names_characters_of_ofx_that_it_does_not_know() -> None:
    data = ofx(FACTS).replace(b"CHARSET:1252", b"CHARSET:" + b"koi8-" * 9)
    assert stopped(data) == Problem("charset", "CHARSET", {"charset": ("KOI8-" * 9)[:40]})


@pytest.mark.parametrize(
    ("header", "name", "version"),
    [("VERSION:102", "ofx1", "102"), ("VERSION:211", "ofx2", "211"), ("VERSION: none", "ofx1", "")],
)
def test_names_the_version_of_ofx_as_its_header_does(header: str, name: str, version: str) -> None:
    found = recognised(BytesIO(ofx(FACTS).replace(b"VERSION:102", header.encode())))
    assert (found.name, found.version) == (name, version)


def test_names_the_byte_at_which_no_known_characters_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = mt940(FACTS)
    place = len(whole) - 20
    spoilt = whole[:place] + b"\x81\xff" + whole[place:]
    for size in (100, 65536):
        monkeypatch.setattr(recognition, "HEAD", size)
        assert stopped(spoilt) == Problem("charset", f"byte {place}", {"charset": "utf-8 cp1252"}), size


@pytest.mark.parametrize(
    ("data", "marks", "found"),
    [
        (b":61:a\n:61:b", ("\n:61:",), ("utf-8", 2)),
        (b":61:a\r:61:b", ("\n:61:", "\r:61:"), ("utf-8", 2)),
        (b"no mark", (), ("utf-8", 0)),
        (b":20:\xc3\xab", (), ("utf-8", 0)),
        (b":20:\xc3", (), ("cp1252", 0)),
        (b":\x002\x00", (), ("utf-16-le", 0)),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 65536])
def test_finds_the_characters_and_the_marks_of_a_file(
    data: bytes, marks: tuple[str, ...], found: tuple[str, int], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "HEAD", size)
    assert recognition._survey(Watched(data), data, marks) == found


def test_knows_a_tag_behind_a_mark_of_the_characters() -> None:
    assert recognised(BytesIO(b"\xef\xbb\xbf:20:X")).name == "mt940"
    assert stopped(b"\x81\xff") == Problem("charset", "byte 0", {"charset": "utf-8 cp1252"})


def test_refuses_a_character_of_zero_without_pretending_a_place() -> None:
    assert stopped(mt940(FACTS).replace(b"Energie", b"Ener\0gie")) == Problem(
        "control_character", "", {"character": "NUL"}
    )


def test_reads_a_line_as_long_as_it_says_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = max(map(len, mt940(FACTS).decode().split("\r\n")))
    for size in (7, 100, 65536):
        monkeypatch.setattr(recognition, "HEAD", size)
        monkeypatch.setattr(recognition, "LONGEST_LINE", longest)
        blocks = list(recognition._blocks(Watched(mt940(FACTS)), "utf-8"))
        assert "\n".join(line for block in blocks for line in block) == mt940(FACTS).decode().replace("\r\n", "\n")
    monkeypatch.setattr(recognition, "LONGEST_LINE", 10)
    assert list(recognition._blocks(Watched(b"x" * 10), "utf-8"))[-1] == ["x" * 10]
    monkeypatch.setattr(recognition, "HEAD", 7)
    monkeypatch.setattr(recognition, "LONGEST_LINE", longest - 8)
    with pytest.raises(Unreadable) as stop:
        list(recognition._blocks(Watched(mt940(FACTS)), "utf-8"))
    assert stop.value.problem == Problem("element_too_big")


@pytest.mark.parametrize(
    ("namespace", "name", "kind"),
    [
        ("urn:iso:std:iso:20022:tech:xsd:pain.002.001.10", "Document", "pain.002.001.10"),
        ("urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08", "Document", "pacs.008.001.08"),
        ("urn:iso:std:iso:20022:tech:xsd:head.001.001.02", "AppHdr", "AppHdr"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", "Envelope", "Envelope"),
        ("", "x" * 50, "x" * 40),
        ("", "", "xml"),
    ],
)
def test_names_the_message_or_the_root_of_other_xml(namespace: str, name: str, kind: str) -> None:
    assert recognition._kind_of_xml(namespace, name) == kind


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("{1:F01X}{2:I942Y}{4:\n:20:1", "mt942"),
        ("{1:F01X}{2:O942Y}{4:\n:20:1", "mt942"),
        (":20:1\n:25:X\n:13D:2611201200+0100", "mt942"),
        (":20:1\n:25:X\n:34F:EURD0,", "mt942"),
        (":20:1\n:25:X\n:90D:1EUR1,", "mt942"),
        (":20:1\n:25:X\n:60F:C261119EUR0,\n:90C:1EUR1,", "mt940"),
        (":20:1\n:25:X\n:61:2611201120C1,NTRF", "mt940"),
    ],
)
def test_tells_a_report_of_today_from_a_statement(head: str, name: str) -> None:
    found = recognised(BytesIO(head.encode()))
    interim = (Problem("interim", "", {"format": "mt942"}),) if name == "mt942" else ()
    assert (found.name, found.version, found.problems) == (name, "", interim)
