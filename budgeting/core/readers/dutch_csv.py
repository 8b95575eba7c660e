"""CSV and TAB exports of Dutch banks, with pandas: every cell as text, every row as wide as the first.

pandas alone would guess types, fill short rows up and cut long ones; so a strict `csv.reader` goes over the file first
and counts, and what pandas then gives must be as many rows. It gets bytes that were measured, never a path or a URL.
Where the bank gives a balance per row, the rows must chain: then the file proves itself as a statement does.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from itertools import pairwise, repeat
from typing import BinaryIO, NamedTuple

import pandas as pd

from budgeting.core.iban import normalise
from budgeting.core.readers.coded_text import IBAN_SHAPE, ing_sentence, read_text
from budgeting.core.readers.csv_layouts import SIGNS, Layout, Table
from budgeting.core.readers.references import structured_reference
from budgeting.core.readers.written import NotWrittenSo, comma_amount, currency_code, point_amount
from budgeting.core.statement import Balance, Draft, Entry, Item, Problem, Statement, Unreadable, frozen, lines_agree

CHUNK = 10_000
_FIELDS = (
    "day", "amount", "sign", "account", "currency", "valued", "name", "iban", "text", "text2", "text3", "code", "kind",
    "id", "end_to_end", "mandate", "creditor", "batch", "reference", "reason", "before", "after",
)  # fmt: skip
_ACCOUNT = re.compile(r"[A-Z0-9]{5,34}", re.ASCII).fullmatch


class _Row(NamedTuple):
    """An entry with the balance before and after it, as far as the bank gives them."""

    entry: Entry
    before: Decimal | None
    after: Decimal | None


def items(source: BinaryIO, charset: str, found: Table) -> Iterator[Item]:
    """The entries of every account of the file, each account's followed by its `Statement`; raises `Unreadable`."""
    if found.packed or found.layout.quote == "":
        source, charset = _plain(source, charset, found), "utf-8"
    counted = _counted(source, charset, found)
    grammar = _Grammar(found.layout)
    accounts: dict[str, list[_Row]] = {}
    read = 0
    for frame in _frames(source, charset, found):
        for row in _rows(frame, found, grammar, read):
            read += 1
            accounts.setdefault(row[0], []).append(row[1])
    yield from lines_agree(counted, read)
    if not read:
        raise Unreadable("no_entries")
    # No bank marks the end of an export: rows lost from it show only when the next file does not follow on this one.
    yield Problem("end_unknown", f"row {read}", severity="note")
    for account, rows in accounts.items():
        yield from [row.entry for row in rows]
        yield from _statement(account, rows)


def _plain(source: BinaryIO, charset: str, found: Table) -> BinaryIO:
    """The file without remarks (no bank's row begins with #), and with packed rows taken out of their cell."""
    source.seek(0)
    text = source.read().decode(charset)
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    if found.packed:
        try:
            cells = list(csv.reader(lines, delimiter=found.delimiter, strict=True))
        except csv.Error as fault:
            raise Unreadable("not_well_formed", values="csv") from fault
        lines = [f"{row[0]}\n" for row in cells if len(row) == 1]
    return BytesIO("".join(lines).encode("utf-8"))


def _counted(source: BinaryIO, charset: str, found: Table) -> int:
    """How many rows the file has behind its header, each as wide as the header; raises `Unreadable` at the first other.

    A quote that is never closed, or closed within a cell, is an error here and not a row that swallows the next.
    """
    source.seek(0)
    text = TextIOWrapper(source, encoding=charset, newline="")
    width = len(found.names)
    quote = found.layout.quote
    rows = csv.reader(
        text,
        delimiter=found.delimiter,
        quotechar=quote or '"',
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    count = 0
    try:
        for row in rows:
            if not row or rows.line_num <= found.skip:
                continue
            if len(row) != width:
                values = {"expected": str(width), "found": str(len(row))}
                raise Unreadable("column_count", f"line {rows.line_num}", **values)
            count += 1
    except csv.Error as fault:
        raise Unreadable("not_well_formed", f"line {rows.line_num}", text=str(fault)[:40]) from fault
    finally:
        text.detach()
    return count


def _frames(source: BinaryIO, charset: str, found: Table) -> Iterator[pd.DataFrame]:
    """The rows as frames of text: nothing is guessed, filled in, unpacked, or left out."""
    source.seek(0)
    quote = found.layout.quote
    try:
        with pd.read_csv(
            source,
            sep=found.delimiter,
            header=None,
            names=list(range(len(found.names))),
            skiprows=found.skip,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            index_col=False,
            compression=None,
            encoding=charset,
            encoding_errors="strict",
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            quotechar=quote or '"',
            on_bad_lines="error",
            engine="c",
            chunksize=CHUNK,
        ) as frames:
            yield from frames
    except pd.errors.EmptyDataError:
        return
    except (pd.errors.ParserError, UnicodeError) as fault:
        raise Unreadable("not_well_formed", text=str(fault)[:40]) from fault


class _Grammar:
    """How this file writes its rows: the bank's own way, or (bunq, by language) that of its first amount."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.bank = layout.bank
        self.day = layout.day
        self.amount = layout.amount
        self.has_sign = "sign" in layout.columns
        self.said = {"ING": ing_sentence, "ABN AMRO": read_text}.get(layout.bank)
        self.accounts: dict[str, str] = {}

    def signed(self, text: str, sign: str) -> Decimal:
        """The signed amount; where a column gives the sign, the amount itself may not have one."""
        if self.amount is None:
            self.amount = comma_amount if text[-3:-2] == "," else point_amount
        if not self.has_sign:
            return self.amount(text)
        direction = SIGNS.get(sign.strip().lower())
        if direction is None or not text[:1].isdigit():
            raise NotWrittenSo(f"{sign} {text}")
        amount = self.amount(text)
        return amount if direction > 0 else -amount

    def balance(self, text: str) -> Decimal | None:
        """A balance beside the row, or None when the cell is empty."""
        return (self.amount or comma_amount)(text) if text else None

    def account(self, text: str, where: str) -> str:
        """The account of a row in its normal form; a file has few, so each is looked at once."""
        if text not in self.accounts:
            account = normalise(text.strip(" \"'"))
            if not account:
                raise Unreadable("account_missing", where)
            if not _ACCOUNT(account):
                raise Unreadable("unreadable", where, text=text[:40])
            self.accounts[text] = account
        return self.accounts[text]


def _rows(frame: pd.DataFrame, found: Table, grammar: _Grammar, before: int) -> Iterator[tuple[str, _Row]]:
    """Account and row of every row of a frame; `before` rows of the file came earlier."""
    layout = found.layout
    places = {field: found.names.index(name) for field, name in layout.columns.items()}
    places |= {field: found.names.index(name) for field, name in layout.optional.items() if name in found.names}
    cells: list[Iterable[str]] = [frame[places[field]].tolist() if field in places else repeat("") for field in _FIELDS]
    for number, row in enumerate(zip(*cells, strict=False), before + 1):
        try:
            yield _row(row, grammar, number)
        except NotWrittenSo as fault:
            raise Unreadable("unreadable", f"row {number}", text=fault.text) from fault


def _row(row: tuple[str, ...], grammar: _Grammar, number: int) -> tuple[str, _Row]:
    where = f"row {number}"
    day, money, sign, own, currency, valued, name, iban, text, text2, text3, code, kind, *more = row
    identification, end_to_end, mandate, creditor, batch, reference, reason, before, after = more
    account = grammar.account(own, where)
    if not money:
        raise Unreadable("amount_missing", where)
    if grammar.bank in _OWN_TEXTS:
        text = _text(grammar.bank, text, text2, text3)
    said = grammar.said(text) if grammar.said is not None else None
    if not IBAN_SHAPE(iban):
        iban = normalise(iban)
        iban = iban if IBAN_SHAPE(iban) else said.iban if said is not None else ""
    entry = frozen(
        Draft(
            grammar.signed(money, sign),
            grammar.day(day),
            currency_code(currency) if currency else "EUR",
            grammar.day(valued) if valued else None,
            "BOOK",
            False,  # noqa: FBT003 - reversal, by place
            name.strip() or (said.name if said is not None else ""),
            iban,
            (said.remittance if said is not None else "") or text,
            structured_reference(reference.strip(" '"))
            or (said.reference if said else "")
            or structured_reference(text),
            end_to_end or (said.end_to_end if said is not None else ""),
            mandate or (said.mandate if said is not None else ""),
            creditor or (said.creditor if said is not None else ""),
            batch.strip(),
            0,
            identification,
            reason,
            code,
            kind if grammar.bank == "SNS" else "",
            0,
            number,
            where,
        )
    )
    return account, _Row(entry, grammar.balance(before), grammar.balance(after))


# Banks that spread what the payer wrote over columns, or quote it in a way of their own.
_OWN_TEXTS = {"Rabobank", "SNS"}


def _text(bank: str, text: str, text2: str, text3: str) -> str:
    """What the payer wrote: Rabobank spreads it over three columns, SNS puts it between apostrophes."""
    if bank == "Rabobank":
        return f"{text}{text2}{text3}".rstrip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    return text


def _statement(account: str, rows: Sequence[_Row]) -> Iterator[Item]:
    """The statement of one account: with opening and closing when its rows chain, up or down the file."""
    currency = rows[0].entry.currency
    ends = _chained([_filled(row) for row in rows])
    if ends is None and (rows[0].before is not None or rows[0].after is not None):
        yield Problem("rows_do_not_chain", account, {"rows": str(len(rows))}, "hold")
    elif ends is not None and (rows[0].before is None or rows[0].after is None):
        # With one balance a row, the amount at one end is not proven by the file itself, only by the file beside it.
        which = "opening" if rows[0].before is None else "closing"
        yield Problem("balance_derived", account, {"which": which}, "note")
    days = [row.entry.booking_date for row in rows]
    yield Statement(
        account=account,
        currency=currency,
        opening=Balance(ends[0], min(days)) if ends else None,
        closing=Balance(ends[1], max(days)) if ends else None,
        lines=len(rows),
    )


def _filled(row: _Row) -> tuple[Decimal, Decimal] | None:
    """The balance before and after a row, each from the other; None when neither is given, or they contradict."""
    amount = row.entry.amount
    if row.before is None and row.after is None:
        return None
    before = row.before if row.before is not None else row.after - amount  # type: ignore[operator]
    after = row.after if row.after is not None else before + amount
    return (before, after) if before + amount == after else None


def _chained(steps: Sequence[tuple[Decimal, Decimal] | None]) -> tuple[Decimal, Decimal] | None:
    """Opening and closing balance of rows that follow on each other, from old to new or from new to old."""
    known = [step for step in steps if step is not None]
    if len(known) < len(steps) or not known:
        return None
    for ordered in (known, known[::-1]):
        if all(one[1] == next_one[0] for one, next_one in pairwise(ordered)):
            return ordered[0][0], ordered[-1][1]
    return None
