"""The lines of a camt statement: one entry each, or one for each payment of a batch."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml.etree import _Element

from budgeting.core.money import ZERO
from budgeting.core.readers.camt_details import fill, fill_batch, fill_from_text
from budgeting.core.readers.camt_words import SIGNS, Account, Kids, Names, children, code_of, content, day_in, first
from budgeting.core.readers.written import NotWrittenSo, currency_code, iso_amount
from budgeting.core.statement import BOOKED, Draft, Entry, Problem, Unreadable, frozen


def entries(entry: _Element, account: Account, line: int) -> list[Entry | Problem]:
    """The entry of a line, or one for each of its details when these are whole and add up to it."""
    kids: Kids = {child.tag: child for child in entry}
    where = f"Ntry {line}"
    told: list[Entry | Problem] = []
    try:
        batch, parts = _details(entry, kids, account.names)
        draft = _line(kids, account, line, where)
        if account.names.BookgDt not in kids and draft.status == BOOKED:
            told.append(Problem("booking_date_missing", where, {"used": draft.booking_date.isoformat()}, "hold"))
        if len(parts) > 1:
            return told + list(_split(draft, kids, account, batch, parts))
        text = content(kids.get(account.names.AddtlNtryInf))
        if parts:
            fill(draft, parts[0][0], account, text)
        elif text:
            fill_from_text(draft, text, "")
    except NotWrittenSo as fault:
        raise Unreadable("unreadable", f"{where}, line {entry.sourceline}", text=fault.text) from fault
    draft.details = len(parts)
    if batch is not None:
        fill_batch(draft, batch, account.cut)
    told.append(frozen(draft))
    return told


def _line(kids: Kids, account: Account, line: int, where: str) -> Any:
    """What a line says for all of its details, as a draft."""
    names = account.names
    amount, mark, status, code = (
        kids.get(names.Amt),
        kids.get(names.CdtDbtInd),
        kids.get(names.Sts),
        kids.get(names.BkTxCd),
    )
    written = content(amount)
    if amount is None or not written:
        raise Unreadable("amount_missing", where)
    sign = SIGNS.get(content(mark))
    if sign is None:
        raise Unreadable("sign_missing", where, text=content(mark)[:40])
    money = iso_amount(written)
    valued = day_in(kids.get(names.ValDt))
    day = day_in(kids.get(names.BookgDt)) or valued or account.made_on
    if day is None:
        raise Unreadable("date_missing", where)
    domain, own = code_of(code, account) if code is not None else ("", "")
    reversal = kids.get(names.RvslInd)
    return Draft(
        money if sign > 0 else -money,
        day,
        currency_code(amount.get("Ccy", "")),
        valued,
        _status(status),
        reversal is not None and reversal.text in {"true", "1"},
        "", "", "", "", "", "", "", "", 0,
        content(kids.get(names.AcctSvcrRef)) or content(kids.get(names.NtryRef)),
        "",
        domain,
        own,
        0,
        line,
        where,
    )  # fmt: skip


def _status(status: _Element | None) -> str:
    """`Sts` holds the code itself, since .08 in `Cd` or `Prtry`. Left out, the entry cannot be called booked."""
    if status is None:
        return ""
    text = (status.text or "").strip()
    return text or (content(status[0]) if len(status) else "")


_Parts = list[tuple[_Element, _Element | None]]


def _details(entry: _Element, kids: Kids, names: Names) -> tuple[_Element | None, _Parts]:
    """The first batch of a line, and each detail with the batch it is in; up to .01 both stand straight under it."""
    first_batch = kids.get(names.Btch)
    parts: _Parts = []
    single = kids.get(names.NtryDtls)
    holders = [entry] if names.TxDtls in kids else []
    if single is not None:
        # A name that comes twice is in the dictionary once: then there may be several of these.
        holders += [single] if len(kids) == len(entry) else [one for one in entry if one.tag == names.NtryDtls]
    for holder in holders:
        batch = None
        for child in holder:
            if child.tag == names.TxDtls:
                parts.append((child, batch))
            elif child.tag == names.Btch:
                batch = child
                first_batch = child if first_batch is None else first_batch
    return first_batch, parts


def _split(
    line: Entry, kids: Kids, account: Account, batch: _Element | None, parts: _Parts
) -> Iterator[Entry | Problem]:
    """An entry for each detail of a line; the whole line as one when they do not add up to it."""
    known = [amount for part, _ in parts if (amount := _part_amount(part, line, account)) is not None]
    if len(known) < len(parts) or sum(known, ZERO) != line.amount:
        missing = str(len(parts) - len(known))
        values = {"line": str(line.amount), "details": str(sum(known, ZERO)), "without_amount": missing}
        yield Problem("details_do_not_add_up", line.where, values, "note")
        if batch is not None:
            fill_batch(line, batch, account.cut)
        yield frozen(line)
        return
    for number, ((part, own), amount) in enumerate(zip(parts, known, strict=True), 1):
        draft: Any = _line(kids, account, line.line, f"{line.where}, TxDtls {number}")
        draft.amount, draft.details = amount, len(parts)
        fill(draft, part, account, "")
        held = batch if own is None else own
        if held is not None:
            fill_batch(draft, held, account.cut)
        yield frozen(draft)


def _part_amount(part: _Element, line: Entry, account: Account) -> Decimal | None:
    """The amount of a detail in the line's currency, signed; None when the bank gives none.

    .02 has it in AmtDtls/TxAmt, .04 and later as Amt; what was instructed counts only in the same currency.
    """
    cut = account.cut
    kids = children(part, cut)
    details = kids.get("AmtDtls")
    candidates = [kids.get("Amt")] + [first(details, cut, one, "Amt") for one in ("TxAmt", "CntrValAmt", "InstdAmt")]
    for amount in candidates:
        if amount is not None and amount.get("Ccy") == line.currency and content(amount):
            sign = SIGNS.get(content(kids.get("CdtDbtInd")), 1 if line.amount > 0 else -1)
            return iso_amount(content(amount)) * sign
    return None
