"""camt.053, the ISO 20022 bank statement, versions .01 to .14; camt.052 and .054 are read and refused for booking.

Elements are known by local name within the message's own namespace, whatever its prefix. The children of an entry are
walked by hand: asking for paths costs twice the time. Sources: ISO 20022 message definition reports camt.05x; the
statement guides of ING (4.0), Rabobank (1.5.4) and the Betaalvereniging (1.0), which all describe .02.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml.etree import _Element

from budgeting.core.readers.camt_lines import entries
from budgeting.core.readers.camt_words import (
    SIGNS,
    Account,
    account_name,
    account_of,
    children,
    content,
    day_in,
    first,
    local_name,
    text_at,
)
from budgeting.core.readers.guarded_xml import closing_tags, elements
from budgeting.core.readers.written import NotWrittenSo, currency_code, iso_amount
from budgeting.core.statement import Balance, ControlTotals, Item, Statement, Unreadable, lines_agree

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(052|053|054)\.001\.([0-9]{2})", re.ASCII)
VERSIONS = range(1, 15)
_BODIES = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def items(source: BinaryIO, *, kind: str) -> Iterator[Item]:
    """The entries of every statement, each followed by its `Statement`; `kind` is 053, 052 or 054.

    Raises `Unreadable` when an amount, sign or day cannot be read or the XML is not whole.
    """
    body, holder = _BODIES[kind]
    read = line = 0
    account: Account | None = None
    for element, counted in elements(source, "Ntry", holder, count=b"Ntry>"):
        name = "Ntry" if account is not None and element.tag == account.entry else local_name(element)
        if name == "Ntry":
            account = account or account_of(element.getparent(), kind)
            line += 1
            yield from entries(element, account, line)
        elif name == holder:
            yield _statement(element, line)
            read, line, account = read + line, 0, None
        else:
            _check_root(element, body)
            # An opening and a closing tag each; a file that writes them otherwise is counted again, tag by tag.
            closed = read if counted == 2 * read else closing_tags(source, "Ntry")
            yield from lines_agree(closed, read)


def _check_root(root: _Element, body: str) -> None:
    """The message must hold what its namespace promises; what is said of versions, the recogniser says."""
    if not any(local_name(child).startswith(body) for child in root):
        raise Unreadable("other_message_inside", "line 1", expected=body)


def _statement(holder: _Element, lines: int) -> Statement:
    """All that stands around the entries; raises `Unreadable` when a balance cannot be read."""
    cut = holder.tag.rfind("}") + 1
    account = first(holder, cut, "Acct")
    try:
        balances = _balances(holder, cut)
        totals = _totals(first(holder, cut, "TxsSummry"), cut)
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", f"balances, line {holder.sourceline}", text=fault.text) from fault
    return Statement(
        account=account_name(account, cut),
        currency=text_at(account, cut, "Ccy")[:3] or next((currency for currency, _ in balances.values()), "EUR"),
        identification=text_at(holder, cut, "Id"),
        sequence=text_at(holder, cut, "ElctrncSeqNb") or text_at(holder, cut, "LglSeqNb"),
        opening=_one_of(balances, "OPBD", "PRCD"),
        closing=_one_of(balances, "CLBD"),
        available=_one_of(balances, "CLAV"),
        lines=lines,
        totals=totals,
    )


def _balances(holder: _Element, cut: int) -> dict[str, tuple[str, Balance]]:
    """The balances by code with their currency; of several of one code the first. One without a day is left out."""
    found: dict[str, tuple[str, Balance]] = {}
    for child in holder:
        if child.tag[cut:] != "Bal":
            continue
        kids = children(child, cut)
        kind, amount, on = kids.get("Tp"), kids.get("Amt"), day_in(kids.get("Dt"))
        code = text_at(kind, cut, "CdOrPrtry", "Cd") or text_at(kind, cut, "Cd")  # the latter in .01
        if amount is not None and on is not None and code not in found:
            sign = SIGNS.get(content(kids.get("CdtDbtInd")))
            if sign is None:
                raise Unreadable("sign_missing", f"balance {code}, line {child.sourceline}")
            found[code] = currency_code(amount.get("Ccy", "")), Balance(iso_amount(content(amount)) * sign, on)
    return found


def _one_of(balances: dict[str, tuple[str, Balance]], *codes: str) -> Balance | None:
    return next((balances[code][1] for code in codes if code in balances), None)


def _totals(summary: _Element | None, cut: int) -> ControlTotals | None:
    """The bank's own control totals, as far as it gives them."""
    if summary is None:
        return None
    count = text_at(summary, cut, "TtlNtries", "NbOfNtries")
    credit, debit = text_at(summary, cut, "TtlCdtNtries", "Sum"), text_at(summary, cut, "TtlDbtNtries", "Sum")
    return ControlTotals(
        count=_count(count) if count else None,
        credit=iso_amount(credit) if credit else None,
        debit=iso_amount(debit) if debit else None,
    )


def _count(text: str) -> int:
    """A number of lines, at most 15 digits as ISO 20022 has it; what is none is not taken for 0."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise NotWrittenSo(text)
    return int(text)
