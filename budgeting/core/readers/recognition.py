"""Which format a file has, told from its first bytes; never from its name.

Banks' files come as text. What is clearly something else (a picture, a PDF, a program, a packed file) is named, so that
the person who chose it sees at once what went wrong.
"""

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

from budgeting.core.readers import camt, mt940
from budgeting.core.readers.csv_layouts import table
from budgeting.core.readers.guarded_xml import root_name
from budgeting.core.statement import Item, Problem, Unreadable

HEAD = 65536
LONGEST_LINE = 12_000_000
_SIGNATURES = (
    (b"%PDF", "pdf"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"), (b"MZ", "program"),
    (b"\x7fELF", "program"), (b"\xd0\xcf\x11\xe0", "spreadsheet"), (b"{\\rtf", "document"),
)  # fmt: skip
_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7z"), (b"Rar!", "rar"))
_MT940 = re.compile(r"(?:^|\n)[\x01-\x03\x1a]*:(?:20|25|28C?|60[FM]|61|62[FM]):|^\{1:F01")
# What `_MT940` cannot match without, in the bytes of any of our character sets.
_TAGS = re.compile(rb"(?:^|[\r\n])[\0-\x03\x1a\xef\xbb\xbf\xfe\xff]*:\0?[26]|\{\0?1")
_INTERIM = re.compile(r"\{2:[IO]942|(?:^|\n):(?:34F|13D?|90[CD]):")
_HTML = re.compile(rb"[\xef\xbb\xbf\s]*<(?:!doctype\s+)?html", re.IGNORECASE)
_OFX = re.compile(rb"OFXHEADER|<OFX>|<ofx>")
_OFX_CHARSETS = {
    "NONE": "cp1252", "": "cp1252", "1252": "cp1252", "WINDOWS-1252": "cp1252", "8859-1": "iso8859-1",
    "ISO-8859-1": "iso8859-1", "8859-15": "iso8859-15", "ISO-8859-15": "iso8859-15", "UTF-8": "utf-8", "UTF8": "utf-8",
    "CSUNICODE": "utf-8",
}  # fmt: skip
_OPENING = re.compile(r"(?:^|\n):60[FM]:")


def _nothing(_: BinaryIO) -> Iterator[Item]:
    return iter(())


@dataclass(frozen=True)
class Format:
    """A format by name and version, how to read it, and what is wrong with it as such."""

    name: str
    version: str = ""
    items: Callable[[BinaryIO], Iterator[Item]] = _nothing
    problems: tuple[Problem, ...] = ()


def recognised(source: BinaryIO) -> Format:
    """The format of a file; raises `Unreadable` for what is no statement. Leaves the file at an arbitrary place."""
    head = source.read(HEAD)
    _refuse_what_is_no_text(head)
    start = head.lstrip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0")
    if _OFX.search(head) and start[:1] in b"<O":
        return _ofx(source, head)
    if start.startswith(b"<"):
        return _xml(source)
    # Searching a whole file for what no other format holds takes as long as reading some: so only where a tag is seen.
    charset, markers = _survey(source, head, ("\n:61:", "\r:61:") if _TAGS.search(head) else ())
    text = head.decode(charset, errors="ignore").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if _MT940.search(text):
        return _swift(text, charset, markers)
    found = table(text)
    if found is None:
        raise Unreadable("not_recognised")
    return Format("csv", found.layout.bank, lambda source: _heavy("dutch_csv").items(source, charset, found))


def _heavy(name: str) -> Any:
    """The reader that brings a big package along, loaded when a file asks for it: most files never do."""
    return import_module(f"budgeting.core.readers.{name}")


def _refuse_what_is_no_text(head: bytes) -> None:
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0"):
        raise Unreadable("empty")
    if head.startswith(b"PK\x05\x06"):  # an archive without files
        raise Unreadable("empty")
    for signature, kind in _PACKED:
        if head.startswith(signature):
            raise Unreadable("packed", kind=kind)
    if _HTML.match(head):
        raise Unreadable("not_a_statement", kind="html")
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise Unreadable("not_a_statement", kind=kind)


def _ofx(source: BinaryIO, head: bytes) -> Format:
    """OFX with the version of its header; the character set is that of the header unless the bytes are UTF-8."""
    version = re.search(rb"VERSION\W{1,3}([0-9]{3})", head)
    declared = re.search(rb"CHARSET:([A-Za-z0-9-]*)", head)
    named = declared[1].decode("ascii").upper() if declared else "NONE"
    if named not in _OFX_CHARSETS:
        raise Unreadable("charset", "CHARSET", charset=named[:40])
    charset, markers = _survey(source, head, ("<STMTTRN>", "<stmttrn>"), ("utf-8", _OFX_CHARSETS[named]))

    def items(source: BinaryIO) -> Iterator[Item]:
        found: Iterator[Item] = _heavy("ofx").items(_pieces(source, charset), markers=markers)
        return found

    number = version[1].decode("ascii") if version else ""
    return Format("ofx2" if number[:1] == "2" else "ofx1", number, items)


def _pieces(source: BinaryIO, charset: str) -> Iterator[str]:
    """The text of a file piece by piece, without DTD."""
    decoder = codecs.getincrementaldecoder(charset)()
    source.seek(0)
    before, chunk = "", b"-"
    while chunk:
        chunk = source.read(HEAD)
        piece = decoder.decode(chunk, final=not chunk)
        if "<!DOCTYPE" in before + piece or "<!ENTITY" in before + piece:
            raise Unreadable("dtd_forbidden")
        before = piece[-9:]
        yield piece


def _xml(source: BinaryIO) -> Format:
    source.seek(0)
    namespace, name = root_name(source)
    found = camt.NAMESPACE.fullmatch(namespace)
    if found is None or name != "Document":
        raise Unreadable("not_a_statement", kind=_kind_of_xml(namespace, name))
    kind, version = found.groups()
    if int(version) not in camt.VERSIONS:
        raise Unreadable("version_unknown", version=f"camt.{kind}.001.{version}")
    problems = () if kind == "053" else (Problem("interim", "", {"format": f"camt.{kind}"}),)
    return Format(f"camt.{kind}", f"001.{version}", lambda source: camt.items(source, kind=kind), problems)


def _kind_of_xml(namespace: str, name: str) -> str:
    """What an XML file is instead: the ISO message it names, else its root element."""
    message = re.search(r"((?:pain|camt|pacs|head)\.[0-9]{3}\.[0-9]{3}\.[0-9]{2})$", namespace)
    return message[1] if message and name == "Document" else name[:40] or "xml"


def _swift(text: str, charset: str, markers: int) -> Format:
    head = text[:4096]
    interim = bool(_INTERIM.search(head)) and not _OPENING.search(head)
    name = "mt942" if interim else "mt940"

    def items(source: BinaryIO) -> Iterator[Item]:
        return mt940.items(_blocks(source, charset), markers=markers, interim=interim)

    return Format(name, "", items, (Problem("interim", "", {"format": "mt942"}),) if interim else ())


def _blocks(source: BinaryIO, charset: str) -> Iterator[list[str]]:
    """The lines of a file without their ends, block by block; banks use all three ends, nothing else is one."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(charset)(), translate=True)
    source.seek(0)
    rest: list[str] = []
    length, chunk = 0, b"-"
    while chunk:
        chunk = source.read(HEAD)
        lines = decoder.decode(chunk, final=not chunk).split("\n")
        rest.append(lines[0])
        length += len(lines[0])
        if length > LONGEST_LINE:
            raise Unreadable("element_too_big")
        if len(lines) > 1:
            lines[0] = "".join(rest)
            rest = [lines.pop()]
            length = len(rest[0])
            yield lines
    yield ["".join(rest)]


def _survey(
    source: BinaryIO, head: bytes, marks: tuple[str, ...], charsets: tuple[str, ...] = ("utf-8", "cp1252")
) -> tuple[str, int]:
    """The character set of a text file and how often the marks of an entry stand in it.

    UTF-16 by its mark or its zeros; else UTF-8 when every byte of the file is; else Windows-1252, which banks write.
    """
    candidates = _wide(head) or charsets
    place = 0
    for charset in candidates:
        try:
            return charset, _markers(source, charset, marks)
        except UnicodeDecodeError as fault:
            # In `object` is what was read last and what the decoder kept of the piece before.
            place = max(place, source.tell() - len(fault.object) + fault.start)
    raise Unreadable("charset", f"byte {place}", charset=" ".join(candidates))


def _wide(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if head[1:2] == b"\0":
        return ("utf-16-le",)
    return ("utf-16-be",) if head[:1] == b"\0" else ()


def _markers(source: BinaryIO, charset: str, marks: tuple[str, ...]) -> int:
    """How often the marks stand in the file; on the way every character is decoded, and NUL refused."""
    decoder = codecs.getincrementaldecoder(charset)()
    source.seek(0)
    longest = max(map(len, marks), default=1) - 1
    before, seen, chunk = "\n", 0, b"-"
    while chunk:
        chunk = source.read(HEAD)
        text = before + decoder.decode(chunk, final=not chunk)
        if "\0" in text:
            raise Unreadable("control_character", character="NUL")
        # What is carried over is shorter than any mark, so that none is counted twice.
        seen += sum(text.count(mark) for mark in marks)
        before = text[-longest:] if longest else ""
    return seen
