"""The exports of Dutch banks for people: which columns they have, and what stands in each.

A layout is known by its column names, or, where a bank gives none, by its number of columns and what stands in the
first row. Sources: the banks' own export pages and files; bank2ynab and firefly-iii import configurations (facts only).
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from budgeting.core.readers.written import comma_amount, compact_day, dutch_day, iso_day, point_amount
from budgeting.core.statement import Unreadable

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII).fullmatch
_DUTCH_DAY = re.compile(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", re.ASCII).fullmatch
_DELIMITERS = (";", ",", "\t")
SIGNS = {"af": -1, "bij": 1, "debit": -1, "credit": 1, "debet": -1, "d": -1, "c": 1}


@dataclass(frozen=True)
class Layout:
    """One bank's columns. `columns` names each field of an entry by its column, in lower case; optional ones may lack.

    Without a header (`width` is set) a column is called by its number, from "0".
    """

    bank: str
    columns: dict[str, str]
    day: Callable[[str], date]
    amount: Callable[[str], Decimal] | None = comma_amount
    optional: dict[str, str] = field(default_factory=dict)
    width: int = 0
    delimiter: str = ""
    quote: str = '"'
    fits: Callable[[Sequence[str]], bool] = lambda _: False


_ING = Layout(
    "ING",
    {
        "day": "datum", "name": "naam / omschrijving", "account": "rekening", "iban": "tegenrekening", "code": "code",
        "sign": "af bij", "amount": "bedrag (eur)", "kind": "mutatiesoort", "text": "mededelingen",
    },
    compact_day,
    optional={"after": "saldo na mutatie"},
)  # fmt: skip
_ING_ENGLISH = Layout(
    "ING",
    {
        "day": "date", "name": "name / description", "account": "account", "iban": "counterparty", "code": "code",
        "sign": "debit/credit", "amount": "amount (eur)", "kind": "transaction type", "text": "notifications",
    },
    compact_day,
    optional={"after": "resulting balance"},
)  # fmt: skip
_ING_SAVINGS = Layout(
    "ING",
    {
        "day": "datum", "name": "omschrijving", "account": "rekening", "iban": "tegenrekening", "sign": "af bij",
        "amount": "bedrag", "currency": "valuta", "kind": "mutatiesoort", "text": "mededelingen",
        "after": "saldo na mutatie",
    },
    iso_day,
)  # fmt: skip
_RABOBANK = Layout(
    "Rabobank",
    {
        "account": "iban/bban", "currency": "munt", "id": "volgnr", "day": "datum", "valued": "rentedatum",
        "amount": "bedrag", "after": "saldo na trn", "iban": "tegenrekening iban/bban", "name": "naam tegenpartij",
        "code": "code", "batch": "batch id", "end_to_end": "transactiereferentie", "mandate": "machtigingskenmerk",
        "creditor": "incassant id", "reference": "betalingskenmerk", "text": "omschrijving-1",
        "text2": "omschrijving-2", "text3": "omschrijving-3", "reason": "reden retour",
    },
    iso_day,
)  # fmt: skip
_RABOBANK_ENGLISH = Layout(
    "Rabobank",
    {
        "account": "iban/bban", "currency": "ccy", "id": "seq no", "day": "date", "valued": "value date",
        "amount": "amount", "after": "bal after bkng", "iban": "counterpty iban/bban", "name": "name counterpty",
        "code": "code", "batch": "batch id", "end_to_end": "transaction reference", "mandate": "mandate reference",
        "creditor": "collector id", "reference": "payment reference", "text": "description-1",
        "text2": "description-2", "text3": "description-3", "reason": "reasoncode",
    },
    iso_day,
)  # fmt: skip
_BUNQ = Layout(
    "bunq",
    {
        "day": "date", "amount": "amount", "account": "account", "iban": "counterparty", "name": "name",
        "text": "description",
    },
    iso_day,
    None,
    {"valued": "interest date"},
)  # fmt: skip
_BUNQ_DUTCH = Layout(
    "bunq",
    {
        "day": "datum", "amount": "bedrag", "account": "rekening", "iban": "tegenrekening", "name": "naam",
        "text": "omschrijving",
    },
    iso_day,
    None,
    {"valued": "rentedatum"},
)  # fmt: skip
_KNAB = Layout(
    "Knab",
    {
        "account": "rekeningnummer", "day": "boekdatum", "currency": "valutacode", "sign": "creditdebet",
        "amount": "bedrag", "iban": "tegenrekeningnummer", "name": "tegenrekeninghouder", "valued": "valutadatum",
        "kind": "betaalwijze", "text": "omschrijving", "mandate": "machtigingsnummer", "creditor": "incassant id",
        "id": "referentie",
    },
    dutch_day,
)  # fmt: skip
_ASN = Layout(
    "ASN",
    {
        "day": "boekingsdatum", "account": "rekeningnummer", "iban": "tegenrekeningnummer",
        "name": "naam tegenpartij", "currency": "valutasoort mutatie", "before": "saldo voor mutatie",
        "amount": "transactiebedrag", "valued": "valutadatum", "code": "interne transactiecode",
        "kind": "globale transactiecode", "id": "volgnummer transactie", "reference": "betalingskenmerk",
        "text": "omschrijving",
    },
    dutch_day,
)  # fmt: skip
_TRIODOS_COLUMNS = {
    "day": "0", "account": "1", "amount": "2", "sign": "3", "name": "4", "iban": "5", "code": "6", "text": "7",
}  # fmt: skip


def _looks_triodos(row: Sequence[str]) -> bool:
    return bool(_DUTCH_DAY(row[0]) and row[3].lower() in {"debet", "credit"})


def _looks_sns(row: Sequence[str]) -> bool:
    return bool(_DUTCH_DAY(row[0]) and _IBAN(row[1]) and len(row[7]) == len(row[9]) == 3)


def _looks_abn(row: Sequence[str]) -> bool:
    return row[0].isdigit() and len(row[1]) == 3 and len(row[2]) == len(row[5]) == 8 and row[2].isdigit()


NAMED = (
    _ING, _ING_ENGLISH, _ING_SAVINGS, _RABOBANK, _RABOBANK_ENGLISH, _KNAB, _ASN, _BUNQ, _BUNQ_DUTCH,
)  # fmt: skip
_SNS_COLUMNS = {
    "day": "0", "account": "1", "iban": "2", "name": "3", "before": "8", "currency": "9", "amount": "10",
    "valued": "12", "code": "13", "kind": "14", "id": "15", "reference": "16", "text": "17",
}  # fmt: skip
UNNAMED = (
    Layout(
        "ABN AMRO",
        {
            "account": "0", "currency": "1", "day": "2", "before": "3", "after": "4", "valued": "5", "amount": "6",
            "text": "7",
        },
        compact_day,
        width=8,
        delimiter="\t",
        quote="",
        fits=_looks_abn,
    ),
    # SNS, ASN and RegioBank before 2026; they quote with an apostrophe.
    Layout(
        "SNS", _SNS_COLUMNS, dutch_day, point_amount, width=19, delimiter=",", quote="'", fits=_looks_sns
    ),
    Layout("SNS", _SNS_COLUMNS, dutch_day, point_amount, width=19, delimiter=",", fits=_looks_sns),
    Layout("Triodos", _TRIODOS_COLUMNS, dutch_day, width=8, fits=_looks_triodos),
    Layout("Triodos", _TRIODOS_COLUMNS, dutch_day, optional={"after": "8"}, width=9, fits=_looks_triodos),
)  # fmt: skip


class Table(NamedTuple):
    """Where the rows of a file begin and how they are cut: found from its head."""

    layout: Layout
    delimiter: str
    names: tuple[str, ...]
    skip: int
    packed: bool


def table(head: str) -> Table | None:
    """How the file that begins with `head` is cut, or None when no Dutch bank writes so.

    Raises `Unreadable` when a column of a known export is missing or doubled.
    """
    lines = head.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:40]
    for delimiter in _DELIMITERS:
        for number, line in enumerate(lines[:5]):
            for packed in (False, True):
                cells = _cells(line, delimiter, packed=packed)
                layout = by_header(cells, number + 1)
                if layout is not None:
                    names = tuple(cell.strip().lower() for cell in cells)
                    return Table(layout, delimiter, names, number + 1, packed)
    return _unnamed([line for line in lines if line.strip() and not line.startswith("#")])


def _unnamed(lines: Sequence[str]) -> Table | None:
    """The layout that the first of these rows fits; of two ways to quote, the one that leaves more rows whole."""
    found: list[tuple[int, Table]] = []
    for delimiter in _DELIMITERS:
        for quote in ("'", '"'):
            rows = [_cells(line, delimiter, quote=quote) for line in lines]
            layout = by_shape(rows[0], delimiter, quote) if rows else None
            if layout is not None:
                whole = sum(len(row) == layout.width for row in rows)
                names = tuple(map(str, range(layout.width)))
                found.append((whole, Table(layout, delimiter, names, 0, packed=False)))
    return max(found, key=itemgetter(0))[1] if found else None


def _cells(line: str, delimiter: str, *, quote: str = '"', packed: bool = False) -> list[str]:
    """The cells of one line; a packed line is itself one quoted cell, as spreadsheets make of a file they mistook."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter, quotechar=quote, strict=True))
        if packed and len(cells) == 1 and delimiter in cells[0]:
            return next(csv.reader([cells[0]], delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return []
    return [] if packed else cells


def by_header(cells: Sequence[str], line: int) -> Layout | None:
    """The layout whose column names a line holds; one that is nearly there is named, and so is a doubled column."""
    names = [cell.strip().lower() for cell in cells]
    if len(names) > 100 or len(names) < 5:
        return None
    present = set(names)
    nearest = max(NAMED, key=lambda one: len(present & set(one.columns.values())) / len(one.columns))
    missing = sorted(set(nearest.columns.values()) - present)
    if len(missing) * 4 > len(nearest.columns):
        return None
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise Unreadable("column_twice", f"line {line}", column=doubled[0], bank=nearest.bank)
    if missing:
        raise Unreadable("column_missing", f"line {line}", column=missing[0], bank=nearest.bank)
    return nearest


def by_shape(cells: Sequence[str], delimiter: str, quote: str) -> Layout | None:
    """The layout without column names that a row cut in this way fits."""
    for one in UNNAMED:
        if (
            one.width == len(cells)
            and one.delimiter in {"", delimiter}
            and one.quote in {"", quote}
            and one.fits(cells)
        ):
            return one
    return None
