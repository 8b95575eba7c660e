"""CSV and TAB exports of Dutch banks, with pandas: every cell as text, every row as wide as the header.

`csv_rows` measures the rows and cuts them, `csv_columns` makes entries of their cells. Where the bank gives a balance
per row, the rows must chain (`csv_chain`): then the file proves itself as a statement does.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pandas as pd

from budgeting.core.readers import csv_rows
from budgeting.core.readers.csv_chain import Chain, joined
from budgeting.core.readers.csv_columns import Cells, Grammar
from budgeting.core.readers.csv_layouts import Table
from budgeting.core.statement import Balance, Entry, Item, Problem, Statement, Unreadable, lines_agree


def items(source: BinaryIO, charset: str, found: Table) -> Iterator[Item]:
    """The entries of every account of the file, each account's followed by its `Statement`; raises `Unreadable`."""
    if found.packed or found.layout.quote == "":
        source, charset = csv_rows.plain(source, charset, found), "utf-8"
    counted = csv_rows.counted(source, charset, found)
    grammar = Grammar(found.layout)
    accounts: dict[str, tuple[list[Entry], list[Chain]]] = {}
    read = 0
    for frame in csv_rows.frames(source, charset, found):
        if frame.empty:
            break
        rows = grammar.rows(_cells(frame, found), read + 1)
        read += len(rows.entries)
        for account, entries, chain in rows.by_account():
            known = accounts.setdefault(account, ([], []))
            known[0].extend(entries)
            known[1].append(chain)
    yield from lines_agree(counted, read)
    if not read:
        raise Unreadable("no_entries")
    # No bank marks the end of an export: rows lost from it show only when the next file does not follow on this one.
    yield Problem("end_unknown", f"row {read}", severity="note")
    for account, (entries, chains) in accounts.items():
        yield from entries
        yield from _statement(account, entries, joined(chains))


def _cells(frame: pd.DataFrame, found: Table) -> Cells:
    """The texts of each field that the file has."""
    fields = {**found.layout.columns, **found.layout.optional}
    return {field: frame[found.names.index(name)].tolist() for field, name in fields.items() if name in found.names}


def _statement(account: str, entries: Sequence[Entry], chain: Chain) -> Iterator[Item]:
    """The statement of one account: with opening and closing when its rows chain, up or down the file."""
    ends = chain.ends()
    no_before, no_after = chain.missing()
    if ends is None and not (no_before and no_after):
        yield Problem("rows_do_not_chain", account, {"rows": str(len(entries))}, "hold")
    elif ends is not None and (no_before or no_after):
        # With one balance a row, the amount at one end is not proven by the file itself, only by the file beside it.
        yield Problem("balance_derived", account, {"which": "opening" if no_before else "closing"}, "note")
    days = {entry.booking_date for entry in entries}
    yield Statement(
        account=account,
        currency=entries[0].currency,
        opening=Balance(ends[0], min(days)) if ends else None,
        closing=Balance(ends[1], max(days)) if ends else None,
        lines=len(entries),
    )
