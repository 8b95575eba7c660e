"""MT940, the SWIFT customer statement, in the dialects of Dutch and other European banks; MT942 is read and refused.

The grammar of a line is SWIFT's, its loosenesses are those of the banks' own annexes: no entry date, no type code, a
point for a comma (old Rabobank), several `:86:` to one `:61:`, text between messages. Only the tags of a statement are
tags: a remittance that happens to begin with `:12:` stays text, one that begins with `:61:` is an entry by the standard
and shows in the balance. Source: SWIFT Category 9, MT 940 and 942.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from budgeting.core.iban import is_iban, normalise
from budgeting.core.readers.coded_text import IBAN_SHAPE, Details, coded_details, read_text, unwrapped
from budgeting.core.readers.references import holds
from budgeting.core.readers.written import NotWrittenSo, nearest, short_day, swift_amount
from budgeting.core.statement import Balance, Draft, Entry, Item, Problem, Statement, Unreadable, frozen, lines_agree

_TAG = re.compile(r":(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86 ?|13D?|34F|90[CD]|NS):").match
# Value date, entry date, mark, third letter of the currency, amount, and the rest, which must not go on with a digit.
_LINE = re.compile(
    r"([0-9]{6})([0-9]{4})? ?(R?[CD]|E[CD])([A-Z])?([0-9]+(?:[,.][0-9]*)?) *((?:[A-Z]|//|\n|$).*)", re.ASCII | re.DOTALL
).fullmatch
# The same to the letter, on one line: what all banks of today write.
_PLAIN_LINE = re.compile(
    r"([0-9]{6})([0-9]{4})?(R?[CD])[A-Z]?([0-9]{1,15},[0-9]{2})(?!NONREF)([NFS][A-Z0-9]{3})"
    r"([^/\s]{0,16})(?://([^/\s]{1,16}))?",
    re.ASCII,
).fullmatch
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3}) *([0-9]+(?:[,.][0-9]*)?) *", re.ASCII).fullmatch
_TYPE = re.compile(r"(?!NONREF)[A-Z](?:[A-Z0-9]{3}|[A-Z]{2} )", re.ASCII).match
_SIGNS = {"C": 1, "D": -1}
# Whether money comes in (credits, and debits taken back), the status (E: expected, in an MT942), and whether it is a
# reversal.
_MARKS = {
    "C": (True, "BOOK", False),
    "D": (False, "BOOK", False),
    "RD": (True, "BOOK", True),
    "RC": (False, "BOOK", True),
    "EC": (True, "PDNG", False),
    "ED": (False, "PDNG", False),
}
_CONTROLS = "\x01\x02\x03\x1a\ufeff"
_NOTHING = Details()
# A message ends in "-}"; the next begins with its header block.
_BLOCKS = ("-}", "{1:")


class _Statement:
    """The statement being read: its head and balances."""

    def __init__(self, number: int, identification: str) -> None:
        self.where = f"line {number}"
        self.identification = identification
        self.account = self.sequence = self.currency = ""
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self.available: Balance | None = None
        self.lines = 0

    def take(self, tag: str, number: int, text: str) -> None:
        """Take in a field that is neither a line nor its information."""
        where = f"line {number}"
        if tag == "61":  # before any head, or after the closing balance
            raise Unreadable("out_of_place", where, tag=tag)
        if tag[:2] in {"25", "28", "60"} and (self.lines or self.opening or self.closing):
            raise Unreadable("out_of_place", where, tag=tag)
        if tag[:2] == "25":
            self.account = _account(text)
        elif tag[:2] == "28":
            self.sequence = text.strip()
        elif tag[:2] == "60":
            self.opening, self.currency = _balance(text, where)
        elif tag[:2] == "62":
            self._close(tag, where, *_balance(text, where))
        elif tag == "64" and self.available is None:
            self.available = _balance(text, where)[0]
        elif tag == "34F":
            self.currency = text[:3]

    def _close(self, tag: str, where: str, balance: Balance, currency: str) -> None:
        if self.closing is not None:
            raise Unreadable("out_of_place", where, tag=tag)
        if self.currency and currency != self.currency:
            raise Unreadable("currencies_differ", where, opening=self.currency, closing=currency)
        self.closing, self.currency = balance, currency

    def made(self) -> Statement:
        """The statement without its entries."""
        return Statement(
            account=self.account,
            currency=self.currency or "EUR",
            identification=self.identification,
            sequence=self.sequence,
            opening=self.opening,
            closing=self.closing,
            available=self.available,
            lines=self.lines,
        )


def _account(text: str) -> str:
    """The IBAN, without the currency behind it or the BIC before it; else what the bank wrote, less its currency."""
    for part in (text, text.rpartition("/")[2]):
        plain = normalise(part)
        for one in (plain, plain[:-3]):
            if is_iban(one):
                return one
    written = text.strip()
    return written[:-3].rstrip() if re.search(r"[0-9X] ?[A-Z]{3}$", written) else written


def _balance(text: str, where: str) -> tuple[Balance, str]:
    """A signed balance with its day, and its currency."""
    found = _BALANCE(text)
    if found is None:
        raise Unreadable("unreadable", where, text=text[:40])
    sign, day, currency, amount = found.groups()
    try:
        return Balance(swift_amount(amount) * _SIGNS[sign], short_day(day)), currency
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", where, text=fault.text) from fault


def items(blocks: Iterable[list[str]], *, markers: int, interim: bool) -> Iterator[Item]:
    """The entries of every statement, each followed by its `Statement`; `interim` says that it is an MT942.

    `blocks` are the lines of the file without their ends, in lists of any length; `markers` is the number of `:61:`
    that stand in front of a line of the raw file. Raises `Unreadable` when a line or balance cannot be read, or a field
    stands where it has no place.
    """
    statement: _Statement | None = None
    read = 0
    for tag, number, field, information in _fields(blocks):
        if tag == "61" and statement is not None:
            read += 1
            entry = _entry(number, field, information, statement)
            if entry.value_date is None:
                yield Problem("impossible_value_date", entry.where, {"date": field[0][:6]}, "note")
            yield entry
        elif tag == "20" or (tag and statement is None):
            yield from _turned(statement, tag, number, interim=interim)
            statement = _Statement(number, field[0].strip() if tag == "20" else "")
            statement.take(tag, number, field[0])
        elif statement is not None:
            statement.take(tag, number, field[0])
    if statement is not None:
        yield from _finished(statement, interim=interim)
    yield from lines_agree(markers, read)


def _fields(blocks: Iterable[list[str]]) -> Iterator[tuple[str, int, list[str], list[list[str]]]]:
    """Every field with its tag, the number of its first line, its lines, and those of each `:86:` behind it.

    Tag "" is what stands between messages.
    """
    tag, start, field, number = "", 1, [""], 0
    first, information = field, []  # type: list[str], list[list[str]]
    for block in blocks:
        for number, line in enumerate(block, number + 1):  # noqa: B020 - goes on counting where it was
            if line[:1] not in _FIRSTS:
                field.append(line)
            elif (mark := line[:4]) == ":86:":
                field = [line[4:]]
                information.append(field)
            elif mark == ":61:":
                yield tag, start, first, information
                tag, start, first, information = "61", number, [line[4:]], []
                field = first
            elif (found := _begun(line)) is not None:
                field = [found[1]]
                if found[0] == "86":
                    information.append(field)
                    continue
                yield tag, start, first, information
                tag, start, first, information = found[0], number, field, []
            else:
                field.append(line)
    yield tag, start, first, information


# With what a line begins that is not just text: a tag, perhaps behind control characters, or a block of the message.
_FIRSTS = frozenset((":", "-", "{", *_CONTROLS))


def _begun(line: str) -> tuple[str, str] | None:
    """The tag of a line and what stands behind it; tag "" at the end of a message; None when it is but text."""
    plain = line.lstrip(_CONTROLS)
    if plain.startswith(_BLOCKS):
        return "", plain
    found = _TAG(plain)
    return (found[1].rstrip(), plain[found.end() :]) if found else None


def _turned(statement: _Statement | None, tag: str, number: int, *, interim: bool) -> Iterator[Item]:
    """What is to be said where a new statement begins: of the one before, or of a head that is not there."""
    if statement is not None:
        yield from _finished(statement, interim=interim)
    elif tag != "20":
        yield Problem("header_missing", f"line {number}", {"missing": ":20:"})


def _finished(statement: _Statement, *, interim: bool) -> Iterator[Item]:
    if statement.closing is None and not interim:
        yield Problem("cut_off", statement.where, {"missing": ":62F:"})
    yield statement.made()


def _entry(number: int, field: list[str], information: list[list[str]], statement: _Statement) -> Entry:
    """The entry of a `:61:` with what its `:86:` say; without a value date when that is 30 February."""
    if statement.closing is not None:
        raise Unreadable("out_of_place", f"line {number}", tag="61")
    statement.lines += 1
    where = f"line {number}"
    try:
        if len(field) == 1 and (plain := _PLAIN_LINE(field[0])) is not None:
            valued, entered, mark, amount, kind, reference, bank_reference = plain.groups("")
            money, more = Decimal(amount.replace(",", ".")), ""
        else:
            valued, entered, mark, amount, kind, reference, bank_reference, more = _parts("\n".join(field), where)
            money = swift_amount(amount)
        value_date, booked = _days(valued, entered)
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", where, text=fault.text) from fault
    if len(information) == 1 and (text := unwrapped(information[0]))[:1] == "/":
        said = coded_details(text)  # what all banks of today write
    else:
        said = _said(information)
    name, iban, remittance, structured, end_to_end, mandate, creditor, batch, batch_count, return_reason = said
    if not iban or not name or iban == statement.account:
        name, iban = _counterparty(said, reference, more, statement.account)
    incoming, status, reversal = _MARKS[mark]
    return frozen(
        Draft(
            money if incoming else -money,
            booked,
            statement.currency or "EUR",
            value_date,
            status,
            reversal,
            name,
            iban,
            remittance,
            structured or (reference if len(reference) == 16 and holds(reference) else ""),
            end_to_end,
            mandate,
            creditor,
            batch,
            int(batch_count) if batch_count.isdecimal() and len(batch_count) < 10 else 0,
            bank_reference,
            return_reason,
            kind,
            _own_code(more) if more else "",
            0,
            statement.lines,
            where,
        )
    )


def _parts(head: str, where: str) -> tuple[str, str, str, str, str, str, str, str]:
    """Value date, entry date, mark, amount, type code, both references and what is more, of a line of any dialect."""
    found = _LINE(head)
    if found is None:
        raise Unreadable("unreadable", where, text=head[:40])
    valued, entered, mark, _, amount, rest = found.groups("")
    return valued, entered, mark, amount, *_references(rest)


@lru_cache(maxsize=4096)
def _days(valued: str, entered: str) -> tuple[date | None, date]:
    """Value date and booking date. German banks value interest on 30 February: there the booking date alone stands."""
    try:
        value_date = short_day(valued)
    except NotWrittenSo:
        if not entered or valued[4:] not in {"29", "30"} or valued[2:4] != "02":
            raise
        return None, nearest(entered, short_day(valued[:4] + "28"))
    return value_date, nearest(entered, value_date) if entered else value_date


def _references(rest: str) -> tuple[str, str, str, str]:
    """Type code, customer's reference, bank's reference, and the supplementary line."""
    rest, _, more = rest.partition("\n")
    kind = _TYPE(rest)
    code = kind[0].strip() if kind else ""
    reference, _, bank_reference = rest[len(kind[0]) if kind else 0 :].partition("//")
    if "/TRCD/" in bank_reference:  # ING without line breaks
        bank_reference, _, own_code = bank_reference.partition("/TRCD/")
        more = f"/TRCD/{own_code}"
    return code, reference.strip(), bank_reference.strip(), more.strip()


def _said(information: list[list[str]]) -> Details:
    """What the `:86:` of a line say; of old Rabobank statements there are several, each a line of its own."""
    return read_text("\n".join([unwrapped(field) for field in information])) if information else _NOTHING


def _counterparty(said: Details, reference: str, more: str, own: str) -> tuple[str, str]:
    """Name and IBAN of the other side: from the information, else where Rabobank, SNS and ASN put them in the line."""
    iban, name = said.iban, said.name
    if not iban:
        iban = next((one for one in (more.split("\n", 1)[0], reference) if IBAN_SHAPE(one)), "")
    if (
        not name and len(reference) > 16 and not IBAN_SHAPE(reference)
    ):  # old Rabobank: account on 16 positions, then the name
        name = reference[16:].strip()
    if not name and more and IBAN_SHAPE(reference):  # SNS, ASN
        name = " ".join(more.split())
    return name, "" if iban == own else iban


def _own_code(more: str) -> str:
    """ING's own code in the supplementary line."""
    return more[6:].rstrip("/") if more.startswith("/TRCD/") else ""
