"""OFX 1 (SGML), OFX 2 (XML) and QFX: every transaction goes through the `ofxparse` package, behind a gate.

The package reads a whole file at once: that takes quadratic time, a file cut off looks empty, `NaN` is an amount and a
time zone moves a payment to another day. Here the file is cut into its transactions by tag, in one pass; ofxparse gets
one transaction at a time, with the day as the bank wrote it, and what it makes of the amount and the id must be what
our own grammar reads. Source: OFX 1.6 and 2.2, section 11.4 (STMTTRN).
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ofxparse import OfxParser
from ofxparse.ofxparse import OfxParserException

from budgeting.core.iban import is_iban, normalise
from budgeting.core.readers.coded_text import IBAN_SHAPE
from budgeting.core.readers.references import structured_reference
from budgeting.core.readers.written import NotWrittenSo, compact_day, ofx_amount
from budgeting.core.statement import Balance, Draft, Entry, Item, Problem, Statement, Unreadable, frozen, lines_agree

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]*)\s*/?>")
# A transaction of values alone, none of them empty, quoted or written with entities: what nearly all banks write.
_PLAIN = re.compile(
    r"<STMTTRN>\s*+((?:<(?!STMT|CCSTMT|INVSTMT)([A-Z][A-Z0-9.]*+)>[^<&\s][^<&]*+(?:</\2>\s*+)?+)++)</STMTTRN>",
    re.ASCII,
).match
_FIELDS = re.compile(r"<([A-Z0-9.]++)>([^<]*+)", re.ASCII).findall
_WHOLE = "a whole transaction"
_STATEMENTS = {"STMTRS", "CCSTMTRS", "INVSTMTRS"}
# Between two tags stands one value; a longer stretch is not OFX, and would make the search slow.
_LONGEST = 6_000_000

Fields = dict[str, str]


class _Value:
    """A value in the shape in which ofxparse asks for it."""

    __slots__ = ("contents",)

    def __init__(self, text: str) -> None:
        self.contents = (text,)


# A file holds many transactions of few kinds, days and names.
_seen_before = lru_cache(maxsize=1024)(_Value)
_OFTEN, _ONCE = ("TRNTYPE", "NAME", "SIC"), ("MEMO", "TRNAMT", "CHECKNUM")


class _Transaction(dict[str, _Value]):
    """One STMTTRN as ofxparse looks at it: children by name in lower case; an empty one is as none."""

    find = dict.get

    def __init__(self, fields: Fields, day: str) -> None:
        self["dtposted"] = _seen_before(f"{day}000000")
        self["fitid"] = _Value(fields.get("FITID", ""))
        for name in _OFTEN:
            if text := fields.get(name):
                self[name.lower()] = _seen_before(text)
        for name in _ONCE:
            if text := fields.get(name):
                self[name.lower()] = _Value(text)


class _Parser(OfxParser):  # type: ignore[misc]
    """ofxparse, with its reading of days remembered: a file holds many transactions of few days."""

    fail_fast = True
    custom_date_format = None

    @classmethod
    @lru_cache(maxsize=4096)
    def parseOfxDateTime(cls, ofxDateTime: str) -> datetime:  # noqa: N802, N803 - ofxparse's own names
        """The moment that fourteen digits write."""
        return super().parseOfxDateTime(ofxDateTime)  # type: ignore[no-any-return]


class _Open:
    """A statement being read: its kind, its own fields, the ids of its transactions, and the one that is open."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.fields: Fields = {}
        self.ids: list[str] = []
        self.lines = 0
        self.transaction: Fields | None = None
        self.inside = ""

    def opened(self, name: str, text: str) -> None:
        """Take in an opening tag: an aggregate, or an empty value, when nothing stands behind it, else a value."""
        if not text:
            self.inside = name if name in _GROUPS or name in _BALANCES else self.inside
        elif self.transaction is not None:
            self.transaction.setdefault(f"{self.inside}/{name}" if self.inside in _GROUPS else name, text)
        else:
            self.fields.setdefault(f"{self.inside}/{name}" if self.inside in _BALANCES else name, text)

    def closed(self, name: str) -> None:
        """Take in a closing tag of an aggregate or a value."""
        if self.inside == name:
            self.inside = ""


def items(chunks: Iterable[str], *, markers: int) -> Iterator[Item]:
    """The entries of every statement, each followed by its `Statement`; `markers` is how often STMTTRN is opened.

    `chunks` is the text of the file in pieces of any size. Raises `Unreadable` when it is cut off, or a transaction has
    no amount or day that can be read.
    """
    statement: _Open | None = None
    last, read = "", 0
    for closing, name, text in _tags(_without_sections(chunks)):
        last = f"{closing}{name}"
        if name == _WHOLE:
            read += 1
            yield _whole(statement, text, read)
        elif name in _STATEMENTS and not closing:
            if statement is not None:
                raise Unreadable("not_well_formed", f"STMTTRN {read}", tag=name)
            statement = _Open(name)
        elif name == "STMTTRN":
            read += bool(closing)
            yield from _transaction(statement, closing, read)
        elif statement is None:
            continue
        elif closing and name == statement.kind:
            yield from _finished(statement, read)
            statement = None
        elif closing:
            statement.closed(name)
        else:
            statement.opened(name, text)
    if last != "/OFX" or statement is not None:
        raise Unreadable("cut_off", f"STMTTRN {read}", missing="</OFX>")
    yield from lines_agree(markers, read)


def _transaction(statement: _Open | None, closing: str, read: int) -> Iterator[Entry]:
    """Begin a transaction, or end it with its entry."""
    if statement is None or bool(closing) == (statement.transaction is None):
        raise Unreadable("not_well_formed", f"STMTTRN {read + (not closing)}", tag="STMTTRN")
    if not closing:
        statement.transaction = {}
        return
    fields = statement.transaction or {}
    statement.lines += 1
    statement.transaction, statement.inside = None, ""
    yield _entry(fields, statement, read, statement.lines)


def _whole(statement: _Open | None, text: str, read: int) -> Entry:
    """The entry of a plain transaction; of a field that comes twice the first counts."""
    if statement is None or statement.transaction is not None:
        raise Unreadable("not_well_formed", f"STMTTRN {read}", tag="STMTTRN")
    statement.lines += 1
    fields = {name: value.strip() for name, value in reversed(_FIELDS(text))}
    return _entry(fields, statement, read, statement.lines)


_GROUPS = {"BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "PAYEE"}
_BALANCES = {"LEDGERBAL", "AVAILBAL"}


def _without_sections(chunks: Iterable[str]) -> Iterator[str]:
    """The same text, with what stands in CDATA sections written with entities: a payer's `<MEMO>` there is no tag."""
    rest, inside = "", False
    for chunk in chunks:
        rest += chunk
        place, sign, pieces = 0, _SECTION[inside], []
        while (found := rest.find(sign, place)) >= 0:
            pieces.append(_written(rest[place:found], inside=inside))
            place, inside = found + len(sign), not inside
            sign = _SECTION[inside]
        # What is kept may be the beginning of the sign.
        kept = max(place, len(rest) - len(sign) + 1)
        yield "".join([*pieces, _written(rest[place:kept], inside=inside)])
        rest = rest[kept:]
    yield _written(rest, inside=inside)


_SECTION = ("<![CDATA[", "]]>")


def _written(text: str, *, inside: bool) -> str:
    return html.escape(text, quote=False) if inside else text


def _tags(chunks: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Every tag with what stands behind it, up to the next: ("/" or "", name in capitals, text).

    A plain transaction comes as one, with all that stands in it.
    """
    rest = ""
    for chunk in chunks:
        rest += chunk
        place = 0
        while (tag := _TAG.search(rest, place)) is not None:
            whole = _PLAIN(rest, tag.start()) if tag[2] == "STMTTRN" else None
            if whole is not None:
                yield "", _WHOLE, whole[1]
                place = whole.end()
                continue
            place = tag.start()
            following = _TAG.search(rest, tag.end())
            if following is None:
                break
            yield tag[1], tag[2].upper(), _text(rest[tag.end() : following.start()])
            place = following.start()
        rest = rest[place:]
        if len(rest) > _LONGEST:
            raise Unreadable("element_too_big")
    final = _TAG.match(rest)
    if final is not None:
        yield final[1], final[2].upper(), _text(rest[final.end() :])


def _text(raw: str) -> str:
    text = raw.strip()
    return html.unescape(text) if "&" in text else text


def _entry(fields: Fields, statement: _Open, number: int, line: int) -> Entry:
    """The entry of one transaction, as ofxparse and our own grammar both read it."""
    where = f"STMTTRN {number}"
    day, amount = _day_and_amount(fields, where)
    told = _through_ofxparse(fields, where)
    if told.amount != amount or told.date.date() != day:
        raise Unreadable("readers_disagree", where, ours=str(amount), theirs=str(told.amount))
    statement.ids.append(told.id)
    iban = normalise(fields["BANKACCTTO/ACCTID"]) if "BANKACCTTO/ACCTID" in fields else ""
    memo = str(told.memo or "")
    return frozen(
        Draft(
            amount=amount,
            booking_date=day,
            currency=fields.get("CURRENCY/CURSYM", "")[:3] or statement.fields.get("CURDEF", "")[:3],
            value_date=_optional_day(fields.get("DTAVAIL", ""), where),
            counterparty_name=str(told.payee or "") or fields.get("PAYEE/NAME", ""),
            counterparty_iban=iban if IBAN_SHAPE(iban) else "",
            remittance=memo,
            structured_reference=structured_reference(memo),
            bank_reference=str(told.id),
            bank_code=fields.get("TRNTYPE", "").upper(),
            proprietary_code=fields.get("SIC", ""),
            line=line,
            where=where,
        )
    )


def _day_and_amount(fields: Fields, where: str) -> tuple[date, Decimal]:
    """Day and amount by our own grammar; the day is that of the bank, whatever its time zone."""
    for name, code in (("DTPOSTED", "date_missing"), ("TRNAMT", "amount_missing")):
        if not fields.get(name):
            raise Unreadable(code, where)
    try:
        return compact_day(fields["DTPOSTED"][:8]), ofx_amount(fields["TRNAMT"])
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", where, text=fault.text) from fault


def _optional_day(text: str, where: str) -> date | None:
    try:
        return compact_day(text[:8]) if text else None
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", where, text=fault.text) from fault


def _through_ofxparse(fields: Fields, where: str) -> Any:
    try:
        return _Parser.parseTransaction(_Transaction(fields, fields["DTPOSTED"][:8]))
    except (OfxParserException, ArithmeticError, ValueError, TypeError, AttributeError) as fault:
        raise Unreadable("unreadable", where, text=str(fault)[:40]) from fault


def _finished(statement: _Open, read: int) -> Iterator[Item]:
    """What is to be said of a whole statement, and the statement."""
    if statement.transaction is not None:
        raise Unreadable("cut_off", f"STMTTRN {read + 1}")
    said = statement.fields
    where = said.get("ACCTID", "")
    ids = Counter(statement.ids)
    missing = ids.pop("", 0)
    if missing:
        yield Problem("id_missing", where, {"count": str(missing)}, "hold")
    for name, times in ids.items():
        if times > 1:
            yield Problem("id_twice", where, {"id": name[:40], "count": str(times)}, "hold")
    if statement.kind == "INVSTMTRS":  # securities bought and sold are not told as STMTTRN, so money would go missing
        yield Problem("not_a_statement", where, {"kind": "investment"})
    account = normalise(said.get("ACCTID", ""))
    yield Statement(
        account=account if is_iban(account) else said.get("ACCTID", ""),
        currency=said.get("CURDEF", "")[:3],
        closing=_balance(said, "LEDGERBAL"),
        available=_balance(said, "AVAILBAL"),
        lines=statement.lines,
    )


def _balance(said: Fields, name: str) -> Balance | None:
    """The balance, None when the bank leaves amount or day empty."""
    amount, on = said.get(f"{name}/BALAMT", ""), said.get(f"{name}/DTASOF", "")
    if not amount or not on.strip("0"):  # some banks write a day of zeros
        return None
    try:
        return Balance(ofx_amount(amount), compact_day(on[:8]))
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", name, text=fault.text) from fault
