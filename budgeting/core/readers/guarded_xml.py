"""XML as it may come from anyone: walked piece by piece, without DTD, entities, network, or memory that grows.

`elements` gives every finished element of the wanted names and takes it out of the tree afterwards. Refused before the
parser sees them: a DOCTYPE or ENTITY anywhere, an encoding outside the list, NUL. libxml2 itself refuses more than 256
levels and single texts over 10 MB (`huge_tree` stays off). Between two wanted elements no more than `SPARSE` may pass,
so that a file of a million empty tags costs no more memory than an honest one.
"""

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from lxml import etree
from lxml.etree import _Element

from budgeting.core.statement import Unreadable

# Small pieces: the elements of one are still in the processor's cache when they are walked.
CHUNK = 8192
PROLOG = 1_048_576
# Markup signs and bytes that may pass without one wanted element coming by. The longest entry is one line for a whole
# payment file: 10,000 payments, as many as the house itself puts in one, are 600,000 signs and 7 MB.
SPARSE_SIGNS = 1_000_000
SPARSE_BYTES = 16_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "utf-16": "utf-16-le",
    "iso-8859-1": "iso8859-1", "latin1": "iso8859-1", "iso-8859-15": "iso8859-15", "windows-1252": "cp1252",
    "cp1252": "cp1252",
}  # fmt: skip
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
_OVERLAP = max(map(len, _FORBIDDEN))


def elements(source: BinaryIO, *tags: str, count: bytes = b"") -> Iterator[tuple[_Element, int]]:
    """Every finished element whose local name is in `tags`, with how often `count` was seen in the bytes so far.

    The last pair is the root with the final count. Raises `Unreadable`.
    """
    parser = etree.XMLPullParser(
        events=("end",), tag=[f"{{*}}{tag}" for tag in tags], encoding="utf-8", resolve_entities=False,
        no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    seen, signs, size = 0, 0, 0
    before = b""
    shells: list[_Element] = []
    try:
        for chunk in _utf8(source):
            around = before + chunk
            _refuse_dtd(around)
            if count:
                # What is looked at again is shorter than the marker, so that none is counted twice.
                seen += around.count(count, max(0, len(before) - len(count) + 1))
            before = around[-_OVERLAP:]
            parser.feed(chunk)
            came = False
            for _, element in parser.read_events():
                if TYPE_CHECKING:  # only a namespace event brings anything but an element
                    assert isinstance(element, _Element)
                came = True
                yield element, seen
                element.clear()
                shells.append(element)
            _let_go(shells)
            # Counting signs takes longer than looking for a word, so it is done where nothing wanted came by.
            signs = 0 if came else signs + chunk.count(b"<") + chunk.count(b"=")
            size = 0 if came else size + len(chunk)
            if signs > SPARSE_SIGNS or size > SPARSE_BYTES:
                raise Unreadable("element_too_big")
    except etree.XMLSyntaxError as fault:
        raise _named(fault) from fault
    yield _closed(parser), seen


def _closed(parser: etree.XMLPullParser) -> _Element:
    try:
        return parser.close()
    except etree.XMLSyntaxError as fault:
        raise _named(fault, at_end=True) from fault


def closing_tags(source: BinaryIO, tag: str) -> int:
    """How many closing tags of a local name the raw bytes hold, with any prefix: slower than counting as we go."""
    source.seek(0)
    closing = re.compile(rb"</(?:[^\s<>/:]+:)?" + tag.encode() + rb"\s*>")
    seen, before = 0, b""
    for chunk in _utf8(source):
        before += chunk
        last = before.rfind(b"<")
        seen += len(closing.findall(before[:last]))
        before = before[last:] if last >= 0 else b""
    return seen + len(closing.findall(before))


def root_name(source: BinaryIO) -> tuple[str, str]:
    """Namespace and local name of the root element; ("", "") when the first `PROLOG` bytes hold none."""
    parser = etree.XMLPullParser(events=("start",), encoding="utf-8", resolve_entities=False, no_network=True)
    try:
        before = b""
        for chunk in islice(_utf8(source), PROLOG // CHUNK):
            _refuse_dtd(before + chunk)
            before = chunk[-_OVERLAP:]
            for start in range(0, len(chunk), 512):
                parser.feed(chunk[start : start + 512])
                for _, element in parser.read_events():
                    assert isinstance(element, _Element)  # only a namespace event brings anything else
                    namespace, _, name = str(element.tag).rpartition("}")
                    return namespace.removeprefix("{"), name
    except etree.XMLSyntaxError as fault:
        raise _named(fault) from fault
    return "", ""


def _let_go(shells: list[_Element]) -> None:
    """Take out of the tree what was handed out, but for the last, from which the parser goes on."""
    for shell in shells[:-1]:
        parent = shell.getparent()
        if parent is not None:
            parent.remove(shell)
    del shells[:-1]


def _refuse_dtd(data: bytes) -> None:
    # Hardly any piece holds the sign with which they begin, and one sign is found much faster than a word.
    if b"!" in data and any(word in data for word in _FORBIDDEN):
        raise Unreadable("dtd_forbidden")


def _utf8(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of the file as UTF-8, whatever of the known encodings it is in."""
    chunk = source.read(CHUNK)
    encoding, skip = _encoding(chunk)
    if encoding == "utf-8":
        chunk = chunk[skip:]
        while chunk:
            if b"\0" in chunk:
                raise Unreadable("control_character", character="NUL")
            yield chunk
            chunk = source.read(CHUNK)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    source.seek(skip)
    while chunk := source.read(CHUNK):
        yield _decoded(decoder, chunk, encoding, source)
    yield _decoded(decoder, b"", encoding, source)


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, source: BinaryIO) -> bytes:
    try:
        text = decoder.decode(chunk, final=not chunk)
        if "\0" in text:
            raise Unreadable("control_character", character="NUL")
        return text.encode("utf-8")
    except UnicodeDecodeError as fault:
        # What the decoder kept of the piece before is in `object` too.
        place = source.tell() - len(fault.object) + fault.start
        raise Unreadable("charset", f"byte {place}", charset=encoding) from fault


def _encoding(head: bytes) -> tuple[str, int]:
    """The codec of the file and how many bytes of mark stand before it."""
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec, len(mark)
    if head[:2] in (b"<\0", b"\0<"):
        return ("utf-16-le" if head[:1] == b"<" else "utf-16-be"), 0
    found = _DECLARED.search(head[:400])
    if found is None:
        return "utf-8", 0
    declared = found[1].decode("ascii").lower()
    if declared not in _ENCODINGS or _ENCODINGS[declared].startswith("utf-16"):
        raise Unreadable("charset", "byte 0", charset=declared)
    return _ENCODINGS[declared], 0


# What is wrong wherever it stands, even when the parser tells it only as the bytes have ended.
_NEVER_AN_END = {
    etree.ErrorTypes.ERR_INTERNAL_ERROR,  # lxml: "no element found", after an entity that nobody declared
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY,
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH,
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED,
    etree.ErrorTypes.ERR_DOCUMENT_END,
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE,
}


def _named(fault: etree.XMLSyntaxError, *, at_end: bool = False) -> Unreadable:
    """libxml2's error as a problem of ours; what it only finds out when the bytes have ended is a file cut off."""
    line, column = fault.position
    code = getattr(fault, "code", 0)
    where = f"line {line}, column {column}"
    if code == etree.ErrorTypes.ERR_INVALID_CHAR:
        return Unreadable("control_character", where)
    if code == etree.ErrorTypes.ERR_INVALID_ENCODING:
        return Unreadable("charset", where, charset="utf-8")
    if code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return Unreadable("too_deep", where) if "depth" in str(fault) else Unreadable("element_too_big", where)
    return Unreadable("cut_off" if at_end and code not in _NEVER_AN_END else "not_well_formed", where)
