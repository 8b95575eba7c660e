"""camt.053, the ISO 20022 bank statement, versions .01 to .14; camt.052 and .054 are read and refused for booking.

Elements are known by local name within the message's own namespace, whatever its prefix. The children of an entry are
walked by hand: asking for paths costs twice the time. Sources: ISO 20022 message definition reports camt.05x; the
statement guides of ING (4.0), Rabobank (1.5.4) and the Betaalvereniging (1.0), which all describe .02.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from lxml.etree import _Element

from budgeting.core.iban import normalise
from budgeting.core.money import ZERO
from budgeting.core.readers.coded_text import Details, coded_details
from budgeting.core.readers.guarded_xml import closing_tags, elements
from budgeting.core.readers.written import NotWrittenSo, currency_code, iso_amount, iso_day
from budgeting.core.statement import (
    BOOKED,
    Balance,
    ControlTotals,
    Draft,
    Entry,
    Item,
    Problem,
    Statement,
    Unreadable,
    frozen,
    lines_agree,
)

NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(052|053|054)\.001\.([0-9]{2})", re.ASCII)
VERSIONS = range(1, 15)
_BODIES = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
_SIGNS = {"CRDT": 1, "DBIT": -1}
_NO_TEXT = Details()
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9 ]{6,28}", re.ASCII).fullmatch

Kids = dict[str, _Element]


class _Account(NamedTuple):
    """What stands above the entries of one statement: the namespace's length, whose account it is, and, where entries
    need no day (052 and 054), the day of the report."""

    cut: int
    iban: str
    made_on: date | None


def items(source: BinaryIO, *, kind: str) -> Iterator[Item]:
    """The entries of every statement, each followed by its `Statement`; `kind` is 053, 052 or 054.

    Raises `Unreadable` when an amount, sign or day cannot be read or the XML is not whole.
    """
    body, holder = _BODIES[kind]
    read = line = 0
    account: _Account | None = None
    for element, counted in elements(source, "Ntry", holder, count=b"Ntry>"):
        name = _local(element)
        if name == "Ntry":
            account = account or _account(element.getparent(), kind)
            line += 1
            yield from _entries(element, account, line)
        elif name == holder:
            yield _statement(element, line)
            read, line, account = read + line, 0, None
        else:
            _check_root(element, body)
            # An opening and a closing tag each; a file that writes them otherwise is counted again, tag by tag.
            closed = read if counted == 2 * read else closing_tags(source, "Ntry")
            yield from lines_agree(closed, read)


def _local(element: _Element) -> str:
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def _check_root(root: _Element, body: str) -> None:
    """The message must hold what its namespace promises; what is said of versions, the recogniser says."""
    if not any(_local(child).startswith(body) for child in root):
        raise Unreadable("other_message_inside", "line 1", expected=body)


def _kids(element: _Element, cut: int) -> Kids:
    return {child.tag[cut:]: child for child in element}


def _account(holder: _Element | None, kind: str) -> _Account:
    assert holder is not None  # an entry always stands in its report
    cut = holder.tag.rfind("}") + 1
    kids = _kids(holder, cut)
    made_on = None
    if kind != "053":
        try:
            made_on = iso_day(_content(kids.get("CreDtTm")))
        except NotWrittenSo:
            made_on = None
    return _Account(cut, _account_name(kids["Acct"], cut) if "Acct" in kids else "", made_on)


def _account_name(account: _Element, cut: int) -> str:
    """The IBAN, or the bank's own number where there is none."""
    identification = _first(account, cut, "Id")
    if identification is None:
        return ""
    return normalise(_text(identification, cut, "IBAN")) or next(
        (text for one in identification if (text := _text(one, cut, "Id"))), ""
    )


def _first(element: _Element | None, cut: int, *path: str) -> _Element | None:
    """The first element down a path of local names, or None."""
    for name in path:
        element = next((child for child in element if child.tag[cut:] == name), None) if element is not None else None
    return element


def _text(element: _Element | None, cut: int, *path: str) -> str:
    found = _first(element, cut, *path)
    return (found.text or "").strip() if found is not None else ""


def _entries(entry: _Element, account: _Account, line: int) -> Iterator[Entry | Problem]:
    """The entry of a line, or one for each of its details when these are whole and add up to it."""
    cut = account.cut
    kids = _kids(entry, cut)
    where = f"Ntry {line}, line {entry.sourceline}"
    try:
        head = _head(kids, account, where)
        if not head.dated and head.status == BOOKED:
            yield Problem("booking_date_missing", where, {"used": head.booked.isoformat()}, "hold")
        batch, parts = _parts(entry, cut)
        if len(parts) < 2:
            yield _made(head, parts[0] if parts else _Part(batch=batch), head.amount, account, line, where, len(parts))
            return
        amounts = [_part_amount(part, head, cut) for part in parts]
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", where, text=fault.text) from fault
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(parts) or sum(known, ZERO) != head.amount:
        missing = str(len(parts) - len(known))
        values = {"line": str(head.amount), "details": str(sum(known, ZERO)), "without_amount": missing}
        yield Problem("details_do_not_add_up", where, values, "note")
        yield _made(head, _Part(batch=batch), head.amount, account, line, where, 0)
        return
    for number, (part, amount) in enumerate(zip(parts, known, strict=True), 1):
        yield _made(head, part, amount, account, line, f"{where}, TxDtls {number}", len(parts))


class _Head(NamedTuple):
    """What a line says for all of its details. `sign` is that of the line; the amount carries it."""

    amount: Decimal
    sign: int
    currency: str
    status: str
    reversal: bool
    booked: date
    dated: bool
    valued: date | None
    reference: str
    code: str
    own_code: str
    text: str


class _Part(NamedTuple):
    """One detail with its children by name, and the batch it stands in."""

    kids: Kids = {}
    batch: _Element | None = None


def _head(kids: Kids, account: _Account, where: str) -> _Head:
    cut = account.cut
    amount = kids.get("Amt")
    if amount is None or not (amount.text or "").strip():
        raise Unreadable("amount_missing", where)
    sign = _sign(kids, where)
    booked, valued = _day(kids.get("BookgDt")), _day(kids.get("ValDt"))
    day = booked or valued or account.made_on
    if day is None:
        raise Unreadable("date_missing", where)
    code = kids.get("BkTxCd")
    return _Head(
        amount=iso_amount((amount.text or "").strip()) * sign,
        sign=sign,
        currency=currency_code(amount.get("Ccy", "")),
        status=_status(kids.get("Sts")),
        reversal=_content(kids.get("RvslInd")) in {"true", "1"},
        booked=day,
        dated=booked is not None,
        valued=valued,
        reference=_content(kids.get("AcctSvcrRef")) or _content(kids.get("NtryRef")),
        code=_domain_code(code, cut),
        own_code=_text(code, cut, "Prtry", "Cd"),
        text=_content(kids.get("AddtlNtryInf")),
    )


def _content(element: _Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _sign(kids: Kids, where: str) -> int:
    indicator = _content(kids.get("CdtDbtInd"))
    if indicator not in _SIGNS:
        raise Unreadable("sign_missing", where, text=indicator[:40])
    return _SIGNS[indicator]


def _status(status: _Element | None) -> str:
    """`Sts` holds the code itself, since .08 in `Cd` or `Prtry`. Left out, the entry cannot be called booked."""
    text = _content(status)
    if status is not None and not text and len(status):
        text = _content(status[0])
    return text


def _day(element: _Element | None) -> date | None:
    """The day in `Dt` or `DtTm`, or None when the element is not there."""
    if element is None or not len(element):
        return None
    return iso_day(_content(element[0]))


def _domain_code(code: _Element | None, cut: int) -> str:
    """Domain, family and sub-family as one text: PMNT/RCDT/ESCT."""
    domain = _first(code, cut, "Domn")
    if domain is None:
        return ""
    names = (_text(domain, cut, "Cd"), _text(domain, cut, "Fmly", "Cd"), _text(domain, cut, "Fmly", "SubFmlyCd"))
    return "/".join(names)


def _parts(entry: _Element, cut: int) -> tuple[_Element | None, list[_Part]]:
    """The first batch of a line and all its details; up to .01 both stand straight under it."""
    first, batch, parts = None, None, []
    for child in entry:
        name = child.tag[cut:]
        if name == "NtryDtls":
            inner, found = _parts(child, cut)
            first = first if first is not None else inner
            parts += found
        elif name == "Btch":
            batch = child
            first = first if first is not None else child
        elif name == "TxDtls":
            parts.append(_Part(_kids(child, cut), batch))
    return first, parts


def _part_amount(part: _Part, head: _Head, cut: int) -> Decimal | None:
    """The amount of a detail in the line's currency, signed; None when the bank gives none.

    .02 has it in AmtDtls/TxAmt, .04 and later as Amt; what was instructed counts only in the same currency.
    """
    details = part.kids.get("AmtDtls")
    candidates = [part.kids.get("Amt")] + [
        _first(details, cut, one, "Amt") for one in ("TxAmt", "CntrValAmt", "InstdAmt")
    ]
    for amount in candidates:
        if amount is not None and amount.get("Ccy", "") == head.currency and _content(amount):
            sign = _SIGNS.get(_content(part.kids.get("CdtDbtInd")), head.sign)
            return iso_amount(_content(amount)) * sign
    return None


def _made(head: _Head, part: _Part, amount: Decimal, account: _Account, line: int, where: str, details: int) -> Entry:
    """The entry of one detail; the line fills in what the detail leaves out."""
    cut, kids = account.cut, part.kids
    refs = _kids(kids["Refs"], cut) if "Refs" in kids else {}
    party, iban = _counterparty(kids.get("RltdPties"), amount, account)
    remittance, reference = _remittance(kids.get("RmtInf"), cut)
    # The line's own information tells of the payment only when it has one: not of a detail among several.
    text = _content(kids.get("AddtlTxInf")) or (head.text if details < 2 else "")
    said = coded_details(text) if text.startswith("/") else _NO_TEXT
    batch = part.batch
    return frozen(
        Draft(
            amount=amount,
            booking_date=head.booked,
            currency=head.currency,
            value_date=head.valued,
            status=head.status,
            reversal=head.reversal,
            counterparty_name=_party_name(party, cut) or said.name,
            counterparty_iban=iban or said.iban,
            remittance=remittance or said.remittance or reference or text,
            structured_reference=reference or said.reference,
            end_to_end_id=_provided(refs.get("EndToEndId")) or said.end_to_end,
            mandate_id=_provided(refs.get("MndtId")) or said.mandate,
            creditor_id=_creditor(party, cut) or said.creditor,
            batch_id=_text(batch, cut, "PmtInfId") or _content(refs.get("PmtInfId")) or _text(batch, cut, "MsgId"),
            batch_count=_count(_text(batch, cut, "NbOfTxs")),
            bank_reference=_content(refs.get("AcctSvcrRef")) or head.reference,
            return_reason=_return_reason(kids.get("RtrInf"), cut) or said.return_reason,
            bank_code=head.code or _domain_code(kids.get("BkTxCd"), cut),
            proprietary_code=head.own_code or _text(kids.get("BkTxCd"), cut, "Prtry", "Cd"),
            details=details,
            line=line,
            where=where,
        )
    )


def _counterparty(parties: _Element | None, amount: Decimal, account: _Account) -> tuple[_Element | None, str]:
    """The party on the other side and its IBAN: the debtor of money in, the creditor of money out.

    Returned and reversed payments are told from either side's view; our own account then shows which side is ours.
    """
    if parties is None:
        return None, ""
    cut = account.cut
    kids = _kids(parties, cut)
    near, far = ("Cdtr", "Dbtr") if amount > 0 else ("Dbtr", "Cdtr")
    ibans = {side: normalise(_text(kids.get(f"{side}Acct"), cut, "Id", "IBAN")) for side in (near, far)}
    if (ibans[far] and ibans[far] == account.iban) or (far not in kids and not ibans[far]):
        far = near
    if ibans[far] == account.iban:
        return None, ""
    return kids.get(far), ibans[far]


def _party_name(party: _Element | None, cut: int) -> str:
    """The name: straight under the party up to .03, under `Pty` or a bank's `Agt` since."""
    if party is None:
        return ""
    return _text(party, cut, "Nm") or _text(party, cut, "Pty", "Nm") or _text(party, cut, "Agt", "FinInstnId", "Nm")


def _creditor(party: _Element | None, cut: int) -> str:
    """The creditor's SEPA identification: a private or organisation's other id of the scheme SEPA, or of its shape."""
    holder = _first(party, cut, "Pty")
    identification = _first(holder if holder is not None else party, cut, "Id")
    for kind in identification if identification is not None else ():
        text = _text(kind, cut, "Othr", "Id")
        scheme = _first(kind, cut, "Othr", "SchmeNm")
        if _CREDITOR_ID(text) or (scheme is not None and any(_content(one) == "SEPA" for one in scheme)):
            return text
    return ""


def _remittance(information: _Element | None, cut: int) -> tuple[str, str]:
    """What the payer wrote, untouched (lines of several `Ustrd` apart), and the structured reference."""
    if information is None:
        return "", ""
    lines, reference, added = [], "", []
    for child in information:
        name = child.tag[cut:]
        if name == "Ustrd":
            lines.append(child.text or "")
        elif name == "Strd":
            reference = (
                reference or _text(child, cut, "CdtrRefInf", "Ref") or _text(child, cut, "CdtrRefInf", "CdtrRef")
            )
            added += [one.text or "" for one in child if one.tag[cut:] == "AddtlRmtInf"]
    return "\n".join(lines or added), reference


def _provided(element: _Element | None) -> str:
    """An identification of the payer; NOTPROVIDED says that there is none."""
    text = _content(element)
    return "" if text == "NOTPROVIDED" else text


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _return_reason(returned: _Element | None, cut: int) -> str:
    reason = (
        next((child for child in returned if child.tag[cut:] in {"Rsn", "RtrRsn"}), None)
        if returned is not None
        else None
    )
    return _text(reason, cut, "Cd") or _text(reason, cut, "Prtry")


def _statement(holder: _Element, lines: int) -> Statement:
    """All that stands around the entries; raises `Unreadable` when a balance cannot be read."""
    cut = holder.tag.rfind("}") + 1
    account = _first(holder, cut, "Acct")
    try:
        balances = _balances(holder, cut)
        totals = _totals(_first(holder, cut, "TxsSummry"), cut)
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", f"balances, line {holder.sourceline}", text=fault.text) from fault
    return Statement(
        account=_account_name(account, cut) if account is not None else "",
        currency=_text(account, cut, "Ccy")[:3] or next((currency for currency, _ in balances.values()), "EUR"),
        identification=_text(holder, cut, "Id"),
        sequence=_text(holder, cut, "ElctrncSeqNb") or _text(holder, cut, "LglSeqNb"),
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
        kids = _kids(child, cut)
        code, amount, on = _text(kids.get("Tp"), cut, "CdOrPrtry", "Cd"), kids.get("Amt"), _day(kids.get("Dt"))
        if amount is not None and on is not None and code not in found:
            sign = _sign(kids, f"balance {code}, line {child.sourceline}")
            found[code] = currency_code(amount.get("Ccy", "")), Balance(iso_amount(_content(amount)) * sign, on)
    return found


def _one_of(balances: dict[str, tuple[str, Balance]], *codes: str) -> Balance | None:
    return next((balances[code][1] for code in codes if code in balances), None)


def _totals(summary: _Element | None, cut: int) -> ControlTotals | None:
    """The bank's own control totals, as far as it gives them."""
    if summary is None:
        return None
    count = _text(summary, cut, "TtlNtries", "NbOfNtries")
    credit, debit = _text(summary, cut, "TtlCdtNtries", "Sum"), _text(summary, cut, "TtlDbtNtries", "Sum")
    return ControlTotals(
        count=_count(count) if count else None,
        credit=iso_amount(credit) if credit else None,
        debit=iso_amount(debit) if debit else None,
    )
