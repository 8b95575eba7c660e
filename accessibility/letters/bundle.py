"""All letters of a run in one file for the printer: by postcode, both sides of the paper, each on a sheet of its own.

The bundle is for the machine that prints and folds; it has no tags. The letters themselves are the accessible ones.
"""

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO
from pathlib import Path

import pikepdf

from accessibility.letters.press import Printed, write_private

_A4 = (595, 842)  # points, as near as whole ones come


def in_post_order(printed: Iterable[Printed]) -> list[Printed]:
    """By postcode, street and number; who has no full address comes last, for the counter."""
    return sorted(printed, key=lambda one: (not _has_address(one), one.to.postcode, one.to.street, one.to.number))


def bundle(printed: Iterable[Printed], file: Path) -> int:
    """Writes the bundle, and beside it a list (`.csv`) of what lies where. Returns the number of sheets."""
    listed = [("sheet", "sheets", "postcode", "file")]
    with pikepdf.new() as whole:
        for one in in_post_order(printed):
            first = len(whole.pages) // 2 + 1
            with pikepdf.open(one.file) as letter:
                whole.pages.extend(letter.pages)
                if len(letter.pages) % 2:
                    whole.add_blank_page(page_size=_A4)
            sheets = len(whole.pages) // 2 + 1 - first
            listed.append((str(first), str(sheets), one.to.postcode, one.file.name))
        written = BytesIO()
        whole.save(written)
        sheets = len(whole.pages) // 2
    write_private(file, written.getvalue())
    write_private(file.with_suffix(".csv"), _as_csv(listed))
    return sheets


def _has_address(one: Printed) -> bool:
    return bool(one.to.street and one.to.postcode and one.to.town)


def _as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
