"""The importable libraries that read bank files, and what each gives of a file whose payments are known."""

import io
import tempfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench import bank_files


def mt_940(data: bytes) -> list[Any]:
    return list(import_module("mt940").parse(io.StringIO(data.decode())).transactions)


def pycamt(data: bytes) -> list[Any]:
    return list(import_module("pycamt.parser").Camt053Parser(data).get_transactions())


def ofxparse(data: bytes) -> list[Any]:
    return list(import_module("ofxparse").OfxParser.parse(io.BytesIO(data)).account.statement.transactions)


def ofxtools(data: bytes) -> list[Any]:
    tree = import_module("ofxtools.Parser").OFXTree()
    tree.parse(io.BytesIO(data))
    return list(tree.convert().statements[0].transactions)


def bankstatementparser(suffix: str, parser: str) -> Callable[[bytes], Any]:
    def parse(data: bytes) -> Any:
        with tempfile.NamedTemporaryFile(suffix=suffix) as file:
            file.write(data)
            file.flush()
            return getattr(import_module("bankstatementparser"), parser)(file.name).parse()

    return parse


def right(parse: Callable[[bytes], Any], data: bytes, count: int) -> dict[str, float]:
    """The share of the entries of which a reader gives amount, name, IBAN and text whole, in whatever field.

    What the file itself does not hold (OFX has no IBAN) nobody can give, and it is left out.
    """
    rows = _told(parse(data))
    written = list(bank_files.payments(count))
    if len(rows) != count:
        return {}
    pieces = {
        "amount": [bank_files.money(cents) for cents, *_ in written],
        "name": [name for _, name, *_ in written],
        "iban": [iban for _, _, iban, *_ in written],
        "text": [text for _, _, _, text, *_ in written],
    }
    return {
        what: round(sum(piece in row for piece, row in zip(found, rows, strict=True)) / count, 3)
        for what, found in pieces.items()
        if found[0].encode() in data.replace(b"\r\n", b"") or what == "amount"
    }


def _told(rows: Any) -> list[str]:
    """Each entry of a reader's answer as one text of all its fields."""
    if hasattr(rows, "to_dict"):
        rows = rows.to_dict("records")
    told = []
    for row in rows:
        fields = row if isinstance(row, dict) else getattr(row, "data", None) or getattr(row, "__dict__", None)
        told.append(" | ".join(map(str, fields.values())) if fields else repr(row))
    return told
