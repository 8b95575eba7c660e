"""ZIP files of statements, as ABN AMRO and ING deliver them: opened in memory, within limits, never nested.

Nothing is written anywhere, so a name cannot lead out of a directory; a name that tries is refused all the same. Sizes
are not believed from the directory of the archive: unpacking stops at the limit.
"""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from budgeting.core.statement import Unreadable

SIGNATURE = b"PK\x03\x04"
MOST_FILES = 100
MOST_RATIO = 200
_CHUNK = 65536
_ENCRYPTED = 0x1


def members(source: BinaryIO, *, limit: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file in the archive; `limit` holds for all of them together. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(source) as archive:
            found = [member for member in archive.infolist() if not member.is_dir()]
            _refuse(found, limit)
            left = limit
            for member in found:
                data = _unpacked(archive, member, left)
                left -= len(data)
                yield member.filename, data
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as fault:
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable("archive_damaged", text=str(fault)[:40]) from fault


def _refuse(found: list[zipfile.ZipInfo], limit: int) -> None:
    """Say no before unpacking, to what the archive itself already gives away."""
    if any(member.filename in {"[Content_Types].xml", "mimetype"} for member in found):
        raise Unreadable("not_a_statement", kind="spreadsheet")
    if not found:
        raise Unreadable("empty")
    if len(found) > MOST_FILES:
        raise Unreadable("too_many_files", files=str(len(found)), limit=str(MOST_FILES))
    for member in found:
        where = member.filename[:100]
        if member.flag_bits & _ENCRYPTED:
            raise Unreadable("archive_locked", where)
        if member.filename.startswith(("/", "\\")) or ".." in member.filename.replace("\\", "/").split("/"):
            raise Unreadable("archive_name", where)
        if member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise Unreadable("archive_ratio", where, limit=str(MOST_RATIO))
    if sum(member.file_size for member in found) > limit:
        raise Unreadable("too_big", size=str(sum(member.file_size for member in found)), limit=str(limit))


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of one file, as long as they stay within what is left."""
    pieces, size = [], 0
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > left:
                raise Unreadable("too_big", member.filename[:100], limit=str(left))
            pieces.append(piece)
    data = b"".join(pieces)
    if data.startswith(SIGNATURE):
        raise Unreadable("archive_nested", member.filename[:100])
    return data
