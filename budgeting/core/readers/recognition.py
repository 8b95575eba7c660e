"""Which format a file has, told from its first bytes; never from its name.

Banks' files come as text. What is clearly something else (a picture, a PDF, a program, a packed file) is named, so that
the person who chose it sees at once what went wrong.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO

from budgeting.core.readers import camt, mt940
from budgeting.core.readers.guarded_xml import root_name
from budgeting.core.statement import Item, Problem, Unreadable

HEAD = 65536
_SIGNATURES = (
    (b"%PDF", "pdf"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"), (b"MZ", "program"),
    (b"\x7fELF", "program"), (b"\xd0\xcf\x11\xe0", "spreadsheet"), (b"{\\rtf", "document"),
)  # fmt: skip
_PACKED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7z"), (b"Rar!", "rar"))
_MT940 = re.compile(r"(?:^|\n)[\x01-\x03\x1a]*:(?:20|25|28C?|60[FM]|61|62[FM]):")
_INTERIM = re.compile(r"\{2:[IO]942|(?:^|\n):(?:34F|13D?|90[CD]):")
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
    if _begins_like_xml(head):
        return _xml(head)
    charset, markers = _survey(source, head)
    text = head.decode(charset, errors="ignore").replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if _MT940.search(text):
        return _swift(text, charset, markers)
    raise Unreadable("not_recognised")


def _refuse_what_is_no_text(head: bytes) -> None:
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0"):
        raise Unreadable("empty")
    for signature, kind in _PACKED:
        if head.startswith(signature):
            raise Unreadable("packed", kind=kind)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise Unreadable("not_a_statement", kind=kind)


def _begins_like_xml(head: bytes) -> bool:
    start = head.lstrip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0")
    return start.startswith(b"<")


def _xml(head: bytes) -> Format:
    namespace, name = root_name(head)
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
    return message[1] if message else name[:40] or "xml"


def _swift(text: str, charset: str, markers: int) -> Format:
    interim = bool(_INTERIM.search(text)) and not _OPENING.search(text)
    name = "mt942" if interim else "mt940"

    def items(source: BinaryIO) -> Iterator[Item]:
        source.seek(0)
        # Universal line ends, as the banks use all three; nothing else ends a line.
        lines = TextIOWrapper(source, encoding=charset, newline=None)
        try:
            yield from mt940.items(lines, markers=markers, interim=interim)
        finally:
            lines.detach()

    return Format(name, "", items, (Problem("interim", "", {"format": "mt942"}),) if interim else ())


def _survey(source: BinaryIO, head: bytes) -> tuple[str, int]:
    """The character set of a text file and how many of its lines begin with `:61:`.

    UTF-16 by its mark or its zeros; else UTF-8 when every byte of the file is; else Windows-1252, which banks write.
    """
    candidates = _wide(head) or ("utf-8", "cp1252")
    place = 0
    for charset in candidates:
        try:
            return charset, _markers(source, charset)
        except UnicodeDecodeError as fault:
            place = max(place, fault.start)
    raise Unreadable("charset", f"byte {place}", charset=" ".join(candidates))


def _wide(head: bytes) -> tuple[str, ...]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    if head[1:2] == b"\0":
        return ("utf-16-le",)
    return ("utf-16-be",) if head[:1] == b"\0" else ()


def _markers(source: BinaryIO, charset: str) -> int:
    """How many lines begin with `:61:`; on the way every character is decoded, and NUL refused."""
    decoder = codecs.getincrementaldecoder(charset)()
    source.seek(0)
    before, seen, chunk = "\n", 0, b"-"
    while chunk:
        chunk = source.read(HEAD)
        text = before + decoder.decode(chunk, final=not chunk)
        if "\0" in text:
            raise Unreadable("control_character", f"byte {source.tell()}", character="NUL")
        seen += text.count("\n:61:") + text.count("\r:61:")
        before = text[-4:]
    return seen
